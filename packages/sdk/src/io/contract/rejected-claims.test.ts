import { BatchBuilder } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { type Reading, sourceOf as reading, verdictOf } from '../../../test-kit/claimed-source.ts'
import { schema } from '../../schema/row-schema.ts'
import { t } from '../../schema/t.ts'
import type { AnySource, ReadReply, ReadRequest, RejectedRecord, SourcePlace } from '../source.ts'
import { REJECTED_CLAIMS } from './rejected-claims.ts'

const Item = schema({ n: t.int32(), name: t.text() })
const ITEMS = 60
const sourceOf = (how: Reading): AnySource => reading(Item, how)
type Reply = ReadReply & { readonly kind: 'rows' }

const isBad = (n: number): boolean => n % 5 === 3

const recordOf = (n: number): RejectedRecord => ({
  where: `items:${n}`,
  error: `${n} is bad`,
  bytes: new Uint8Array([n, n + 1]),
})

/** What lies between, for this partition; a position is how many items are before it, the bad ones too. */
function itemsIn(from: number, to: number, { partition, partitions }: SourcePlace): Reply {
  const own = Array.from({ length: to - from }, (_, n) => from + n).filter(
    (n) => n % partitions === partition,
  )
  const rows = new BatchBuilder(Item.wire)
  for (const n of own) if (!isBad(n)) rows.appendValues([n, `item ${'x'.repeat(n % 7)}`])
  const rejected = own.filter(isBad).map(recordOf)
  return { kind: 'rows', to: String(to), rows: rows.rows === 0 ? null : rows, rejected, ended: to === ITEMS }
}

const honest: Reading =
  () =>
  ({ from, to, bytes }, place) => {
    const begin = Number(from)
    return itemsIn(begin, to === null ? Math.min(ITEMS, begin + Math.max(1, bytes >>> 5)) : Number(to), place)
  }

/** One that does as an honest one does, but for what is changed in what it answers. */
const but =
  (make: () => (reply: Reply, request: ReadRequest) => ReadReply): Reading =>
  () => {
    const change = make()
    const read = honest()
    return (request, place) => {
      const reply = read(request, place)
      return reply.kind === 'rows' ? change(reply, request) : reply
    }
  }

/** The same, where only the bad records are others. */
const butRecords = (
  make: () => (records: readonly RejectedRecord[], request: ReadRequest) => readonly RejectedRecord[],
): Reading =>
  but(() => {
    const change = make()
    return (reply, request) => ({ ...reply, rejected: change(reply.rejected!, request) })
  })

/** Wrong sources by the claim that finds them out, and what it says. */
const WRONG: Readonly<Record<string, readonly [Reading, RegExp]>> = {
  'tells of the same rows and bad records in few large answers as in many small ones': [
    butRecords(
      () =>
        (records, { bytes }) =>
          bytes > 1000 ? records.slice(0, 1) : records,
    ),
    /^read in large answers: 1 records, expected 12; record 1 is undefined, expected items:8: /,
  ],
  'goes on behind a bad record, from any position as if it had come there by reading': [
    butRecords(tellingLater),
    /^the rest from "": \d+ records, expected 11; /,
  ],
  'tells of a bad record again where it was and as it was, in any order, also opened again': [
    butRecords(countingAsTheyCome),
    /^\["54", "60"\) read again: .* record 0 is record 12: .* expected record 11: /,
  ],
  'composes ranges of rows and bad records, however few bytes it is asked for': [
    butRecords(
      () =>
        (records, { to }) =>
          to === null ? records : records.slice(0, 2),
    ),
    /^\["", "45"\) read again: 2 records, expected 9; /,
  ],
  'says of each bad record where it was, and what is wrong with it': [
    butRecords(() => (records) => records.map((record) => ({ ...record, where: 'items' }))),
    /^two bad records were at items$/,
  ],
  'counts the bytes of bad records with those of rows, to keep to about what it is asked for': [
    butRecords(() => (records) => records.map((record) => ({ ...record, bytes: new Uint8Array(900) }))),
    /^rows and bad records of \d+ bytes from "", asked for 300$/,
  ],
  'leaves bad records alone that it has given away': [
    butRecords(inOnePlace),
    /^given away, after reading on: 2 records, .* is items:3: .* \(58 59\), expected .* \(\d \d\)$/,
  ],
  'deals its bad records to partitions, each to one': [
    () => (request, place) => {
      const whole = honest()(request, { partition: 0, partitions: 1 })
      return { ...honest()(request, place), rejected: (whole as Reply).rejected! } as Reply
    },
    /^all partitions: 36 records, expected 12; /,
  ],
  'has bad records in what is decided on, each once, and a twin comes to the same count and digest': [
    butRecords(
      () =>
        (records, { to }) =>
          to === null ? records : [],
    ),
    /^digest of a twin from "": /,
  ],
}

/** Tells of bad records in the next answer: they lie behind where it stands. */
function tellingLater() {
  let held: readonly RejectedRecord[] = []
  return (records: readonly RejectedRecord[], { to, bytes }: ReadRequest): readonly RejectedRecord[] => {
    if (to !== null || bytes > 1000) return records
    const told = held
    held = records
    return told
  }
}

/** Counts what it has come across, where it should say what it has found where. */
function countingAsTheyCome() {
  let count = 0
  return (records: readonly RejectedRecord[]): readonly RejectedRecord[] =>
    records.map((record) => ({ ...record, where: `record ${count++}` }))
}

/** All of them are told of with the same two bytes. */
function inOnePlace() {
  const bytes = new Uint8Array(2)
  return (records: readonly RejectedRecord[]): readonly RejectedRecord[] =>
    records.map((record) => {
      bytes.set(record.bytes)
      return { ...record, bytes }
    })
}

describe('the claims of a source with bad records', () => {
  it.each(REJECTED_CLAIMS)('hold for an honest one: $name', (claim) => {
    expect(verdictOf(claim, sourceOf(honest))).toBe('holds')
  })

  it.each(REJECTED_CLAIMS)('find out one of which this is not true: $name', (claim) => {
    const [how, said] = WRONG[claim.name]!
    expect(verdictOf(claim, sourceOf(how))).toMatch(said)
  })

  it.each(REJECTED_CLAIMS)('need bad records: $name', (claim) => {
    const without = sourceOf(butRecords(() => () => []))
    expect(verdictOf(claim, without)).toBe(
      '0 bad records in 7 answers: these claims need some between some dozens of rows',
    )
  })

  it('find out one that tells of a bad record once, whoever reads', () => {
    const told = new Set<string>()
    const once = butRecords(() => (records, { to }) => {
      if (to !== null) return []
      const fresh = records.filter(({ where }) => !told.has(where))
      for (const { where } of fresh) told.add(where)
      return fresh
    })
    expect(verdictOf(REJECTED_CLAIMS.at(-1)!, sourceOf(once))).toBe('rows and dead letters: 48, expected 60')
  })

  it('find out a position that counts rows only, so that the rows behind a bad record are others', () => {
    const shifted: Reading = () => (request, place) => {
      const reply = honest()(request, place) as Reply
      return request.to === null ? { ...reply, to: String(Number(request.from) + reply.rows!.rows) } : reply
    }
    const verdicts = REJECTED_CLAIMS.map((claim) => verdictOf(claim, sourceOf(shifted)))
    expect(verdicts.filter((verdict) => verdict !== 'holds').length).toBeGreaterThan(3)
  })
})
