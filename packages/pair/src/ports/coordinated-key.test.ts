import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import type { Context } from '../context.ts'
import { CoordinatedKey } from './coordinated-key.ts'
import type { CoordinatorReply } from './coordinator.ts'
import { MemoryCoordinator } from './memory-coordinator.ts'
import { firstRun, type RunKey } from '../checkpoint/run-key.ts'

const LIMITS = { replyMs: 500, rereadMs: 1000, retryMs: 20 }
const ONE = firstRun('one')
const TWO = firstRun('two')

class Bench {
  readonly context: Context
  readonly coordinator = new MemoryCoordinator()
  readonly key: CoordinatedKey<RunKey>

  constructor() {
    this.context = contextAt('sums/0', { limits: LIMITS })
    this.key = new CoordinatedKey<RunKey>(this.context, 'run')
  }

  /** Carries out what has been asked; the replies are the caller's to deliver, late or never. */
  answers(): { readonly id: number; readonly reply: CoordinatorReply }[] {
    return taken(this.context, 'coordinator').map(({ id, request }) => ({
      id,
      reply: this.coordinator.handle(request),
    }))
  }

  deliver(answers: ReturnType<Bench['answers']>): boolean[] {
    return answers.map(({ id, reply }) => this.key.onReply(id, reply))
  }

  known(): Bench {
    this.key.poll()
    this.deliver(this.answers())
    return this
  }

  asked(): string[] {
    return taken(this.context, 'coordinator').map(({ request }) => request.kind)
  }

  by(other: RunKey, version: number): void {
    this.coordinator.handle({ kind: 'swap', key: 'run', version, value: other })
  }
}

describe('a coordinated key', () => {
  it('is unknown until it has been read, and takes no proposal before', () => {
    const bench = new Bench()
    expect([bench.key.known, bench.key.swap(ONE)]).toEqual([false, false])
    bench.known()
    expect([bench.key.known, bench.key.version, bench.key.value]).toEqual([true, 0, null])
  })

  it('knows what it has written', () => {
    const bench = new Bench().known()
    expect(bench.key.swap(ONE)).toBe(true)
    expect(bench.deliver(bench.answers())).toEqual([true])
    expect([bench.key.version, bench.key.value, bench.key.busy]).toEqual([1, ONE, false])
  })

  it('gives nothing up for a pause of our own, in which the answer may have come', () => {
    const bench = new Bench().known()
    bench.key.swap(ONE)
    bench.context.now = 5000
    bench.context.pausedMs = 4950
    const answers = bench.answers()
    bench.key.poll()
    expect([bench.asked(), bench.deliver(answers), bench.key.busy]).toEqual([[], [true], false])
  })

  it('has one request under way: a second swap, or a poll, asks nothing', () => {
    const bench = new Bench().known()
    bench.key.swap(ONE)
    expect(bench.key.swap(TWO)).toBe(false)
    bench.key.hint()
    bench.key.poll()
    expect(bench.asked()).toEqual(['swap'])
  })

  it('adopts what stands there when its swap is refused', () => {
    const bench = new Bench().known()
    bench.by(TWO, 0)
    bench.key.swap(ONE)
    expect(bench.deliver(bench.answers())).toEqual([true])
    expect([bench.key.version, bench.key.value]).toEqual([1, TWO])
  })

  it('reads when the outcome of a swap is unknown, and finds that it has happened', () => {
    const bench = new Bench().known()
    bench.key.swap(ONE)
    bench.answers()
    bench.context.now = 499
    bench.key.poll()
    expect([bench.key.busy, bench.asked()]).toEqual([true, []])
    bench.context.now = 500
    bench.key.poll()
    bench.deliver(bench.answers())
    expect([bench.key.version, bench.key.value]).toEqual([1, ONE])
  })

  it('reads again after a late answer to a swap it had given up', () => {
    const bench = new Bench().known()
    bench.key.swap(ONE)
    const late = bench.answers()
    bench.context.now = 500
    bench.key.poll()
    const read = bench.asked()
    expect(bench.deliver(late)).toEqual([false])
    expect([read, bench.key.version]).toEqual([['read'], 0])
    bench.context.now = 1000
    bench.key.poll()
    bench.deliver(bench.answers())
    expect(bench.key.value).toEqual(ONE)
  })

  it('does not take a swap to be its own that somebody else has made', () => {
    const bench = new Bench().known()
    bench.key.swap(ONE)
    const late = bench.answers()
    bench.by(TWO, 1)
    bench.context.now = 500
    bench.key.poll()
    bench.deliver(bench.answers())
    bench.deliver(late)
    expect([bench.key.version, bench.key.value]).toEqual([2, TWO])
  })

  it('never goes back: an answer that was overtaken changes nothing', () => {
    const bench = new Bench().known()
    bench.key.hint()
    bench.key.poll()
    const late = bench.answers()
    bench.by(ONE, 0)
    bench.context.now = 500
    bench.key.poll()
    bench.deliver(bench.answers())
    expect(bench.deliver(late)).toEqual([false])
    expect([bench.key.version, bench.key.value]).toEqual([1, ONE])
  })

  it('is fresh after a refresh only by a request that was sent since', () => {
    const bench = new Bench().known()
    bench.key.hint()
    bench.key.poll()
    const early = bench.answers()
    bench.key.refresh()
    expect(bench.key.fresh).toBe(false)
    bench.deliver(early)
    expect(bench.key.fresh).toBe(false)
    bench.key.poll()
    bench.deliver(bench.answers())
    expect(bench.key.fresh).toBe(true)
  })

  it('is fresh by a swap that was sent since, whether it was taken or refused', () => {
    for (const taker of [ONE, TWO]) {
      const bench = new Bench().known()
      bench.key.refresh()
      if (taker === TWO) bench.by(TWO, 0)
      bench.key.swap(ONE)
      bench.deliver(bench.answers())
      expect([bench.key.fresh, bench.key.value]).toEqual([true, taker])
    }
  })

  it('reads at a hint, but not at one of a version that it knows', () => {
    const bench = new Bench().known()
    bench.by(ONE, 0)
    bench.key.hint(0)
    bench.key.poll()
    expect(bench.asked()).toEqual([])
    bench.key.hint(1)
    bench.key.poll()
    expect(bench.asked()).toEqual(['read'])
  })

  it('reads again every second without any hint, since a watch may be lost', () => {
    const bench = new Bench().known()
    bench.context.now = 999
    bench.key.poll()
    expect(bench.asked()).toEqual([])
    bench.context.now = 1000
    bench.key.poll()
    expect(bench.asked()).toEqual(['read'])
  })

  it('tries again soon when the coordinator is unavailable', () => {
    const bench = new Bench().known()
    bench.key.hint()
    bench.key.poll()
    const [asked] = bench.answers()
    expect(bench.key.onReply(asked!.id, { kind: 'unavailable', key: 'run' })).toBe(false)
    bench.context.now = 19
    bench.key.poll()
    expect(bench.asked()).toEqual([])
    bench.context.now = 20
    bench.key.poll()
    expect(bench.asked()).toEqual(['read'])
  })
})
