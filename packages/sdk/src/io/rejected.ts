import { hashBytes, hashText } from '@pollux/protocol'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { finish, mix } from './rows-digest.ts'
import type { RejectedRecord } from './source.ts'

/** Longer ones are cut: a dead letter tells where the whole record lies. */
const BYTES_MAX = 65_536
const ERROR_CHARACTERS_MAX = 1000

/** The output of an ingress by which dead letters leave. */
export const FAILED_RECORDS = 1

/** What a dead letter is, whatever the source: where the record was, what is wrong with it, and its bytes. */
export const Rejected = schema({ where: t.text(), error: t.text(), bytes: t.bytes() })

/** The columns of a dead letter of a source. */
export type RejectedColumns = typeof Rejected.columns

/** The values of a dead letter, in the order of its columns. */
export function rejectedValues({
  where,
  error,
  bytes,
}: RejectedRecord): readonly [string, string, Uint8Array] {
  const said = error.slice(0, ERROR_CHARACTERS_MAX).toWellFormed()
  return [where.toWellFormed(), said, bytes.slice(0, BYTES_MAX)]
}

/** Added to the digest of the rows: a twin must reject the same records, for the same reasons. */
export function rejectedDigest(digest: number, records: readonly RejectedRecord[]): number {
  let mixed = mix(digest, records.length)
  for (const { where, error, bytes } of records) {
    mixed = mix(mix(mixed, hashText(where)), hashText(error))
    mixed = mix(mixed, hashBytes(bytes, 0, bytes.length))
  }
  return finish(mixed)
}
