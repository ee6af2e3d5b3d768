import { describe, expect, it } from 'vitest'
import { every } from '../test-kit/every-message.ts'
import { at, frameAt, sealAt } from '../test-kit/items.ts'
import type { ReplicaBench } from '../test-kit/replica-bench.ts'
import { servingReplica, servingTwin } from '../test-kit/serving-replica.ts'

const LIMITS = { heartbeatMs: 50, silenceMs: 250 }

/** So long after its last step. */
function tickAfter(bench: ReplicaBench, ms: number): ReplicaBench {
  bench.now += ms
  return bench.step({ kind: 'tick' })
}

/** How many ticks so far apart until it suspects whoever it does not hear. */
function ticksToSuspect(gapMs: number): number {
  const bench = servingReplica({ limits: LIMITS })
  for (let ticks = 1; ticks < 100; ticks++) {
    if (tickAfter(bench, gapMs).events().includes('* suspect orders/0 1')) return ticks
  }
  return Number.POSITIVE_INFINITY
}

describe('a gap between two steps', () => {
  it('counts wholly up to a heartbeat', () => {
    expect([25, 50].map(ticksToSuspect)).toEqual([10, 5])
  })

  it('counts for half of one if it is longer: who is busy loses patience too, only later', () => {
    expect([51, 126, 200, 5000].map(ticksToSuspect)).toEqual([10, 10, 10, 10])
  })

  it('may be a pause of any length, or several with only ticks between: nobody was silent', () => {
    const bench = servingReplica({ limits: LIMITS })
    for (const ms of [5000, 10_000, 126, 60_000]) expect(tickAfter(bench, ms).events()).toEqual([])
  })

  it('makes nobody a laggard that was heard a heartbeat before, and one that stays quiet after it', () => {
    const bench = servingReplica({ limits: { ...LIMITS, markBytes: 1 } })
    bench.says(1, frameAt(at(0, 0), 1), sealAt(at(0, 1), 1))
    const digest = bench.replica.outputs.channels[0]?.buffer.digestAt(at(1, 1)) ?? 0
    bench
      .says(2, every('ack', { position: at(1, 1), digest }))
      .pass(50, 2)
      .did()
    expect(tickAfter(bench, 10_000).did()).toEqual([])
    expect(bench.pass(25, 2).did()).toEqual(['2: report #2 laggard'])
  })
})

describe('a replica whose steps are far apart', () => {
  it('beats to its twin and to its neighbours on each', () => {
    const bench = servingTwin({ limits: LIMITS })
    tickAfter(bench, 200).beats()
    const beats = ['1: heartbeat', '3: heartbeat', '2: producing 0:0 durable 0', '4: producing 0:0 durable 0']
    const progress = '6: progress at 0 kept (0:0) final 0 durable 0'
    expect(tickAfter(bench, 200).beats()).toEqual([...beats, progress])
  })
})
