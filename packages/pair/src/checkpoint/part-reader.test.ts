import type { Image } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { MemoryStore } from '../ports/memory-store.ts'
import { type PartPiece, PartReader } from './part-reader.ts'

const PART = 'part/1/sums/0/10/11/1'
const GROUPS: Image = [1, 2, 3].map((group) => ({ kind: 'group', group, bytes: new Uint8Array(90) }))

class Bench {
  readonly context = contextAt('sums/0', { limits: { replyMs: 500, retryMs: 20, imageSliceBytes: 100 } })
  readonly reader = new PartReader(this.context)
  readonly store = new MemoryStore()

  constructor() {
    const put = { kind: 'put', blob: PART, attempt: 0, piece: 0, image: GROUPS, last: true } as const
    this.store.handle({ ...put, reserved: false })
    this.reader.begin(PART)
  }

  after(ms: number): Bench {
    this.context.now += ms
    return this
  }

  /** What it asks for at this moment. */
  asks() {
    this.reader.poll()
    return taken(this.context, 'store').map(({ id, request }) => {
      const from = request.kind === 'get' ? request.from : -1
      return { id, from, answered: () => this.reader.onReply(id, this.store.handle(request)) }
    })
  }

  /** Until there is nothing to ask at this moment. */
  reads(): string[] {
    const [asked] = this.asks()
    return asked === undefined ? [] : [describePiece(asked.answered()), ...this.reads()]
  }
}

function describePiece(piece: PartPiece | null): string {
  if (piece?.kind !== 'piece') return piece?.kind ?? 'not ours'
  const groups = piece.image.map((part) => (part.kind === 'group' ? part.group : part.kind))
  return `${groups.join(' ')}${piece.last ? ' last' : ''}`
}

describe('a reader of parts', () => {
  it('reads piece by piece, so that no piece is larger than one answer may be', () => {
    expect(new Bench().reads()).toEqual(['1', '2', '3 last'])
  })

  it('asks again for the piece without an answer, and not for those before it', () => {
    const bench = new Bench()
    bench.asks()[0]!.answered()
    expect(bench.asks().map(({ from }) => from)).toEqual([1])
    expect(bench.after(500).asks()).toEqual([])
    expect(bench.after(20).reads()).toEqual(['2', '3 last'])
  })

  it('takes an answer that comes late: a store that is always slow could never be read otherwise', () => {
    const bench = new Bench()
    const [late] = bench.asks()
    bench.after(500).asks()
    const [again] = bench.after(20).asks()
    expect([describePiece(late!.answered()), describePiece(again!.answered())]).toEqual(['1', 'not ours'])
    expect(bench.reads()).toEqual(['2', '3 last'])
  })

  it('takes no late answer for a later piece, nor for another part', () => {
    const bench = new Bench()
    const [late] = bench.asks()
    bench.after(500).asks()
    bench.after(20).asks()[0]!.answered()
    expect(describePiece(late!.answered())).toBe('not ours')
    const [second] = bench.asks()
    bench.reader.begin('part/1/sums/0/20/21/1')
    expect([describePiece(second!.answered()), bench.reads()]).toEqual(['failed', ['gone']])
  })

  it('says in the middle of a part that it is gone', () => {
    const bench = new Bench()
    bench.asks()[0]!.answered()
    bench.store.handle({ kind: 'delete', blob: PART })
    expect([bench.reads(), bench.reader.blob]).toEqual([['gone'], null])
  })
})
