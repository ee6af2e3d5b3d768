import { BatchBuilder, type RowSet } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { IngressRows } from './ingress-rows.ts'
import { decodePosition, encodePosition } from './source-position.ts'
import { type SourceAnswer, SourceAdapter } from './source-adapter.ts'
import type { AnySource, ReadReply, ReadRequest } from './source.ts'

const Item = schema({ at: t.timestamp(), name: t.text() })
const TIMES = [100, 400, 300, 900, 200]

function rowsOf(times: readonly number[]): BatchBuilder {
  const rows = new BatchBuilder(Item.wire)
  for (const at of times) rows.appendValues([at, `item of ${at}`])
  return rows
}

/** Two rows at a time. */
function readTimes({ from, to }: ReadRequest): ReadReply {
  const begin = Number(from)
  const end = to === null ? Math.min(TIMES.length, begin + 2) : Number(to)
  const rows = end === begin ? null : rowsOf(TIMES.slice(begin, end))
  return { kind: 'rows', to: String(end), rows, ended: end === TIMES.length }
}

function sourceOf(read: (request: ReadRequest) => ReadReply, more: Partial<AnySource> = {}): AnySource {
  return {
    description: 'items',
    schema: Item,
    kind: 'replayable',
    eventTime: { column: 'at', outOfOrder: '50ms' },
    open: () => ({
      read: (request, answer) => answer(read(request)),
      probe: (answer) => answer({ kind: 'reached' }),
      close: () => undefined,
    }),
    ...more,
  }
}

class Bench {
  now = 0
  readonly adapter: SourceAdapter

  constructor(source: AnySource) {
    this.adapter = new SourceAdapter(source, { partition: 0, partitions: 1 }, () => this.now)
  }

  ask(from: string, to: string | null = null): SourceAnswer {
    let answer: SourceAnswer | null = null
    this.adapter.request({ kind: 'read', from, to, bytes: 1000, waitMs: 0 }, (reply) => (answer = reply))
    return answer!
  }

  rows(from: string, to: string | null = null): SourceAnswer & { kind: 'rows' } {
    const answer = this.ask(from, to)
    if (answer.kind !== 'rows') throw new Error(JSON.stringify(answer))
    return answer
  }
}

describe('a position of the framework', () => {
  it('is the reader position and the newest time, and comes back as it was', () => {
    for (const position of ['', '5', 'a@b', '12 c0ffee in/day 1.csv', 'x\ny']) {
      for (const newest of [null, 0, -7, 1_700_000_000_000]) {
        expect(decodePosition(encodePosition({ position, newest }))).toEqual({ position, newest })
      }
    }
    expect(encodePosition({ position: '', newest: null })).toBe('')
    expect([decodePosition('5'), decodePosition('x@5')]).toEqual([null, null])
  })
})

