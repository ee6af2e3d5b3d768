import { run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { PairBench } from '../../test-kit/pair-bench.ts'
import { viewOf } from '../../test-kit/views.ts'
import type { View } from './view.ts'

const OURS = 'wall/0/a'
const TWINS = 'wall/0/b'
const FEEDERS = ['orders/0/a', 'orders/0/b', 'orders/1/a', 'orders/1/b']

/** `wall/0/a` watches `sums/0`, whose other neighbours are `orders/0` and `orders/1`. */
class Bench extends PairBench {
  alone = false

  constructor(...lostTo: string[]) {
    super('wall/0', { ingresses: 2, limits: { lostMs: 1000, rereadMs: 60_000 } })
    this.neighbour('sums/0', viewOf({ members: ['a5'], lostTo }))
    this.parts.losses.tick(false)
  }

  /** Ticks after so long, and has what is asked for done. */
  tick(ms = 0): Bench {
    this.after(ms).parts.losses.tick(this.alone)
    return this.answer()
  }

  heard(): Bench {
    this.parts.losses.onHeard('sums/0')
    return this
  }

  /** What stands at the coordinator. */
  get written(): readonly string[] {
    const reply = this.coordinator.handle({ kind: 'read', key: 'view/sums/0' })
    return ((reply.kind === 'value' ? reply.value : null) as View).lostTo
  }

  get lost(): string | null {
    return this.parts.losses.lost
  }

  swaps(): number {
    this.parts.losses.tick(this.alone)
    return this.log.taken('coordinator').filter(({ request }) => request.kind === 'swap').length
  }
}

describe('a loss watch', () => {
  it('says of a neighbour that it is lost to us after so long a silence, and no earlier', () => {
    const bench = new Bench()
    expect([bench.tick(999).written, bench.tick(1).written]).toEqual([[], [OURS]])
  })

  it('counts from the last word of any of its replicas', () => {
    const bench = new Bench().after(900).heard()
    expect([bench.tick(999).written, bench.tick(1).written]).toEqual([[], [OURS]])
  })

  it('takes it back when the neighbour is heard again, and keeps what the others say', () => {
    const bench = new Bench('orders/0/a').tick(1000)
    expect(bench.written).toEqual(['orders/0/a', OURS])
    expect(bench.heard().tick().written).toEqual(['orders/0/a'])
  })

  it('leaves to its twin what the twin says', () => {
    const bench = new Bench(TWINS)
    expect(bench.tick().written).toEqual([TWINS])
    expect(bench.tick(1000).written).toEqual([TWINS, OURS])
  })

  it('speaks for both lanes without a twin, and takes both back', () => {
    const bench = new Bench().tick(1000)
    bench.alone = true
    expect(bench.tick().written).toEqual([OURS, TWINS])
    expect(bench.heard().tick().written).toEqual([])
  })

  it('finds it lost only when every slot around it has lost it, our own twin included', () => {
    const bench = new Bench(...FEEDERS).tick(1000).tick()
    expect([bench.written, bench.lost]).toEqual([[...FEEDERS, OURS], null])
    bench.neighbour('sums/0', viewOf({ members: ['a5'], lostTo: [OURS, TWINS, ...FEEDERS] }))
    bench.tick()
    expect(bench.lost).toBe('sums/0')
  })

  it('does not find it lost by our own word before it is written', () => {
    const bench = new Bench(TWINS, ...FEEDERS).after(1000)
    bench.parts.losses.tick(false)
    expect(bench.lost).toBe(null)
    expect(bench.answer().tick().lost).toBe('sums/0')
  })

  it('does not find lost what it hears, whatever an old view says in our name', () => {
    const bench = new Bench(OURS, TWINS, ...FEEDERS).after(999).heard().tick(999)
    expect([bench.lost, bench.written]).toEqual([null, [TWINS, ...FEEDERS]])
  })

  it('is no longer lost once it is heard again', () => {
    const bench = new Bench(TWINS, ...FEEDERS).tick(1000).tick()
    expect([bench.lost, bench.heard().tick().lost]).toEqual(['sums/0', null])
  })

  it('takes a pause of our own process for no silence', () => {
    const bench = new Bench().heard().after(5000)
    bench.parts.context.pausedMs += 5000
    expect([bench.tick(999).written, bench.tick(1).written]).toEqual([[], [OURS]])
  })

  it('writes only what changes something, and one thing at a time', () => {
    const bench = new Bench()
    expect(bench.swaps()).toBe(0)
    expect([bench.after(1000).swaps(), bench.swaps()]).toEqual([1, 0])
    const said = new Bench(OURS).after(1000)
    expect(said.swaps()).toBe(0)
  })

  it('says it again, of the view that stands there now, when another was written first', () => {
    const bench = new Bench().after(1000)
    const changed = viewOf({ members: ['a5'], lostTo: ['orders/1/a'] })
    bench.coordinator.handle({ kind: 'swap', key: 'view/sums/0', version: 1, value: changed })
    expect(bench.tick().written).toEqual(['orders/1/a'])
    expect(bench.tick().written).toEqual(['orders/1/a', OURS])
  })

  it('leaves alone a view of another run', () => {
    const bench = new Bench(TWINS, ...FEEDERS)
    bench.parts.context.run = run(2)
    expect([bench.tick(1000).written, bench.tick().lost]).toEqual([[TWINS, ...FEEDERS], null])
  })
})
