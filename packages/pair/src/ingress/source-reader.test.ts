import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { rowsOf } from '../../test-kit/items.ts'
import type { SourceReply } from '../ports/outside.ts'
import { SourceReader } from './source-reader.ts'

const LIMITS = { replyMs: 500, sourceWaitMs: 200, retryMs: 20, sliceBytes: 1000 }
const READ = { from: '0', to: '2', rows: 2, digest: 77 }

type Rows = SourceReply & { readonly kind: 'rows' }

function rows(from: string, to: string, ...ids: number[]): Rows {
  const batch = ids.length === 0 ? null : rowsOf(...ids)
  return { kind: 'rows', from, to, batch, digest: 77, bytes: 600, watermark: 50, idle: false, ended: false }
}

class Bench {
  readonly context = contextAt('orders/0', { limits: LIMITS })
  readonly reader = new SourceReader(this.context, -9)

  ids(): number[] {
    return this.#asked().map(({ id }) => id)
  }

  asked(): unknown[] {
    return this.#asked().map(({ request }) => request.kind === 'read' && [request.from, request.to])
  }

  /** How long the source may keep what is asked of it now. */
  waits(): unknown[] {
    return this.#asked().map(({ request }) => request.kind === 'read' && request.waitMs)
  }

  ahead(): Bench {
    this.reader.readAhead()
    return this
  }

  /** Answers what is asked when reading ahead. */
  gets(reply: SourceReply): Bench {
    const [id] = this.ahead().ids()
    this.reader.onReply(id!, reply)
    return this
  }

  after(ms: number): Bench {
    this.context.now += ms
    return this
  }

  #asked() {
    return taken(this.context, 'source')
  }
}

describe('a source reader that leads', () => {
  it('reads on from where the last answer ended, one request at a time', () => {
    const bench = new Bench()
    bench.reader.place('5')
    expect([bench.ahead().asked(), bench.ahead().asked()]).toEqual([[['5', null]], []])
    const next = new Bench().gets(rows('', '2', 1, 2))
    expect(next.ahead().asked()).toEqual([['2', null]])
  })

  it('is no further in event time than what was taken: the rest would be late (P16)', () => {
    const bench = new Bench().gets({ ...rows('', '2', 1, 2), watermark: 50 })
    bench.gets({ ...rows('2', '3', 3), watermark: 60, idle: true })
    expect([bench.reader.watermark, bench.reader.idle]).toEqual([-9, false])
    bench.reader.take(1)
    expect([bench.reader.watermark, bench.reader.idle]).toEqual([50, false])
    bench.reader.take(1)
    expect([bench.reader.watermark, bench.reader.idle]).toEqual([60, true])
  })

  it('lets the source keep its answer for a while, but no answer about a range that is there', () => {
    expect(new Bench().ahead().waits()).toEqual([200])
    const follower = new Bench()
    follower.reader.readExactly(READ)
    expect(follower.waits()).toEqual([0])
    expect([follower.after(500).reader.readExactly(READ), follower.reader.failingMs]).toEqual([null, 500])
  })

  it('lives with a source that answers as late as it may, every time', () => {
    const bench = new Bench()
    for (let polls = 0; polls < 5; polls++) {
      const [id] = bench.ahead().ids()
      bench.after(200 + 499).ahead()
      expect([bench.reader.onReply(id!, rows('', '')), bench.reader.failingMs]).toEqual([true, 0])
    }
  })

  it('keeps about two slices ready, and no more', () => {
    const bench = new Bench()
      .gets(rows('', '1', 1))
      .gets(rows('1', '2', 2))
      .gets(rows('2', '3', 3))
    expect(bench.reader.readyBytes).toBe(1800)
    expect(
      bench
        .gets(rows('3', '4', 4))
        .ahead()
        .asked(),
    ).toEqual([])
    bench.reader.take(1)
    expect(bench.ahead().asked()).toEqual([['4', null]])
  })

  it('gives out whole reads within the bytes asked for, at least one', () => {
    const bench = new Bench()
      .gets(rows('', '1', 1))
      .gets(rows('1', '2', 2))
      .gets(rows('2', '3', 3))
    expect(bench.reader.take(1).map(({ read }) => read.to)).toEqual(['1'])
    expect(bench.reader.take(1200).map(({ read }) => read.to)).toEqual(['2', '3'])
    expect([bench.reader.take(1200), bench.reader.hasRows, bench.reader.readyBytes]).toEqual([[], false, 0])
  })

  it('describes a read by range, rows and digest', () => {
    const bench = new Bench().gets(rows('', '2', 1, 2))
    expect(bench.reader.take(1)[0]?.read).toEqual({ from: '', to: '2', rows: 2, digest: 77 })
  })

  it('learns watermark, idleness and end also from an answer without rows; the watermark never falls', () => {
    const bench = new Bench().gets({ ...rows('', '1'), idle: true, watermark: 90 })
    expect([bench.reader.idle, bench.reader.watermark, bench.reader.hasRows]).toEqual([true, 90, false])
    bench.gets({ ...rows('1', '1'), watermark: 10, ended: true })
    expect([bench.reader.idle, bench.reader.watermark, bench.reader.ended]).toEqual([false, 90, true])
    expect(bench.ahead().asked()).toEqual([])
  })

  it('asks again where an answer does not come, heeds it no more, and fails since it was due', () => {
    const bench = new Bench()
    const [late] = bench.ahead().ids()
    expect([bench.after(699).ahead().asked(), bench.reader.failingMs]).toEqual([[], 499])
    bench.after(1).ahead()
    bench.context.take()
    expect(bench.reader.failingMs).toBe(500)
    expect(bench.after(20).ahead().asked()).toEqual([['', null]])
    expect(bench.reader.failingMs).toBe(520)
    expect([bench.reader.onReply(late!, rows('', '1', 1)), bench.reader.hasRows]).toEqual([false, false])
  })

  it('waits before it tries an unavailable source again', () => {
    const bench = new Bench().gets({ kind: 'unavailable' })
    expect(bench.after(19).ahead().asked()).toEqual([])
    expect(bench.after(1).ahead().asked()).toEqual([['', null]])
  })
})

