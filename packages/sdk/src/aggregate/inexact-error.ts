import { Halt } from '../errors/halt.ts'

/** A sum of whole numbers has left the range in which every whole number can be told from the next. */
export class InexactError extends Halt {
  constructor(column: string) {
    super('PLX2003', `sum(${JSON.stringify(column)})`)
  }
}
