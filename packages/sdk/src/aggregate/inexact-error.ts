/** A sum of whole numbers has left the range in which every whole number can be told from the next. */
export class InexactError extends Error {
  override readonly name = 'InexactError'

  constructor(column: string) {
    super(`the sum of ${column} is beyond 2^53 and would no longer be exact`)
  }
}
