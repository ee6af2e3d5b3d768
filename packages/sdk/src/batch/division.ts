/** How many of the rows that wait a batch callback is given at once: from 1 to all of them. */
export type Division = (rows: number) => number

/** As many as there are. */
export const undivided: Division = (rows) => rows

/** A batch that a callback is about to be given, for whoever wants to know what it makes of it in parts. */
export interface BatchTrial {
  readonly rows: number
  /** A row of it, all columns. */
  row(row: number): Readonly<Record<string, unknown>>
  /** What the callback makes of rows `from` to `to`, or says of them; described. */
  ask(from: number, to: number): readonly string[]
}
