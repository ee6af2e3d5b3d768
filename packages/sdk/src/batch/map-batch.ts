import { BatchBuilder, type RowSet } from '@pollux/protocol'
import type { StepProgram } from '../compile/stage-program.ts'
import { thrownAt } from '../errors/call-site.ts'
import type { MapBatchNode } from '../pipeline/graph.ts'
import { failedFeed, failedRow, failureOf } from '../program/failed-rows.ts'
import { appendRow, readRow } from '../program/row-object.ts'
import { describeCause, describeRow, describeStep, StepError } from '../program/step-error.ts'
import { BATCH_ROWS, type BatchRange } from './batch-range.ts'
import { BatchReader } from './batch-reader.ts'
import { BatchWriter } from './batch-writer.ts'
import type { Division } from './division.ts'

/** Rows that a step has made go on here, by its output. */
export type Made = (output: number, rows: RowSet) => void

/** A callback is never given room for more rows than this, but for those of one row. */
const ROOM_MOST = 65_536

/**
 * A step whose callback is given many rows at once. How many depends on frames, on what was before in this
 * process, and on the test kit; so what it makes of rows must be what it makes of each of them alone, one
 * behind the other. That is also how a row is found that it cannot take: where a batch fails, its halves are
 * tried, down to single rows.
 */
export class MapBatch {
  readonly #pipeline: string
  readonly #step: StepProgram
  readonly #node: MapBatchNode
  readonly #divide: Division
  readonly #rowsMost: number
  readonly #reader: BatchReader
  readonly #writer: BatchWriter

  constructor(pipeline: string, step: StepProgram, node: MapBatchNode, divide: Division) {
    this.#pipeline = pipeline
    this.#step = step
    this.#node = node
    this.#divide = divide
    this.#rowsMost = Math.max(1, Math.min(BATCH_ROWS, Math.floor(ROOM_MOST / node.rowsMost)))
    this.#reader = new BatchReader(step.input)
    this.#writer = new BatchWriter(step.feeds[0]!.schema, this.#rowsMost * node.rowsMost)
  }

  run(rows: RowSet, made: Made): void {
    let from = 0
    while (from < rows.rows) {
      const count = Math.min(this.#rowsMost, this.#divide(rows.rows - from))
      const batch = { rows, from, to: from + count }
      if (this.#node.onBatch !== undefined) this.#try(batch, this.#node.onBatch)
      this.#run(batch, batch, made)
      from += count
    }
  }

  /** Passes on what becomes of a part of a batch; how many of its rows the callback cannot take. */
  #run(part: BatchRange, batch: BatchRange, made: Made): number {
    let all: BatchBuilder
    try {
      all = this.#make(part)
    } catch (error) {
      if (part.to - part.from === 1) return this.#fail(part, batch, error, made)
      const half = part.from + Math.floor((part.to - part.from) / 2)
      const first = this.#run({ ...part, to: half }, batch, made)
      const failed = first + this.#run({ ...part, from: half }, batch, made)
      if (failed === 0) throw this.#onlyTogether(part, batch, error)
      return failed
    }
    if (all.rows > 0) made(0, all)
    return 0
  }

  /** What the callback makes of these rows; throws what it throws, or a `ColumnError`. */
  #make(range: BatchRange): BatchBuilder {
    const rows = range.to - range.from
    this.#reader.turn(range)
    this.#writer.clear(rows * this.#node.rowsMost)
    try {
      return this.#writer.collect(this.#node.fill(this.#reader.columns, this.#writer.columns, rows), rows)
    } finally {
      this.#reader.turn(null)
    }
  }

  #fail({ rows, from }: BatchRange, batch: BatchRange, error: unknown, made: Made): number {
    const row = readRow(rows, from)
    if (this.#node.onError === 'fail') {
      const about = `row ${describeRow(row)}, row ${from - batch.from} of a batch of ${batch.to - batch.from}`
      throw new StepError(this.#pipeline, describeStep(this.#node), about, error)
    }
    const output = failedFeed(this.#step)
    if (output === null) return 1
    const failed = new BatchBuilder(this.#step.feeds[output]!.schema.wire, 1)
    appendRow(failed, failedRow(failureOf(this.#step, row, error)))
    made(output, failed)
    return 1
  }

  #onlyTogether({ rows, from, to }: BatchRange, batch: BatchRange, error: unknown): Error {
    const [first, last] = [from, to - 1].map(
      (row) => `${row - batch.from} ${describeRow(readRow(rows, row))}`,
    )
    const at = thrownAt(error)
    return new Error(
      `${this.#pipeline}, ${describeStep(this.#node)}, at rows ${first} to ${last} of a batch: ` +
        `${describeCause(error)}${at === '' ? '' : ` (thrown at ${at})`}; ` +
        'none of them fails alone: does it depend on where a batch begins?',
      { cause: error },
    )
  }

  #try(batch: BatchRange, onBatch: NonNullable<MapBatchNode['onBatch']>): void {
    const { rows, from, to } = batch
    onBatch({
      rows: to - from,
      row: (row) => readRow(rows, from + row),
      ask: (first, last) => {
        try {
          const made = this.#make({ rows, from: from + first, to: from + last })
          return Array.from({ length: made.rows }, (_, row) => describeRow(readRow(made, row)))
        } catch (error) {
          return [describeCause(error)]
        }
      },
    })
  }
}
