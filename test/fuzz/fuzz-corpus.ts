import { BatchBuilder, crc32c, defineSchema, FrameEncoder, seq } from '@pollux/protocol'
import type { Column, ColumnSpec, DictionaryState, Schema, Value } from '@pollux/protocol'
import type { Random } from '@pollux/std'

/** A real frame, and what its channel's reader knows when the frame arrives. */
export interface Specimen {
  readonly schema: Schema
  readonly known: DictionaryState
  readonly bytes: Uint8Array
}

const PROVINCES = ['Guangdong', 'Zhejiang', '北京', 'Jiangsu', 'Shandong']
const TEXTS = ['', 'ORD000000001', 'a note', '备注', '😀', '\ufeff', 'x'.repeat(100)]

const SCHEMAS: readonly (readonly ColumnSpec[])[] = [
  [
    { name: 'at', type: 'timestamp' },
    { name: 'province', type: 'uint8' },
    { name: 'amount', type: 'money' },
  ],
  [
    { name: 'id', type: 'text' },
    { name: 'at', type: 'timestamp', optional: true },
    { name: 'note', type: 'text', optional: true },
    { name: 'raw', type: 'bytes' },
  ],
  [
    { name: 'province', type: 'symbol', texts: PROVINCES },
    { name: 'shop', type: 'symbol', cap: 12 },
    { name: 'buyer', type: 'symbol', cap: 300, optional: true },
  ],
  [
    { name: 'order', type: 'int64', optional: true },
    { name: 'paid', type: 'bool' },
    { name: 'gift', type: 'bool', optional: true },
    { name: 'count', type: 'int32' },
    { name: 'kind', type: 'uint16', optional: true },
    { name: 'rate', type: 'float64', optional: true },
    { name: 'title', type: 'text' },
    { name: 'shop', type: 'symbol', cap: 5, optional: true },
  ],
]

const FRAMES_A_CHANNEL = 6
const ROWS_MAX = 24

export function makeCorpus(random: Random): readonly Specimen[] {
  return SCHEMAS.flatMap((columns) => {
    const schema = defineSchema(columns)
    const encoder = new FrameEncoder(schema, crc32c)
    const builder = new BatchBuilder(schema)
    let next = random.below(1000)
    return Array.from({ length: FRAMES_A_CHANNEL }, (): Specimen => {
      const known = encoder.snapshotState()
      builder.reset()
      for (let rows = random.between(0, ROWS_MAX); rows > 0; rows -= 1) {
        builder.appendValues(schema.columns.map((column) => makeValue(random, column)))
      }
      const { bytes } = encoder.encode(builder, seq(next))
      next += builder.rows
      return { schema, known, bytes }
    })
  })
}

function makeValue(random: Random, column: Column): Value {
  if (column.optional && random.chance(0.3)) return null
  switch (column.kind) {
    case 'int32':
      return random.next() | 0
    case 'uint8':
      return random.below(256)
    case 'uint16':
      return random.below(65_536)
    case 'float64':
      return random.pick([0, -0, 0.5, Number.NaN, Infinity, random.float()])
    case 'timestamp':
      return 1_700_000_000_000 + random.below(1000)
    case 'money':
      return random.below(1_000_000)
    case 'bool':
      return random.chance(0.5)
    case 'int64':
      return BigInt.asIntN(64, BigInt(random.next()) * BigInt(random.next()))
    case 'text':
      return random.pick(TEXTS)
    case 'bytes':
      return Uint8Array.from({ length: random.below(20) }, () => random.below(256))
    case 'symbol':
      // Few enough that a channel's dictionary is nearly full and its delta often empty.
      return column.dictionary === null
        ? `symbol ${random.below(Math.min(column.cap, 20))}`
        : random.pick(PROVINCES)
  }
}
