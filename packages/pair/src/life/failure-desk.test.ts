import { incarnation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { type Failure, FailureDesk } from './failure-desk.ts'
import { MemoryCoordinator } from '../ports/memory-coordinator.ts'
import { RunKeeper } from '../checkpoint/run-keeper.ts'

const FAILURE: Failure = { epoch: 4, seq: 7, code: 'RangeError: 7' }

/** What becomes of an incarnation that meets a failure. */
function lives(coordinator: MemoryCoordinator, who: number, failure: Failure) {
  const context = contextAt('sums/0')
  context.incarnation = incarnation(who)
  const run = new RunKeeper(context)
  const desk = new FailureDesk(context, run)
  for (let turn = 0; turn < 5; turn++) {
    desk.poll(failure)
    for (const { id, request } of taken(context, 'coordinator')) desk.onReply(id, coordinator.handle(request))
  }
  return { exit: desk.exit, halt: run.halt }
}

describe('a failure desk', () => {
  it('lets the first incarnation die alone, once its failure is on record', () => {
    const coordinator = new MemoryCoordinator()
    expect(lives(coordinator, 1, FAILURE)).toEqual({
      exit: { reason: 'failed', detail: 'RangeError: 7' },
      halt: null,
    })
    expect(coordinator.handle({ kind: 'read', key: 'failure/sums/0' })).toMatchObject({
      version: 1,
      value: { ...FAILURE, kind: 'failure', incarnation: 1 },
    })
  })

  it('halts the pipeline at the same failure in another incarnation', () => {
    const coordinator = new MemoryCoordinator()
    lives(coordinator, 1, FAILURE)
    expect(lives(coordinator, 2, FAILURE)).toEqual({ exit: null, halt: { pair: 'sums/0', ...FAILURE } })
  })

  it.each([
    ['epoch', { ...FAILURE, epoch: 5 }],
    ['place', { ...FAILURE, seq: 8 }],
    ['cause', { ...FAILURE, code: 'TypeError: 7' }],
  ])('lets an incarnation die alone of another %s', (_what, failure) => {
    const coordinator = new MemoryCoordinator()
    lives(coordinator, 1, FAILURE)
    expect(lives(coordinator, 2, failure)).toMatchObject({ exit: { reason: 'failed' }, halt: null })
  })

  it('keeps of a cause what the run key may hold, in a form that comes back as it was', () => {
    const coordinator = new MemoryCoordinator()
    const failure = { ...FAILURE, code: `\ud800${'x'.repeat(298)}🍵${'y'.repeat(100_000)}` }
    lives(coordinator, 1, failure)
    const code = `\ufffd${'x'.repeat(298)}\ufffd`
    expect(lives(coordinator, 2, failure).halt).toEqual({ pair: 'sums/0', ...FAILURE, code })
  })

  it('asks nothing while nothing has failed', () => {
    const context = contextAt('sums/0')
    const desk = new FailureDesk(context, new RunKeeper(context))
    desk.poll(null)
    expect([taken(context, 'coordinator'), desk.failed]).toEqual([[], false])
  })
})
