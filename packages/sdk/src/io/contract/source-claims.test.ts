import { BatchBuilder } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { type Read, type Reading, sourceOf as reading, verdictOf } from '../../../test-kit/claimed-source.ts'
import { schema } from '../../schema/row-schema.ts'
import { t } from '../../schema/t.ts'
import type { AnySource, ReadReply, ReadRequest, SourcePlace } from '../source.ts'
import { SOURCE_CLAIMS } from './source-claims.ts'

const Item = schema({ n: t.int32(), name: t.text() })
const NAMES = Array.from({ length: 60 }, (_, n) => `item ${'x'.repeat(n % 7)}`)
const ROWS_IN_ONE_GO = 8

function rowsFrom(from: number, to: number, { partition, partitions }: SourcePlace): BatchBuilder | null {
  const rows = new BatchBuilder(Item.wire)
  for (let n = from; n < to; n++) if (n % partitions === partition) rows.appendValues([n, NAMES[n]!])
  return rows.rows === 0 ? null : rows
}

const honest: Reading =
  () =>
  ({ from, to, bytes }, place) => {
    if (!/^\d*$/.test(from)) return { kind: 'gone', detail: from }
    const begin = Number(from)
    const most = Math.max(1, bytes >>> 5)
    const end = to === null ? Math.min(NAMES.length, begin + most) : Number(to)
    return { kind: 'rows', to: String(end), rows: rowsFrom(begin, end, place), ended: end === NAMES.length }
  }

/** One that does as an honest one does, but for what is changed in what it is asked or answers. */
const but =
  (change: (reply: ReadReply & { kind: 'rows' }, request: ReadRequest) => ReadReply): Reading =>
  () =>
  (request, place) => {
    const reply = honest()(request, place)
    return reply.kind === 'rows' ? change(reply, request) : reply
  }

const sourceOf = (how: Reading, reached = true): AnySource => reading(Item, how, reached)

function cursorReading(): Read {
  let at = ''
  return (request, place) => {
    const reply = honest()(request.to === null ? { ...request, from: at } : request, place)
    if (reply.kind === 'rows') at = reply.to
    return reply
  }
}

function forgetfulReading(): Read {
  const shared = new BatchBuilder(Item.wire)
  return (request, place) => {
    const reply = honest()(request, place)
    if (reply.kind !== 'rows' || reply.rows === null) return reply
    shared.reset()
    for (let row = 0; row < reply.rows.rows; row++) shared.appendRow(reply.rows, row)
    return { ...reply, rows: shared }
  }
}

/** Wrong sources by the claim that finds them out, and what it says. */
const WRONG: Readonly<Record<string, readonly [AnySource, RegExp]>> = {
  'gives the same rows in few large answers as in many small ones': [
    sourceOf(but((reply, { bytes }) => (bytes > 1000 && reply.ended ? { ...reply, rows: null } : reply))),
    /^read in large answers: 0 rows, expected 60; row 0 is undefined, expected number 0/,
  ],
  'keeps to about the bytes that it is asked for, but for one row': [
    sourceOf(() => (request, place) => honest()({ ...request, bytes: 10_000 }, place)),
    /^60 rows of \d+ bytes from "", asked for 300$/,
  ],
  'reads a range again as it was, in any order, also after it was opened again': [
    sourceOf(cursorOnly),
    /read again/,
  ],
  'goes on from any position as if it had come there by reading': [sourceOf(cursorReading), /the rest from/],
  'composes ranges, and answers one whole, however few bytes it is asked for': [
    sourceOf(
      but((reply, { from, to }) => {
        if (to === null || Number(to) <= Number(from) + ROWS_IN_ONE_GO) return reply
        const less = String(Number(from) + ROWS_IN_ONE_GO)
        return {
          ...reply,
          to: less,
          rows: rowsFrom(Number(from), Number(less), { partition: 0, partitions: 1 }),
        }
      }),
    ),
    /got up to/,
  ],
  'gives a twin the rows that its leader has decided on, while both read': [
    sourceOf(countingReaders()),
    /read again/,
  ],
  'stays ended': [
    sourceOf(but((reply, { from }) => ({ ...reply, ended: reply.ended && from !== '60' }))),
    /ended/,
  ],
  'leaves rows alone that it has given away': [sourceOf(forgetfulReading), /given away/],
  'deals its rows to partitions, each row to one': [
    sourceOf(() => (request) => honest()(request, { partition: 0, partitions: 1 })),
    /the rows of all partitions: 180 rows, expected 60/,
  ],
  'calls a position gone that it never gave': [
    sourceOf(
      () => (request, place) =>
        honest()({ ...request, from: /^\d*$/.test(request.from) ? request.from : '' }, place),
    ),
    /"no position" is a position to it: rows/,
  ],
  'answers a probe, before it has read and after': [
    sourceOf(honest, false),
    /a probe was answered with unavailable/,
  ],
}

