/**
 * Every error that wrong use of the SDK can bring, by its code: what is wrong, why that cannot be, and what
 * to try. A message adds where. From 1001 on a pipeline is refused when it is built, from 2001 on it halts
 * when it has come to that. Codes are never used for anything else once they are out.
 */
export const ERROR_CODES = {
  PLX1001: {
    what: 'the name is no name',
    why: 'names stand in logs, metrics and file names: a letter, then up to 62 letters, digits and dashes',
    try: 'choose another name',
  },
  PLX1002: {
    what: 'the name is taken',
    why: 'state and checkpoints are found by the names of steps',
    try: 'give each ingress, stateful step and egress a name of its own',
  },
  PLX1003: {
    what: 'the stream leads nowhere',
    why: 'what no egress gets would be computed for nobody',
    try: 'end it in .egress(...), or leave it out',
  },
  PLX1004: {
    what: 'the stream belongs to another pipeline',
    why: 'steps of two pipelines cannot be joined: they run apart',
    try: 'build both parts within one pipeline(...)',
  },
  PLX1005: {
    what: 'the duration cannot be read',
    why: 'it is a whole number of milliseconds, or text such as 500ms, 10s, 5m, 2h or 1d',
    try: 'write it like that, greater than zero where something lasts',
  },
  PLX1006: {
    what: 'there is no such column',
    why: 'a step can only use what its input brings',
    try: 'use one of the columns that there are, or add it in a map before',
  },
  PLX1007: {
    what: 'the column has the wrong type',
    why: 'the step computes with what the column holds',
    try: 'use a column of a type that fits, or make one in a map before',
  },
  PLX1008: {
    what: 'the stream has no event time',
    why: 'windows are of event time, and nothing says which column holds it',
    try: 'name it at the ingress (eventTime), or on the way with .eventTime(column)',
  },
  PLX1009: {
    what: 'the streams do not have the same columns',
    why: 'merged rows travel together',
    try: 'map them to one schema first',
  },
  PLX1010: {
    what: 'the steps do not have the same number of partitions',
    why: 'rows go one-to-one, by key, or all to one; here none of these is said',
    try: 'give both the same number, or say keyBy(...) or gather() in between',
  },
  PLX1011: {
    what: 'the steps do not fill the window',
    why: 'a window that grows ends with a step: the next one begins there',
    try: 'choose a size that is a multiple of the step',
  },
  PLX1012: {
    what: 'that is no number of rows',
    why: 'a window of rows ends with the row that fills it',
    try: 'give a whole number, one or more',
  },
  PLX1013: {
    what: 'the window cannot be shown like that',
    why: 'windows of rows are shown once, when they are full; windows that grow are shown at every step',
    try: 'leave the option out, or choose another kind of window, or a smaller step',
  },
  PLX1015: {
    what: 'there cannot be room for so many rows',
    why: 'the columns that a batch callback fills are as long as it may need: 1 to 65536 rows of each row',
    try: 'give a whole number like that, or make the rows in flatMap, which needs no room beforehand',
  },
  PLX1016: {
    what: 'rows cannot be added up where they are made',
    why: 'results must be the same to the bit, and whoever adds rows up gives them away',
    try: 'leave preAggregate out, or change what stands in its way',
  },
  PLX1021: {
    what: 'that is no number of ranks',
    why: 'a ranking is state, and is gone through for each row that enters it',
    try: 'give a whole number from 1 to 1000',
  },
  PLX1022: {
    what: 'a column has that name already',
    why: 'the step adds a column of that name to its rows, beside those of its key',
    try: 'give one of them another name, a column of the input in a map before',
  },
  PLX1023: {
    what: 'the options exclude each other',
    why: 'a ranking with an end is kept until then, neither longer nor shorter',
    try: 'leave out one of them',
  },
  PLX1024: {
    what: 'a source that is pushed to has no dead letters',
    why: 'a client is told at once what is wrong with what it pushes, and nothing of it is kept',
    try: 'leave out badRecords',
  },
  PLX1025: {
    what: 'there cannot be so many partitions',
    why: 'each is a pair of replicas; by key, each has key groups; a source may come in a given number',
    try: 'give a whole number from 1 to 1024, no more than key groups, and the number of the source',
  },
  PLX1026: {
    what: 'a branch cannot have that name',
    why: 'rest is what goes to no branch, and failed what the policy deadLetter tells of',
    try: 'choose another name',
  },
  PLX1027: {
    what: 'no column is named',
    why: 'rows are told apart by what stands in their columns',
    try: 'name one or more of those that there are',
  },
  PLX1028: {
    what: 'that is none of the choices',
    why: 'what is misspelt would be taken for one of them, and nobody would see which',
    try: 'use one of those that are listed, or leave the option out',
  },
  PLX1029: {
    what: 'the number is out of range',
    why: 'rows made or read by it would be wrong, or would never come',
    try: 'give a number as it is described, or leave the option out where it may be',
  },
  PLX1030: {
    what: 'that is no path',
    why: 'files are found, and made, by the names of their folders',
    try: 'give a text that is not empty; to read from several places, a list with one or more',
  },
  PLX1031: {
    what: 'that is no format of rows',
    why: 'how rows lie in files is said by a format, and those to read are not those to write',
    try: 'csv(schema) of @pollux/ingress/files to read, csv() of @pollux/egress/files to write; or ndjson',
  },
  PLX1032: {
    what: 'it is of another kind than it has to be',
    why: 'it would be called, or gone through, or asked for its columns, when the pipeline runs',
    try: 'give what the message says',
  },
  PLX1033: {
    what: 'the row does not fit its schema',
    why: 'rows in memory are checked as those of any source, and are the same in every run',
    try: 'correct the row, or the schema',
  },
  PLX1034: {
    what: 'the option says nothing here',
    why: 'what is not looked at would be missed when it matters',
    try: 'leave it out, or give what it belongs to',
  },
  PLX1041: {
    what: 'there is no such option',
    why: 'what is misspelt would be as if it were left out, and nobody would see',
    try: 'use one of those that there are, or leave it out',
  },
  PLX1042: {
    what: 'there cannot be such columns',
    why: 'they become members of objects, words of generated code, and columns of frames',
    try: 'names of letters, digits and _; 1 to 256 of them; types as they are described',
  },
  PLX1043: {
    what: 'nothing comes in',
    why: 'a pipeline without an ingress has nothing to do',
    try: 'begin with ingress(name, source), and end it in an egress',
  },
  PLX1044: {
    what: 'the pipeline has been built already',
    why: 'a step that is added when its function has returned is in no plan, and would never run',
    try: 'add it within the function that is passed to pipeline(...), before that returns',
  },
  PLX1045: {
    what: 'nobody reads what fails',
    why: 'by the policy deadLetter it is told of in a stream of its own, and would vanish there unseen',
    try: 'end .failed in an .egress(...), or say skip where rows may be left out',
  },
  PLX2001: {
    what: 'a partition keeps more than it may',
    why: 'what is kept must fit into the memory of a replica, and of its twin',
    try: 'a time to live, fewer keys, shorter windows, more partitions, or a larger stateBytesMax',
  },
  PLX2002: {
    what: 'there are more keys than state holds',
    why: 'keys are kept in groups, and a group has a table of bounded size',
    try: 'a time to live, shorter windows, or more groups when the pipeline is compiled',
  },
  PLX2003: {
    what: 'the sum is not exact any more',
    why: 'beyond 2^53 whole numbers cannot be told from their neighbours, and money is not rounded',
    try: 'a larger unit, shorter windows, or a column of type float64 where a rounded sum will do',
  },
  PLX2004: {
    what: 'the time of a row is out of range',
    why: 'a window that holds it would begin or end beyond 2^53, where whole numbers cannot be told apart',
    try: 'filter such rows out before, or correct the column that says when they happened',
  },
} as const

/** `PLX1001` and so on. */
export type ErrorCode = keyof typeof ERROR_CODES
