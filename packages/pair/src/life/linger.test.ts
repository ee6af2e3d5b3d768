import { epoch, EPOCH_END, type Operator } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { every } from '../../test-kit/every-message.ts'
import { at, frameAt, sealAt } from '../../test-kit/items.ts'
import { PASS } from '../../test-kit/context-at.ts'
import { ReplicaBench } from '../../test-kit/replica-bench.ts'
import { firstRun, nextRun, type RunState } from '../checkpoint/run-key.ts'

const LIMITS = { lingerMs: 1000 }
const FINISHED = { ...firstRun('plan'), state: { kind: 'finished' } } as const

/** A display that has shown one row, final, and has another one of the epochs up to `to`. */
function displayAt(to: number, operator: Operator = PASS): ReplicaBench {
  const bench = new ReplicaBench('wall/0', 'a1', { sink: 'resumable', limits: LIMITS, operator })
  bench.neighbour('sums/0', 'a1').start().says(1, every('accept'))
  bench.step({ kind: 'client', client: 5, after: null })
  bench.says(1, frameAt(at(0, 0), 1), sealAt(at(0, 1), 1), every('durable', { epoch: epoch(1) }))
  return bench.says(1, frameAt(at(1, 1), 2), sealAt(at(1, 2), to)).quiet()
}

describe('a display whose run is finished', () => {
  it('tells its clients that all is final and that this is the end, though nobody upstream says so', () => {
    const bench = displayAt(EPOCH_END).tell('run', FINISHED)
    expect(bench.answers()).toEqual(['display 5 final', 'display 5 end'])
  })

  it('stays for lingerMs, and then leaves for good', () => {
    const bench = displayAt(EPOCH_END).tell('run', FINISHED).pass(975)
    expect(bench.did().filter((line) => line.startsWith('exit'))).toEqual([])
    expect(bench.pass(25).did().at(-1)).toBe('exit ended: finished')
  })

  it('serves whoever comes meanwhile, new or back', () => {
    const bench = displayAt(EPOCH_END).tell('run', FINISHED).pass(900)
    bench.quiet().step({ kind: 'client', client: 6, after: null })
    expect(bench.answers()).toEqual(['display 6 reset', 'display 6 end'])
    const id = { run: firstRun('plan').run, seq: 0, final: 0 }
    bench.step({ kind: 'client', client: 7, after: id })
    expect(bench.answers()).toEqual(['display 7 row', 'display 7 final', 'display 7 end'])
  })

  it('shows the end to whoever comes back, though its operator cannot show itself to whoever is new', () => {
    let shown = 0
    const bench = displayAt(EPOCH_END, { ...PASS, current: () => (shown++ === 0 ? [] : throwing()) })
    bench.tell('run', FINISHED).quiet()
    const id = { run: firstRun('plan').run, seq: 0, final: 0 }
    bench.step({ kind: 'client', client: 6, after: null }, { kind: 'client', client: 7, after: id })
    expect(bench.answers()).toEqual(['display 7 row', 'display 7 final', 'display 7 end'])
    bench.step({ kind: 'client', client: 8, after: null })
    expect([bench.pass(975).did(), bench.answers(), shown]).toEqual([[], [], 2])
    expect(bench.asked().filter((line) => !line.startsWith('read'))).toEqual([])
    expect(bench.pass(25).did().at(-1)).toBe('exit ended: finished')
  })

  it('writes nothing meanwhile', () => {
    const bench = displayAt(EPOCH_END).pass(100).quiet().tell('run', FINISHED).pass(900)
    expect(bench.asked().filter((line) => !line.startsWith('read'))).toEqual([])
    expect(bench.replica.life.works).toBe(false)
  })

  it('leaves at once if it lacks rows: its clients are better off with its twin', () => {
    const bench = displayAt(2).tell('run', FINISHED)
    expect([bench.did(), bench.answers()]).toEqual([['exit ended: finished'], []])
  })

  it('leaves at once where it learns that a run has finished that it was not part of', () => {
    const bench = displayAt(EPOCH_END).tell('run', { ...nextRun(FINISHED), state: FINISHED.state })
    expect([bench.did(), bench.answers()]).toEqual([['exit ended: finished'], []])
  })

  it('goes back to work if the pipeline is started again meanwhile', () => {
    const bench = displayAt(EPOCH_END).tell('run', FINISHED).pass(100).quiet().tell('run', nextRun(FINISHED))
    expect(bench.did()).toEqual(['exit rejoin: run 2 has begun'])
  })
})

describe('a replica whose run has ended leaves at once', () => {
  const HALTED: RunState = { kind: 'halted', pair: 'wall/0', epoch: 1, seq: 2, code: 'x' }
  it.each([{ kind: 'drained' } as const, HALTED])('at a display, if it was not finished: $kind', (state) => {
    const bench = displayAt(EPOCH_END).tell('run', { ...FINISHED, state })
    expect([bench.did(), bench.answers()]).toEqual([[`exit ended: ${state.kind}`], []])
  })

  it('anywhere else', () => {
    const bench = new ReplicaBench('wall/0', 'a1', { limits: LIMITS }).start().quiet().tell('run', FINISHED)
    expect(bench.did()).toEqual(['exit ended: finished'])
  })
})

function throwing(): never {
  throw new Error('nothing to show')
}