describe('a source reader that follows', () => {
  it('reads exactly the range decided', () => {
    const bench = new Bench()
    expect([bench.reader.readExactly(READ), bench.asked()]).toEqual([null, [['0', '2']]])
  })

  it('gives the rows when they are what was decided, once asked for again', () => {
    const bench = new Bench()
    bench.reader.readExactly(READ)
    const [id] = bench.ids()
    bench.reader.onReply(id!, rows('0', '2', 1, 2))
    expect(bench.reader.readExactly(READ)?.batch.rows).toBe(2)
    expect([bench.asked(), bench.reader.changed]).toEqual([[], null])
  })

  it.each([
    ['another number of rows', rows('0', '2', 1)],
    ['another digest', { ...rows('0', '2', 1, 2), digest: 78 }],
    ['no rows', rows('0', '2')],
    ['nothing there any more', { kind: 'gone' as const, detail: 'compacted' }],
  ])('stops, named, at %s', (_what, reply) => {
    const bench = new Bench()
    bench.reader.readExactly(READ)
    const [id] = bench.ids()
    bench.reader.onReply(id!, reply)
    expect(bench.reader.changed).toMatch(/^source\.changed: /)
    expect([bench.reader.readExactly(READ), bench.asked()]).toEqual([null, []])
  })

  it('stops, by another name, at what is no input, whether that comes next or was decided', () => {
    const failed = { kind: 'failed' as const, detail: 'in.csv:7: no number' }
    const decided = new Bench()
    decided.reader.readExactly(READ)
    decided.reader.onReply(decided.ids()[0]!, failed)
    const ahead = new Bench()
    ahead.reader.readAhead()
    ahead.reader.onReply(ahead.ids()[0]!, failed)
    for (const { reader } of [decided, ahead])
      expect(reader.changed).toBe('source.failed: in.csv:7: no number')
    expect([decided.reader.readExactly(READ), decided.asked()]).toEqual([null, []])
  })

  it('tries again where the source is unavailable: that is no change', () => {
    const bench = new Bench()
    bench.reader.readExactly(READ)
    const [id] = bench.ids()
    bench.reader.onReply(id!, { kind: 'unavailable' })
    expect([bench.after(20).reader.readExactly(READ), bench.asked()]).toEqual([null, [['0', '2']]])
    expect(bench.reader.changed).toBe(null)
  })
})
