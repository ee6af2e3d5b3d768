import { BatchBuilder, type Column } from '@pollux/protocol'
import type { RowSchema } from '../schema/row-schema.ts'
import { CellWriter } from './cell-writer.ts'
import { BoolWriter, type ColumnWriter, NumberWriter } from './number-writer.ts'

/** The columns that a callback makes, by name, and the rows that they come to. */
export class BatchWriter {
  readonly columns: Readonly<Record<string, unknown>>
  readonly #writers: readonly ColumnWriter[]
  readonly #rows: BatchBuilder
  #room = 0

  /** `room`: for so many rows at most. */
  constructor({ wire }: RowSchema, room: number) {
    this.#rows = new BatchBuilder(wire)
    this.#writers = wire.columns.map((column) => writerOf(column, room))
    const named = wire.columns.map(({ name, index }) => [name, this.#writers[index]!.out] as const)
    this.columns = Object.freeze(Object.fromEntries(named))
  }

  clear(room: number): void {
    this.#room = room
    for (const writer of this.#writers) writer.clear(room)
  }

  /** What has been put, as rows, good until it is called again. Nothing of it, if something does not fit. */
  collect(made: unknown, rows: number): BatchBuilder {
    const count = made ?? rows
    if (!(typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 && count <= this.#room)) {
      const room = `from 0 to ${this.#room}, for which there is room (rowsMost says for how many of one)`
      throw new RangeError(`it returned ${String(made)} as the number of rows made; a whole number ${room}`)
    }
    const target = this.#rows
    target.reset()
    target.reserve(count)
    this.#writers.forEach((writer, index) => writer.collect(target.columns[index]!, count))
    target.rows = count
    return target
  }
}

function writerOf(column: Column, room: number): ColumnWriter {
  const { kind, optional } = column
  if (kind === 'text' || kind === 'bytes' || kind === 'int64' || kind === 'symbol') {
    return new CellWriter(column, room)
  }
  return kind === 'bool' && !optional ? new BoolWriter(room) : new NumberWriter(column, room)
}
