import { epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import type { StoreReply } from '../ports/buffer-store.ts'
import { StoreReserve } from './store-reserve.ts'

class Bench {
  readonly context = contextAt('orders/0', { limits: { replyMs: 500, retryMs: 20 } })
  readonly reserve = new StoreReserve(this.context)
  #id = 0

  /** What it asks for at this moment. */
  asksAt(now: number): number[] {
    this.context.now = now
    this.reserve.poll()
    return taken(this.context, 'store').map(({ id, request }) => {
      this.#id = id
      return request.kind === 'reserve' ? request.bytes : -1
    })
  }

  hears(reply: StoreReply): StoreReserve {
    this.reserve.onReply(this.#id, reply)
    return this.reserve
  }
}

describe('a reserve in the store', () => {
  it('asks for nothing until something is wanted, and once for what is', () => {
    const bench = new Bench()
    expect([bench.asksAt(0), bench.reserve.settled]).toEqual([[], true])
    bench.reserve.want({ bytes: 300, cut: epoch(0) })
    expect([bench.asksAt(1), bench.asksAt(2), bench.reserve.settled]).toEqual([[300], [], false])
    expect(bench.hears({ kind: 'done' }).settled).toBe(true)
    expect(bench.asksAt(3)).toEqual([])
  })

  it('asks again when there is no answer, or one that says nothing', () => {
    const bench = new Bench()
    bench.reserve.want({ bytes: 300, cut: epoch(0) })
    expect([bench.asksAt(0), bench.asksAt(500), bench.asksAt(520)]).toEqual([[300], [], [300]])
    bench.hears({ kind: 'unavailable' })
    expect([bench.asksAt(559), bench.asksAt(560)]).toEqual([[], [300]])
    expect(bench.hears({ kind: 'done' }).settled).toBe(true)
  })

  it('takes a refusal for an answer', () => {
    const bench = new Bench()
    bench.reserve.want({ bytes: 300, cut: epoch(0) })
    bench.asksAt(0)
    expect(bench.hears({ kind: 'refused', reason: 'full' }).settled).toBe(true)
  })

  it('is not settled by the answer to what was wanted before', () => {
    const bench = new Bench()
    bench.reserve.want({ bytes: 300, cut: epoch(0) })
    bench.asksAt(0)
    bench.reserve.want({ bytes: 700, cut: epoch(8) })
    expect(bench.asksAt(1)).toEqual([])
    expect(bench.hears({ kind: 'done' }).settled).toBe(false)
    expect(bench.asksAt(2)).toEqual([700])
  })

  it('knows the answer to its request from those of others', () => {
    const bench = new Bench()
    bench.reserve.want({ bytes: 300, cut: epoch(0) })
    bench.asksAt(0)
    expect([99, 1].map((id) => bench.reserve.onReply(id, { kind: 'done' }))).toEqual([false, true])
  })
})
