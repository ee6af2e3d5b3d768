import { crc32c, epoch, hashText, partitionOfHash } from '@pollux/protocol'
import type { Push } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { frameOf } from '../../test-kit/items.ts'
import { LEADER } from '../../test-kit/leading-desk.ts'
import type { PushAnswer } from '../effect.ts'
import type { Limits } from '../limits.ts'
import { type DeskStanding, PushDesk } from './push-desk.ts'

/** Keys of partition 0 of two. */
const KEYS = Array.from({ length: 40 }, (_, number) => `key ${number}`).filter(
  (key) => partitionOf(key) === 0,
)
const [K = '', L = '', M = ''] = KEYS
const FOREIGN = Array.from({ length: 40 }, (_, number) => `key ${number}`).find(
  (key) => partitionOf(key) === 1,
)!

function partitionOf(key: string): number {
  return partitionOfHash(hashText(key), 8, 2)
}

class Bench {
  readonly context
  readonly desk: PushDesk
  #request = 0

  constructor(limits: Partial<Limits> = {}) {
    this.context = contextAt('orders/0', { ingresses: 2, source: 'push', limits })
    this.desk = new PushDesk(this.context, 0, crc32c)
  }

  /** A request of the next number. */
  push(key: string, standing: Partial<DeskStanding> = {}, firstTriedAt = 1000): Bench {
    const push = { key, firstTriedAt, frame: frameOf(0, 1), watermark: 30 }
    this.desk.onPush(++this.#request, push, { ...LEADER, ...standing })
    return this
  }

  decide(index: number, at = 0): Push[] {
    const pushes = this.desk.take(1_000_000)
    this.desk.onDecided(index, pushes, epoch(at))
    return pushes
  }

  answers(): [number, PushAnswer['kind']][] {
    return taken(this.context, 'answer').map(({ request, answer }) => [request, answer.kind])
  }
}

describe('a push desk that takes nothing in any more', () => {
  it.each(['busy', 'ended'] as const)('says %s at once to what comes new', (shut) => {
    const bench = new Bench().push(K, { shut })
    expect([bench.answers(), bench.desk.hasRows]).toEqual([[[1, shut]], false])
  })

  it('says so to everybody who waits undecided, once, and forgets the rows', () => {
    const bench = new Bench().push(K).push(K).push(L)
    bench.desk.shut('ended')
    bench.desk.shut('ended')
    expect(bench.answers()).toEqual([
      [1, 'ended'],
      [2, 'ended'],
      [3, 'ended'],
    ])
    expect([bench.desk.hasRows, bench.desk.waitingBytes, bench.decide(1)]).toEqual([false, 0, []])
  })

  it('goes on for what is decided: it is stored once it is durable, and a retry is told so', () => {
    const bench = new Bench().push(K)
    bench.decide(1)
    bench.push(L)
    bench.desk.shut('ended')
    bench.push(K, { shut: 'ended' })
    expect(bench.answers()).toEqual([[2, 'ended']])
    bench.desk.onDurable(1)
    bench.push(K, { shut: 'ended' })
    expect(bench.answers()).toEqual([
      [1, 'stored'],
      [3, 'stored'],
      [4, 'stored'],
    ])
  })

  it('takes in as new what it refused, should it take in again', () => {
    const bench = new Bench().push(K)
    bench.desk.shut('busy')
    expect(bench.push(K).decide(1)).toHaveLength(1)
    bench.desk.onDurable(1)
    expect(bench.answers()).toEqual([
      [1, 'busy'],
      [2, 'stored'],
    ])
  })

  it('still sends on whoever has come to the wrong place', () => {
    const bench = new Bench().push(FOREIGN, { shut: 'ended' }).push(K, { shut: 'ended', leads: false })
    expect(bench.answers()).toEqual([
      [1, 'wrong-partition'],
      [2, 'redirect'],
    ])
  })
})

describe('a push desk', () => {
  it('answers stored when the decision is durable, not before (P13)', () => {
    const bench = new Bench().push(K)
    bench.decide(7)
    bench.desk.onDurable(6)
    expect(bench.answers()).toEqual([])
    bench.desk.onDurable(7)
    expect(bench.answers()).toEqual([[1, 'stored']])
  })

  it('lets a retry wait for the original, undecided or decided, and takes the rows once (P13)', () => {
    const bench = new Bench().push(K).push(K)
    expect(bench.decide(1).map((push) => push.key)).toEqual([K])
    bench.push(K)
    expect([bench.desk.hasRows, bench.answers()]).toEqual([false, []])
    bench.desk.onDurable(1)
    expect(bench.answers()).toEqual([
      [1, 'stored'],
      [2, 'stored'],
      [3, 'stored'],
    ])
  })

  it('answers a retry of what is durable at once, also before it was told so', () => {
    const bench = new Bench().push(K)
    bench.decide(1)
    bench.desk.onDurable(1)
    bench.answers()
    expect(bench.push(K).answers()).toEqual([[2, 'stored']])
    bench.push(L)
    bench.decide(2)
    expect(bench.push(L, { durable: 2 }).answers()).toEqual([[4, 'stored']])
  })

  it('answers each client exactly once', () => {
    const bench = new Bench().push(K)
    bench.decide(1)
    bench.desk.onDurable(1)
    bench.desk.onDurable(2)
    expect(bench.answers()).toEqual([[1, 'stored']])
  })

  it('lets a retry wait that reaches the new leader, which holds the decision but not the client', () => {
    const bench = new Bench()
    bench.desk.onDecided(4, [{ key: K, bytes: Uint8Array.of(), rows: 1 }], epoch(3))
    expect([bench.push(K).answers(), bench.desk.hasRows]).toEqual([[], false])
    bench.desk.onDurable(4)
    expect(bench.answers()).toEqual([[1, 'stored']])
  })

  it('names the partition that a key belongs to', () => {
    const bench = new Bench().push(FOREIGN)
    expect(taken(bench.context, 'answer')).toEqual([
      { kind: 'answer', request: 1, answer: { kind: 'wrong-partition', partition: 1 } },
    ])
  })

  it('sends a client on that comes to the follower', () => {
    const bench = new Bench().push(K, { leads: false, leaderAddress: 'there' })
    expect(taken(bench.context, 'answer')).toEqual([
      { kind: 'answer', request: 1, answer: { kind: 'redirect', address: 'there' } },
    ])
  })

  it('refuses what was first tried before the window: nobody could tell whether it was taken', () => {
    const bench = new Bench().push(K, { next: epoch(150) }, 1499)
    expect(bench.answers()).toEqual([[1, 'too-old']])
    expect(bench.push(K, { next: epoch(150) }, 1500).answers()).toEqual([])
    expect(bench.desk.hasRows).toBe(true)
  })

  it('refuses what is dated further ahead than the window; is busy while its own epochs are behind', () => {
    const ahead = (clock: number, firstTriedAt: number): [number, PushAnswer['kind']][] =>
      new Bench().push(K, { next: epoch(150), clock: epoch(clock) }, firstTriedAt).answers()
    expect(ahead(150, 3501)).toEqual([[1, 'too-new']])
    expect(ahead(160, 3501)).toEqual([[1, 'busy']])
    expect(ahead(150, 3500)).toEqual([])
  })

  it('is busy under pressure, but not for a retry', () => {
    const bench = new Bench().push(K)
    expect(bench.push(L, { pressed: true }).answers()).toEqual([[2, 'busy']])
    expect(bench.push(K, { pressed: true }).answers()).toEqual([])
  })

  it('is busy when two slices wait, and when it remembers as many keys as it may', () => {
    const bytes = frameOf(0, 1).bytes.length
    const full = new Bench({ sliceBytes: bytes }).push(K).push(L)
    expect(full.push(M).answers()).toEqual([[3, 'busy']])
    const keys = new Bench({ keysMax: 1 }).push(K)
    keys.decide(1)
    expect(keys.push(L).answers()).toEqual([[2, 'busy']])
  })

  it('is busy for one attempt too many at the same rows, and has answered all others by then (P12)', () => {
    const bench = new Bench({ attemptsMax: 2 }).push(K).push(K).push(K)
    expect(bench.answers()).toEqual([[3, 'busy']])
    bench.decide(1)
    expect(bench.push(K).push(L).answers()).toEqual([[4, 'busy']])
    bench.desk.onDurable(1)
    expect(bench.answers()).toEqual([
      [1, 'stored'],
      [2, 'stored'],
    ])
    expect(bench.push(K).answers()).toEqual([[6, 'stored']])
  })

  it('gives out whole pushes within the bytes asked for, at least one, and counts the rest', () => {
    const bench = new Bench().push(K).push(L).push(M)
    const bytes = frameOf(0, 1).bytes.length
    expect(bench.desk.take(1).map((push) => push.key)).toEqual([K])
    expect(bench.desk.waitingBytes).toBe(2 * bytes)
    expect(bench.desk.take(2 * bytes).map((push) => push.key)).toEqual([L, M])
    expect([bench.desk.hasRows, bench.desk.waitingBytes, bench.desk.watermark]).toEqual([false, 0, 30])
  })

  it('forgets keys whose window is over, but none that may be undurable', () => {
    const bench = new Bench().push(K)
    bench.decide(1, 10)
    bench.push(L)
    bench.decide(2, 11)
    bench.desk.onDurable(1)
    bench.desk.prune(14, 1)
    expect(bench.desk.image(9).flatMap((part) => part.keys)).toEqual([{ key: L, epoch: 11 }])
    bench.desk.onDurable(2)
    bench.desk.prune(13, 1)
    expect(bench.desk.image(9).flatMap((part) => part.keys)).toEqual([{ key: L, epoch: 11 }])
    bench.desk.prune(14, 1)
    expect(bench.desk.image(9).flatMap((part) => part.keys)).toEqual([])
  })

  it('knows again from an image what it had decided', () => {
    const survivor = new Bench().push(K).push(L)
    survivor.decide(1, 3)
    const joiner = new Bench()
    for (const part of survivor.desk.image(9)) joiner.desk.load(part.keys)
    expect(joiner.push(K).push(L).answers()).toEqual([
      [1, 'stored'],
      [2, 'stored'],
    ])
    expect(joiner.desk.image(9)).toEqual(survivor.desk.image(9))
  })

  it('keeps keys out of an image that belong to decisions after it: their rows may never be durable', () => {
    const bench = new Bench().push(K)
    bench.decide(1, 3)
    bench.push(L)
    bench.decide(2, 4)
    expect(bench.desk.image(1)).toEqual([{ kind: 'keys', keys: [{ key: K, epoch: 3 }] }])
    expect(bench.desk.image(0)).toEqual([])
  })

  it('refuses a key that could not be told apart from another, or that is endless', () => {
    const bench = new Bench().push('').push('\ud800').push('k'.repeat(10_000))
    expect(bench.answers()).toEqual([
      [1, 'bad-key'],
      [2, 'bad-key'],
      [3, 'bad-key'],
    ])
  })
})
