import { type AnySource, BatchBuilder, type ReadReply, type ReadRequest, schema, t } from '@pollux/sdk'
import { expect, it } from 'vitest'
import type { PlainRow } from './given-rows.ts'
import { rowsOf } from './rows-of.ts'

const Tick = schema({ n: t.int32() })

it('gives all rows of a source, in order', () => {
  const rows = rowsOf(counting(9)) as readonly PlainRow[]
  expect(rows.map((row) => row['n'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(rowsOf(answering({ kind: 'rows', to: '', rows: null, ended: true }))).toEqual([])
})

it('gives bad records as a test would write them', () => {
  const rejected = { where: 'in.csv:2', error: 'no', bytes: Uint8Array.of(1) }
  expect(rowsOf(answering({ kind: 'rows', to: '9', rows: null, rejected: [rejected], ended: true }))).toEqual(
    [{ rejected }],
  )
})

it('says why it cannot', () => {
  expect(() => rowsOf(counting(Infinity, 65_536))).toThrow(
    'rowsOf: odd has not ended after 1000000 rows. Try: a source that ends',
  )
  expect(() => rowsOf(answering(null))).toThrow('rowsOf: odd does not answer at once. Try:')
  expect(() => rowsOf(answering({ kind: 'gone', detail: 'no file' }))).toThrow(/odd is gone: no file$/)
  expect(() => rowsOf(answering({ kind: 'failed', detail: 'in.csv:1: no "at"' }))).toThrow(
    /odd has failed: in.csv:1: no "at"$/,
  )
  expect(() => rowsOf(answering({ kind: 'rows', to: '', rows: null, ended: false }))).toThrow(
    'odd has nothing to read at "", and has not ended',
  )
})

/** Numbers up to here, a few at a time. */
function counting(to: number, portion = 2): AnySource {
  return reading(({ from }) => {
    const rows = new BatchBuilder(Tick.wire)
    const [first, end] = [Number(from), Math.min(to, Number(from) + portion)]
    for (let n = first; n < end; n++) rows.appendValues([n])
    return { kind: 'rows', to: String(end), rows, ended: end === to }
  })
}

function answering(reply: ReadReply | null): AnySource {
  return reading(() => reply)
}

function reading(replyTo: (request: ReadRequest) => ReadReply | null): AnySource {
  const read = (request: ReadRequest, answer: (reply: ReadReply) => void): void => {
    const reply = replyTo(request)
    if (reply !== null) answer(reply)
  }
  const open = () => ({ read, probe: () => undefined, close: () => undefined })
  return { description: 'odd', schema: Tick, kind: 'replayable', open }
}
