/**
 * What a step does with a row whose callback throws: the pipeline halts, or goes on without the row, or sends
 * it to the last output of the step.
 */
export type OnError = 'fail' | 'skip' | 'deadLetter'