/** Reads on from where it last was, whatever range it is asked for. */
function cursorOnly(): Read {
  let at = 0
  return (request, place) => {
    const { to, from } = request
    if (to === null) return honest()(request, place)
    const length = Number(to) - Number(from)
    const rows = rowsFrom(at, Math.min(NAMES.length, at + length), place)
    at += length
    return { kind: 'rows', to, rows, ended: false }
  }
}

/** The second reader finds other rows than the first. */
function countingReaders(): Reading {
  let readers = 0
  return () => {
    readers += 1
    const number = readers
    return (request, place) => {
      const reply = honest()(request, place)
      return reply.kind === 'rows' && number > 1 ? { ...reply, rows: null } : reply
    }
  }
}

describe('the claims of a source', () => {
  it.each(SOURCE_CLAIMS)('hold for an honest one: $name', (claim) => {
    expect(verdictOf(claim, sourceOf(honest))).toBe('holds')
  })

  it.each(SOURCE_CLAIMS)('find out one of which this is not true: $name', (claim) => {
    const [source, said] = WRONG[claim.name]!
    expect(verdictOf(claim, source)).toMatch(said)
  })

  it('say what they need: a source that ends, and not at once', () => {
    const endless = sourceOf(but((reply) => ({ ...reply, to: reply.ended ? '0' : reply.to, ended: false })))
    expect(verdictOf(SOURCE_CLAIMS[0]!, endless)).toContain('need a source that ends')
    const empty = sourceOf(() => () => ({ kind: 'rows', to: '', rows: null, ended: true }))
    expect(verdictOf(SOURCE_CLAIMS[0]!, empty)).toContain('some dozens of rows')
    const stuck = sourceOf(but((reply, { from, to }) => (to === null ? { ...reply, to: from } : reply)))
    expect(verdictOf(SOURCE_CLAIMS[0]!, stuck)).toBe('tells of something at "", and stays there')
  })

  it('tell of answers that are none, and of one that comes twice', () => {
    const answering = (reply: unknown): AnySource => sourceOf(() => () => reply as ReadReply)
    const said = (source: AnySource): string => verdictOf(SOURCE_CLAIMS[0]!, source)
    expect(said(answering(undefined))).toBe('a read was answered with undefined')
    expect(said(answering({ rows: null }))).toBe('a read was answered with {"rows":null}')
    const wrongly = (part: object) =>
      said(answering({ kind: 'rows', to: '', rows: null, ended: false, ...part }))
    expect(wrongly({ to: 5 })).toBe('a position is a text, not 5')
    expect(wrongly({ to: undefined })).toBe('a position is a text, not undefined')
    expect(wrongly({ ended: undefined })).toBe('ended is true or false, not undefined')
    expect(wrongly({ rows: undefined })).toBe('rows are a row set, or null, not undefined')

    const twice: AnySource = {
      ...sourceOf(honest),
      open: (place) => {
        const reader = sourceOf(honest).open(place)
        return {
          ...reader,
          read: (request, answer) => {
            reader.read(request, answer)
            reader.read(request, answer)
          },
        }
      },
    }
    for (const claim of SOURCE_CLAIMS.filter(({ name }) => !name.startsWith('answers a probe, before')))
      expect(verdictOf(claim, twice)).toMatch(/^a read of reader \d was answered twice$/)
  })

  it('tell of what a reader throws', () => {
    const broken = sourceOf(() => () => {
      throw new Error('no such folder')
    })
    expect(verdictOf(SOURCE_CLAIMS[0]!, broken)).toBe('no such folder')
  })
})
