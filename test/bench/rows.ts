import {
  Batch,
  BatchBuilder,
  crc32c,
  defineSchema,
  FrameDecoder,
  FrameEncoder,
  hashKey,
  partitionOfHash,
  seq,
} from '@pollux/protocol'
import type { Rows } from '@pollux/protocol'
import { measure } from './measure.ts'
import type { Suite } from './suite.ts'

const ROWS = 1000

/** What an exchange does with each row: find its partition and copy it. */
export const rows: Suite = {
  name: 'rows',
  title: 'Rows, one by one: CPU ns a row',
  run: () => {
    const schema = defineSchema([
      { name: 'at', type: 'timestamp' },
      { name: 'shop', type: 'symbol', cap: 100 },
      { name: 'amount', type: 'money' },
    ])
    const source = new BatchBuilder(schema)
    const values = Array.from({ length: ROWS }, (_, row) => [
      1_700_000_000_000 + row,
      `shop ${row % 34}`,
      row * 7,
    ])
    for (const row of values) source.appendValues(row)
    const batch = new FrameDecoder(schema, crc32c).decode(
      new FrameEncoder(schema, crc32c).encode(source, seq(0)).bytes,
    )
    if (!(batch instanceof Batch)) throw new Error(batch.detail)
    const target = new BatchBuilder(schema)
    const perRow = (step: (row: number) => unknown): string => {
      const ns = measure(() => {
        target.reset()
        for (let row = 0; row < ROWS; row += 1) step(row)
      })
      return (ns / ROWS).toFixed(1)
    }
    const route = (from: Rows) => perRow((row) => partitionOfHash(hashKey(from, ['shop'], row), 256, 4))
    return [
      ['step', 'ns a row'],
      ['appendValues', perRow((row) => target.appendValues(values[row] as number[]))],
      ['appendRow from a builder', perRow((row) => target.appendRow(source, row))],
      ['appendRow from a batch', perRow((row) => target.appendRow(batch, row))],
      ['hashKey and partitionOfHash, symbol', route(batch)],
    ]
  },
}
