import { BatchBuilder, hashBytes, hashText, type RowSet } from '@pollux/protocol'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { finish, mix } from './rows-digest.ts'
import type { RejectedRecord } from './source.ts'

/** Longer ones are cut: a dead letter tells where the whole record lies. */
const BYTES_MAX = 65_536
const ERROR_CHARACTERS_MAX = 1000

/** What a dead letter is, whatever the source: where the record was, what is wrong with it, and its bytes. */
export const Rejected = schema({ where: t.text(), error: t.text(), bytes: t.bytes() })

export function rejectedRows(records: readonly RejectedRecord[]): RowSet {
  const rows = new BatchBuilder(Rejected.wire, records.length)
  for (const { where, error, bytes } of records) {
    rows.appendValues([where, error.slice(0, ERROR_CHARACTERS_MAX), bytes.slice(0, BYTES_MAX)])
  }
  return rows
}

/** Added to the digest of the rows: a twin must reject the same records. */
export function rejectedDigest(digest: number, records: readonly RejectedRecord[]): number {
  let mixed = mix(digest, records.length)
  for (const { where, bytes } of records) {
    mixed = mix(mix(mixed, hashText(where)), hashBytes(bytes, 0, bytes.length))
  }
  return finish(mixed)
}
