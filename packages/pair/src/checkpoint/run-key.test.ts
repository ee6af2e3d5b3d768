import { epoch, EPOCH_END, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import {
  type Checkpoint,
  firstRun,
  isEnded,
  nextRun,
  type RunKey,
  type RunState,
  withCheckpoint,
  withHalt,
  withPromise,
} from './run-key.ts'

function cut(at: number): Checkpoint {
  return { run: run(1), epoch: epoch(at), parts: { 'sums/0': 'part' } }
}

function draining(at: number, finish: boolean, promised: readonly string[] = []): RunKey {
  return { ...firstRun('plan'), state: { kind: 'draining', at: epoch(at), finish, promised } }
}

const HALT = { pair: 'sums/0', epoch: 4, seq: 7, code: 'RangeError: 7' }

/** What a checkpoint at epoch 20 makes of each state; total. */
const AFTER_CHECKPOINT: Record<RunState['kind'], readonly [RunKey, RunState['kind']]> = {
  running: [firstRun('plan'), 'running'],
  draining: [draining(20, false), 'drained'],
  drained: [{ ...firstRun('plan'), state: { kind: 'drained' } }, 'drained'],
  finished: [{ ...firstRun('plan'), state: { kind: 'finished' } }, 'finished'],
  halted: [withHalt(firstRun('plan'), HALT), 'halted'],
}

describe('the run key', () => {
  it('begins at run 1 without a checkpoint', () => {
    expect(firstRun('plan')).toEqual({
      kind: 'run',
      run: 1,
      cutFrom: 0,
      reached: 0,
      planHash: 'plan',
      checkpoint: null,
      state: { kind: 'running' },
    })
  })

  it('goes to the next run with the checkpoint it has, running again', () => {
    const key = withHalt(withCheckpoint(firstRun('plan'), cut(20)), HALT)
    expect(nextRun(key)).toEqual({ ...key, run: 2, state: { kind: 'running' } })
  })

  it('still drains in the next run, where everybody promises anew', () => {
    const state = { kind: 'draining', at: epoch(30), finish: true, promised: ['orders/0'] } as const
    expect(nextRun({ ...firstRun('plan'), state }).state).toEqual({ ...state, at: 0, promised: [] })
  })

  it('is in the state that a checkpoint makes of the one before', () => {
    for (const [key, after] of Object.values(AFTER_CHECKPOINT)) {
      expect(withCheckpoint(key, cut(20)).state.kind).toBe(after)
    }
  })

  it('is drained only by a checkpoint at the drain epoch, and not when it is to finish', () => {
    expect(withCheckpoint(draining(21, false), cut(20)).state.kind).toBe('draining')
    expect(withCheckpoint(draining(20, true), cut(20)).state.kind).toBe('draining')
  })

  it('is finished by a checkpoint at the end of everything', () => {
    expect(withCheckpoint(firstRun('plan'), cut(EPOCH_END)).state).toEqual({ kind: 'finished' })
  })

  it('has its drain epoch raised by a leader past it, and never lowered', () => {
    expect(withPromise(draining(20, false), 'orders/0', epoch(25)).state).toEqual({
      kind: 'draining',
      at: 25,
      finish: false,
      promised: ['orders/0'],
    })
    expect(withPromise(draining(20, false, ['orders/1']), 'orders/0', epoch(5)).state).toEqual({
      kind: 'draining',
      at: 20,
      finish: false,
      promised: ['orders/1', 'orders/0'],
    })
  })

  it('drains to no cut that counts no more, and begins anew with the next run', () => {
    const key = { ...draining(0, false), cutFrom: epoch(80) }
    expect(withPromise(key, 'orders/0', epoch(25)).state).toMatchObject({ at: 80 })
    expect(
      withPromise({ ...draining(0, true), cutFrom: epoch(80) }, 'orders/0', epoch(25)).state,
    ).toMatchObject({ at: 25 })
    expect(nextRun(key).cutFrom).toBe(0)
  })

  it('holds one promise a pair, and none while it does not drain', () => {
    const twice = withPromise(withPromise(draining(20, false), 'orders/0', epoch(1)), 'orders/0', epoch(2))
    expect(twice.state).toMatchObject({ promised: ['orders/0'] })
    expect(withPromise(firstRun('plan'), 'orders/0', epoch(1))).toEqual(firstRun('plan'))
  })

  it('has ended when drained, finished or halted', () => {
    const ended: Record<RunState['kind'], boolean> = {
      running: false,
      draining: false,
      drained: true,
      finished: true,
      halted: true,
    }
    for (const [key] of Object.values(AFTER_CHECKPOINT))
      expect(isEnded(key.state)).toBe(ended[key.state.kind])
  })
})
