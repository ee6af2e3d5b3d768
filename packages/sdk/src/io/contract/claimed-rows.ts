import type { Epoch, PendingRow } from '@pollux/protocol'
import { schema } from '../../schema/row-schema.ts'
import { t } from '../../schema/t.ts'

/** The rows that the claims write. An idempotent sink finds them by `id`. */
export const ClaimedRow = schema({
  id: t.int32(),
  name: t.text(),
  at: t.timestamp(),
  amount: t.money(),
  share: t.float64(),
  paid: t.bool(),
  order: t.int64(),
  raw: t.bytes(),
  note: t.text().optional(),
})

/** A row of which only what a claim is about is said. */
export function row(at: number, id: number, name: string, other: Partial<ClaimedValues> = {}): PendingRow {
  const filled: ClaimedValues = {
    at: 1_700_000_000_000 + id,
    amount: id * 100,
    share: id / 4,
    paid: true,
    order: BigInt(id),
    raw: new Uint8Array([id]),
    note: null,
    ...other,
  }
  const { share, paid, order, raw, note, amount } = filled
  return { epoch: at as Epoch, seq: id, values: [id, name, filled.at, amount, share, paid, order, raw, note] }
}

interface ClaimedValues {
  readonly at: number
  readonly amount: number
  readonly share: number
  readonly paid: boolean
  readonly order: bigint
  readonly raw: Uint8Array
  readonly note: string | null
}

/** A row of one and the same key. */
export function version(at: number, seq: number, name: string): PendingRow {
  return { ...row(at, 1, name), seq }
}
