import {
  Batch,
  type BatchBuilder,
  crc32c,
  FrameDecoder,
  FrameEncoder,
  type RowSet,
  seq,
} from '@pollux/protocol'
import type { Stream } from '../src/pipeline/stream.ts'
import { schema } from '../src/schema/row-schema.ts'
import { t } from '../src/schema/t.ts'
import { type End, type PlainRow, rowsOf, throughStage } from './one-stage.ts'

/** Rows of every type of column, for tests of batches. */
export const Order = schema({
  at: t.timestamp(),
  shop: t.symbol(['tea', 'ink', 'rice']),
  brand: t.symbol({ cap: 100 }),
  amount: t.money(),
  weight: t.float64().optional(),
  paid: t.bool(),
  id: t.int64(),
  note: t.text().optional(),
})
export type Orders = Stream<typeof Order.columns>

export const orders: readonly PlainRow[] = Array.from({ length: 10 }, (_, n) => ({
  at: n * 100,
  shop: ['tea', 'ink', 'rice'][n % 3],
  brand: `brand ${n % 4}`,
  amount: n * 7,
  weight: n % 4 === 1 ? null : n / 2,
  paid: n % 2 === 0,
  id: BigInt(n) * 2n ** 40n,
  note: n % 5 === 3 ? null : `note é ${n}`,
}))

function framed(rows: BatchBuilder): Batch {
  const frame = new FrameEncoder(rows.schema, crc32c).encode(rows, seq(0))
  const batch = new FrameDecoder(rows.schema, crc32c).decode(frame.bytes)
  if (!(batch instanceof Batch)) throw new Error(batch.detail)
  return batch
}

/** What comes out, whether rows came in a frame, were built, or are given in portions. */
export function throughBatches(
  define: (stream: Orders) => End | readonly End[],
  rows = orders,
): readonly (readonly PlainRow[])[] {
  const ends = (stream: Orders): readonly End[] => [define(stream)].flat() as readonly End[]
  const built = rowsOf(Order, rows)
  const all = throughStage(Order, ends, [built])
  const ways: readonly RowSet[][] = [
    [framed(built)],
    [rowsOf(Order, rows.slice(0, 3)), rowsOf(Order, rows.slice(3))],
  ]
  const others = ways.map((way) => throughStage(Order, ends, way))
  for (const portion of [1, 2, 3])
    others.push(throughStage(Order, ends, [built], (more) => Math.min(more, portion)))
  for (const other of others)
    if (textOf(other) !== textOf(all)) throw new Error(`${textOf(all)} one way, ${textOf(other)} another`)
  return all
}

function textOf(rows: unknown): string {
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}
