import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import type { StoreReply } from '../ports/buffer-store.ts'
import { LogTrim } from './log-trim.ts'

class Bench {
  readonly context = contextAt('orders/0', { limits: { replyMs: 500, retryMs: 20 } })
  readonly trim = new LogTrim(this.context)
  #id = 0

  /** What it asks for at this moment. */
  asksAt(now: number, held: number | null = null): number[] {
    this.context.now = now
    this.trim.poll(held)
    return taken(this.context, 'store').map(({ id, request }) => {
      this.#id = id
      return request.kind === 'truncate' ? request.through : -1
    })
  }

  hears(reply: StoreReply): boolean {
    return this.trim.onReply(this.#id, reply)
  }
}

describe('the trim of a log', () => {
  it('cuts what a checkpoint has made needless, once', () => {
    const bench = new Bench()
    expect(bench.asksAt(0)).toEqual([])
    bench.trim.want(7)
    expect([bench.asksAt(1), bench.asksAt(2)]).toEqual([[7], []])
    expect([bench.hears({ kind: 'done' }), bench.asksAt(3)]).toEqual([true, []])
    bench.trim.want(9)
    expect(bench.asksAt(4)).toEqual([9])
  })

  it('asks again until the store has done it: with the log full, no later checkpoint would', () => {
    const bench = new Bench()
    bench.trim.want(7)
    expect([bench.asksAt(0), bench.asksAt(500), bench.asksAt(520)]).toEqual([[7], [], [7]])
    bench.hears({ kind: 'unavailable' })
    expect([bench.asksAt(559), bench.asksAt(560)]).toEqual([[], [7]])
  })

  it('cuts no further than the follower holds, and the rest once it does', () => {
    const bench = new Bench()
    bench.trim.want(7)
    expect([bench.asksAt(0, 0), bench.asksAt(1, 4)]).toEqual([[], [4]])
    bench.hears({ kind: 'done' })
    expect([bench.asksAt(2, 4), bench.asksAt(3, 30)]).toEqual([[], [7]])
  })

  it('knows the answer to its request from those of others', () => {
    expect(new Bench().hears({ kind: 'done' })).toBe(false)
  })
})
