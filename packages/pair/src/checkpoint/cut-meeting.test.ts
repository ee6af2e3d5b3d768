import { epoch, EPOCH_END, incarnation, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { CutMeeting } from './cut-meeting.ts'
import type { PartName } from './part-name.ts'
import { firstRun, type RunState } from './run-key.ts'

const NONE = epoch(0)

function part(from: number): PartName {
  return { run: run(1), pair: 'sums/0', from: epoch(from), to: from + 1, incarnation: incarnation(1) }
}

/** Epochs of 10 ms, a checkpoint every 10 of them; every replica knows the run key after 20 more. */
class Bench {
  readonly context = contextAt('orders/0', { limits: { rereadMs: 100, replyMs: 50 } })
  readonly meeting = new CutMeeting(this.context)

  apart(...froms: number[]): Bench {
    this.meeting.onListed(froms.map(part), NONE, false)
    return this
  }

  callsAt(ms: number, at = 100, cutFrom = 0, state: RunState = { kind: 'running' }): number | null {
    this.context.now = ms
    return this.meeting.calls({ ...firstRun('plan'), cutFrom: epoch(cutFrom), state }, epoch(at))
  }
}

describe('a meeting of cuts', () => {
  it('is called after four multiples of K, at the next one that all hear of in time', () => {
    const bench = new Bench().apart(20, 30)
    expect([bench.callsAt(399), bench.callsAt(400)]).toEqual([null, 130])
  })

  it('is not called while parts meet, or there are none but those of the checkpoint', () => {
    const bench = new Bench().apart(20)
    bench.meeting.onListed([part(20)], NONE, true)
    expect(bench.callsAt(9000)).toBe(null)
    bench.meeting.onListed([part(20)], epoch(20), false)
    expect(bench.callsAt(20_000)).toBe(null)
  })

  it('is called again twice as late, until a checkpoint completes', () => {
    const bench = new Bench().apart(20)
    expect([bench.callsAt(400), bench.apart(140).callsAt(1199, 140, 130)]).toEqual([130, null])
    expect(bench.callsAt(1200, 160, 130)).toBe(190)
    bench.meeting.onCheckpoint()
    expect([bench.apart(200).callsAt(1599, 200, 190), bench.callsAt(1600, 200, 190)]).toEqual([null, 230])
  })

  it('is called ahead of the furthest part by one whose source has ended', () => {
    const ended = new Bench().apart(20, 77, EPOCH_END)
    expect(ended.callsAt(400, EPOCH_END)).toBe(100)
  })

  it('is called ahead of the furthest part by one that is behind it', () => {
    expect(new Bench().apart(20, 770).callsAt(400)).toBe(800)
  })

  it('is not called while the pipeline drains', () => {
    const draining = { kind: 'draining', at: epoch(9), finish: false, promised: [] } as const
    expect(new Bench().apart(20).callsAt(9000, 100, 0, draining)).toBe(null)
  })
})
