import { BatchBuilder, type Epoch, type RowSet, type Value } from '@pollux/protocol'
import { namedSource } from './named-source.ts'
import { type Division, undivided } from '../src/batch/division.ts'
import { compile } from '../src/compile/compile.ts'
import type { Sink } from '../src/io/sink.ts'
import { pipeline } from '../src/pipeline/pipeline.ts'
import type { Stream } from '../src/pipeline/stream.ts'
import type { Columns, RowSchema } from '../src/schema/row-schema.ts'

export type PlainRow = Readonly<Record<string, unknown>>

/** A stream of any rows. */
export interface End {
  egress(name: string, sink: Sink<Columns>): void
}

const anywhere: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }

/** What the steps behind an ingress make of rows, output by output in the order of `ends`. */
export function throughStage<C extends Columns>(
  input: RowSchema<C>,
  define: (stream: Stream<C>) => readonly End[],
  batches: readonly RowSet[],
  divide: Division = undivided,
): readonly (readonly PlainRow[])[] {
  const source = namedSource(input)
  let ends = 0
  const made = pipeline('sales', ({ ingress }) => {
    const streams = define(ingress('orders', source))
    ends = streams.length
    streams.forEach((stream, index) => stream.egress(`end-${index}`, anywhere))
  })
  const operator = compile(made, undefined).operatorsDivided(divide)('orders', 0)
  const rows: PlainRow[][] = Array.from({ length: ends }, () => [])
  const emit = (output: number, some: RowSet): void => {
    for (let row = 0; row < some.rows; row++) rows[output]!.push(plainRow(some, row))
  }
  const context = { epoch: 0 as Epoch, now: 0, watermarkBefore: 0 }
  for (const batch of batches) operator.process(0, batch, context, { emit })
  return rows
}

export function plainRow(rows: RowSet, row: number): PlainRow {
  return Object.fromEntries(rows.schema.columns.map(({ name, index }) => [name, rows.value(index, row)]))
}

export function rowsOf(input: RowSchema, rows: readonly PlainRow[]): BatchBuilder {
  const builder = new BatchBuilder(input.wire)
  for (const row of rows)
    builder.appendValues(input.wire.columns.map(({ name }) => (row[name] ?? null) as Value))
  return builder
}