describe('what a reader says, completed', () => {
  it('has a watermark of everything before, the same however one comes there', () => {
    const bench = new Bench(sourceOf(readTimes))
    const first = bench.rows('')
    const second = bench.rows(first.to)
    const third = bench.rows(second.to)
    expect([first, second, third].map(({ watermark }) => watermark)).toEqual([350, 850, 850])
    const elsewhere = new Bench(sourceOf(readTimes))
    expect(elsewhere.rows(second.to).watermark).toBe(850)
    expect(elsewhere.rows(first.to, second.to)).toMatchObject({
      watermark: 850,
      digest: second.digest,
      to: second.to,
    })
    expect(elsewhere.rows('', third.to)).toMatchObject({ watermark: 850, to: third.to, ended: true })
  })

  it('has another digest when a range is read otherwise', () => {
    const first = new Bench(sourceOf(readTimes)).rows('')
    const changed = sourceOf((request) => ({ ...readTimes(request), rows: rowsOf([100, 401]) }) as ReadReply)
    expect(new Bench(changed).rows('', first.to).digest).not.toBe(first.digest)
    const less = sourceOf((request) => ({ ...readTimes(request), to: '1' }) as ReadReply)
    expect(new Bench(less).ask('', first.to)).toMatchObject({ kind: 'gone' })
  })

  it('is idle after a while without rows, and until there are some', () => {
    let more = false
    const quiet = sourceOf(
      (request) => (more ? readTimes(request) : { kind: 'rows', to: '', rows: null, ended: false }),
      {
        idleAfter: '1s',
      },
    )
    const bench = new Bench(quiet)
    const idle = (): boolean => bench.rows('').idle
    expect(idle()).toBe(false)
    bench.now = 999
    expect(idle()).toBe(false)
    bench.now = 1000
    expect(idle()).toBe(true)
    more = true
    expect(idle()).toBe(false)
    more = false
    bench.now = 1500
    expect(idle()).toBe(false)
  })

  it('asks one thing at a time: the newest waits, and what it replaces is answered', () => {
    const pending: ((reply: ReadReply) => void)[] = []
    const slow = sourceOf(readTimes, {
      open: () => ({
        read: (request, answer) => void pending.push(() => answer(readTimes(request))),
        probe: (answer) => answer({ kind: 'reached' }),
        close: () => undefined,
      }),
    })
    const bench = new Bench(slow)
    const said: string[] = []
    const ask = (name: string, from: string): void =>
      bench.adapter.request({ kind: 'read', from, to: null, bytes: 9, waitMs: 0 }, (reply) => {
        said.push(`${name} ${reply.kind === 'rows' ? reply.to : reply.kind}`)
      })
    ask('a', '')
    ask('b', '400@2')
    ask('c', '900@4')
    bench.adapter.request({ kind: 'probe' }, (reply) => said.push(reply.kind))
    expect([pending.length, ...said]).toEqual([1, 'b unavailable', 'reached'])
    for (const answer of pending) answer({ kind: 'unavailable', detail: '' })
    expect(said.slice(2)).toEqual(['a 400@2', 'c 900@5'])
  })

  it('refuses rows of another schema, and positions of another source', () => {
    const other = new BatchBuilder(schema({ n: t.int32() }).wire)
    other.appendValues([1])
    const wrong = sourceOf(() => ({ kind: 'rows', to: '1', rows: other, ended: true }))
    expect(() => new Bench(wrong).ask('')).toThrow('items gave rows of another schema than its own')
    expect(new Bench(sourceOf(readTimes)).ask('3')).toEqual({
      kind: 'gone',
      detail: 'no position of a source: 3',
    })
  })
})

function valuesOf(rows: RowSet): readonly (readonly unknown[])[] {
  const columns = rows.schema.columns.map(({ index }) => index)
  return Array.from({ length: rows.rows }, (_, row) => columns.map((column) => rows.value(column, row)))
}

describe('a record that is no row', () => {
  const bytes = new Uint8Array([120])
  const rejected = [{ where: 'in.csv:7', error: 'amount: "x" is no number', bytes }]
  const read = (): ReadReply => ({ kind: 'rows', to: '1', rows: rowsOf([5]), rejected, ended: false })

  it('halts the pipeline by default, and says which it was', () => {
    expect(new Bench(sourceOf(read)).ask('')).toEqual({
      kind: 'failed',
      detail: 'in.csv:7: amount: "x" is no number (badRecords: fail)',
    })
  })

  it('is left out and counted', () => {
    const answer = new Bench(sourceOf(read, { badRecords: 'skip' })).rows('')
    expect([answer.batch?.rows, answer.skipped]).toEqual([1, 1])
  })

  it('becomes a dead letter, which the digest knows', () => {
    const letters = new Bench(sourceOf(read, { badRecords: 'deadLetter' })).rows('')
    expect([letters.batch?.rows, letters.skipped, letters.watermark]).toEqual([2, 0, -45])
    const parts = new IngressRows(Item).part(letters.batch!)!
    expect(valuesOf(parts.rows)).toEqual([[5, 'item of 5']])
    expect(valuesOf(parts.rejected)).toEqual([['in.csv:7', 'amount: "x" is no number', bytes]])
    for (const change of [{ bytes: new Uint8Array([121]) }, { where: 'in.csv:8' }, { error: 'why?' }]) {
      const other = (): ReadReply => ({ ...read(), rejected: [{ ...rejected[0]!, ...change }] }) as ReadReply
      const differs = new Bench(sourceOf(other, { badRecords: 'deadLetter' })).rows('')
      expect(differs.digest).not.toBe(letters.digest)
    }
  })
})
