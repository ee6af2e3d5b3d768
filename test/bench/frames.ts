import { Batch, BatchBuilder, crc32c, defineSchema, FrameDecoder, FrameEncoder, seq } from '@pollux/protocol'
import type { ColumnSpec, DigestFunction, Frame, Schema } from '@pollux/protocol'
import { measure } from './measure.ts'
import type { Suite } from './suite.ts'

const NUMERIC: readonly ColumnSpec[] = [
  { name: 'at', type: 'timestamp' },
  { name: 'province', type: 'uint8' },
  { name: 'amount', type: 'money' },
]
const SCHEMAS: Readonly<Record<string, readonly ColumnSpec[]>> = {
  'numeric (at, province, amount)': NUMERIC,
  'the same and a 12-character id': [{ name: 'id', type: 'text' }, ...NUMERIC],
}
const ROWS = [3, 16, 256, 4096]

export const frames: Suite = {
  name: 'frames',
  title: 'Frames: CPU ns a frame (ns a row)',
  run: () => [
    ['schema', 'step', ...ROWS.map((rows) => `${rows} rows`)],
    ...Object.entries(SCHEMAS).flatMap(([name, columns]) => stepsOf(name, defineSchema(columns))),
  ],
}

function stepsOf(name: string, schema: Schema): string[][] {
  const builders = ROWS.map((rows) => fill(schema, rows))
  const steps: Readonly<Record<string, (builder: BatchBuilder) => number>> = {
    'encode, memory recycled': (builder) => timeEncode(builder, () => 0, true),
    'encode, fresh memory': (builder) => timeEncode(builder, () => 0, false),
    'encode and digest': (builder) => timeEncode(builder, crc32c, true),
    decode: (builder) => timeDecode(builder, () => {}),
    'decode and read every value': (builder) => timeDecode(builder, readAll),
  }
  return Object.entries(steps).map(([step, time]) => [
    name,
    step,
    ...builders.map((builder) => cell(time(builder), builder.rows)),
  ])
}

function timeEncode(builder: BatchBuilder, digest: DigestFunction, recycle: boolean): number {
  const encoder = new FrameEncoder(builder.schema, digest)
  if (!recycle) return measure(() => encoder.encode(builder, seq(0)))
  const memory = new ArrayBuffer(1_048_576)
  return measure(() => encoder.encode(builder, seq(0), (bytes) => new Uint8Array(memory, 0, bytes)))
}

function timeDecode(builder: BatchBuilder, read: (batch: Batch) => unknown): number {
  const frame: Frame = new FrameEncoder(builder.schema, () => 0).encode(builder, seq(0))
  const decoder = new FrameDecoder(builder.schema, () => 0)
  return measure(() => {
    const batch = decoder.decode(frame.bytes)
    if (!(batch instanceof Batch)) throw new Error(batch.detail)
    read(batch)
  })
}

function readAll(batch: Batch): number {
  const first = batch.schema.columns.length - NUMERIC.length
  const at = batch.float64(first)
  const province = batch.data(first + 1) as Uint8Array
  const amount = batch.float64(first + 2)
  let sum = 0
  for (let row = 0; row < batch.rows; row += 1) {
    sum += (at[row] as number) + (province[row] as number) + (amount[row] as number)
  }
  if (first > 0) for (let row = 0; row < batch.rows; row += 1) sum += batch.text(0, row).length
  return sum
}

function fill(schema: Schema, rows: number): BatchBuilder {
  const builder = new BatchBuilder(schema)
  for (let row = 0; row < rows; row += 1) {
    const numbers = [1_700_000_000_000 + row, row % 34, 100 + row * 7]
    builder.appendValues(schema.has('id') ? [`ORD${String(row).padStart(9, '0')}`, ...numbers] : numbers)
  }
  return builder
}

function cell(ns: number, rows: number): string {
  return `${ns.toFixed(0)} (${(ns / rows).toFixed(ns / rows < 1 ? 2 : 1)})`
}
