import { epoch, EPOCH_END, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { MemoryCoordinator } from '../ports/memory-coordinator.ts'
import { type Checkpoint, firstRun, type RunKey } from './run-key.ts'
import { RunKeeper } from './run-keeper.ts'

class Bench {
  readonly context
  readonly coordinator: MemoryCoordinator
  readonly keeper: RunKeeper

  constructor(place: string, coordinator = new MemoryCoordinator()) {
    this.context = contextAt(place, { ingresses: 2 })
    this.coordinator = coordinator
    this.keeper = new RunKeeper(this.context)
  }

  write(value: RunKey): Bench {
    const { version } = this.coordinator.handle({ kind: 'read', key: 'run' }) as { version: number }
    this.coordinator.handle({ kind: 'swap', key: 'run', version, value })
    return this.read()
  }

  read(): Bench {
    this.keeper.key.hint()
    this.keeper.key.poll()
    return this.answer()
  }

  answer(): Bench {
    for (const { id, request } of taken(this.context, 'coordinator')) {
      this.keeper.key.onReply(id, this.coordinator.handle(request))
    }
    return this
  }

  /** Works its wishes in until they are there. */
  settle(): RunKey | null {
    for (let count = 0; count < 5; count++) {
      this.keeper.intend()
      this.answer()
    }
    return this.keeper.value
  }
}

const RUNNING = firstRun('plan')
const HALT = { pair: 'sums/0', epoch: 4, seq: 7, code: 'x' }

function draining(at: number, promised: readonly string[] = [], finish = false): RunKey {
  return { ...RUNNING, state: { kind: 'draining', at: epoch(at), finish, promised } }
}

function cut(at: number): Checkpoint {
  return { run: run(1), epoch: epoch(at), parts: {} }
}

describe('a run keeper', () => {
  it('halts, whatever else it wishes', () => {
    const { keeper, ...bench } = new Bench('sums/0').write(RUNNING)
    keeper.halt = HALT
    keeper.lost = 'everybody'
    keeper.intend()
    const [swap] = taken(bench.context, 'coordinator')
    expect(swap?.request).toMatchObject({ value: { run: 1, state: { kind: 'halted', ...HALT } } })
  })

  it('goes to the next run, once, however long the wish stays', () => {
    const bench = new Bench('sums/0').write(RUNNING)
    bench.keeper.lost = 'nobody is left'
    expect(bench.settle()).toEqual({ ...RUNNING, run: 2 })
  })

  it('completes a greater checkpoint and drops the wish for one that is there already', () => {
    const bench = new Bench('orders/0').write({ ...RUNNING, checkpoint: cut(20) })
    bench.keeper.complete = cut(20)
    expect(bench.settle()?.checkpoint).toEqual(cut(20))
    expect(bench.keeper.complete).toBe(null)
    bench.keeper.complete = cut(30)
    expect(bench.settle()?.checkpoint).toEqual(cut(30))
  })

  it('completes no checkpoint after another run has begun, and none twice over (one key holds both)', () => {
    const bench = new Bench('orders/0').write(RUNNING)
    bench.coordinator.handle({ kind: 'swap', key: 'run', version: 1, value: { ...RUNNING, run: run(2) } })
    bench.keeper.complete = cut(30)
    expect(bench.settle()).toEqual({ ...RUNNING, run: 2 })
  })

  it('works its wish into what somebody else has written meanwhile', () => {
    const bench = new Bench('orders/0').write(RUNNING)
    bench.coordinator.handle({
      kind: 'swap',
      key: 'run',
      version: 1,
      value: { ...RUNNING, checkpoint: cut(10) },
    })
    bench.keeper.complete = cut(20)
    expect(bench.settle()?.checkpoint).toEqual(cut(20))
  })

  it('writes nothing once the pipeline has ended', () => {
    const ended = { ...RUNNING, state: { kind: 'finished' as const } }
    const bench = new Bench('orders/0').write(ended)
    bench.keeper.lost = 'x'
    bench.keeper.complete = cut(20)
    expect(bench.settle()).toEqual(ended)
  })
})

describe('a drain', () => {
  it('is promised by each ingress leader once, with the first epoch it named', () => {
    const bench = new Bench('orders/0').write(draining(20))
    bench.keeper.promiseAt(epoch(22))
    bench.keeper.promiseAt(epoch(25))
    expect(bench.keeper.drainAt()).toBe(22)
    expect(bench.settle()).toEqual(draining(22, ['orders/0']))
  })

  it('binds a leader to its own promise until the key holds it, and to the key from then on', () => {
    const bench = new Bench('orders/0').write(draining(20))
    expect(bench.keeper.drainAt()).toBe(null)
    bench.keeper.promiseAt(epoch(15))
    expect(bench.keeper.drainAt()).toBe(15)
    bench.settle()
    expect(bench.keeper.drainAt()).toBe(20)
    bench.write(draining(24, ['orders/0', 'orders/1']))
    expect(bench.keeper.drainAt()).toBe(24)
  })

  it('has its epoch when every ingress pair has promised, not before', () => {
    const bench = new Bench('sums/0').write(draining(20, ['orders/1']))
    expect([bench.keeper.drainsAt, bench.keeper.drainAt()]).toEqual([null, null])
    bench.write(draining(20, ['orders/1', 'orders/0']))
    expect(bench.keeper.drainsAt).toBe(20)
  })

  it('that finishes the stream does so when every ingress pair has promised, not before', () => {
    const bench = new Bench('orders/0').write(draining(20, ['orders/1'], true))
    expect([bench.keeper.finishes, bench.keeper.drainsAt]).toEqual([false, null])
    bench.write(draining(20, ['orders/1', 'orders/0'], true))
    expect([bench.keeper.finishes, bench.keeper.drainsAt]).toEqual([true, null])
  })

  it('ends at the checkpoint it began from, if nothing was decided since', () => {
    const key = { ...draining(20, ['orders/0', 'orders/1']), checkpoint: cut(20) }
    const bench = new Bench('orders/0').write(key)
    bench.keeper.complete = cut(20)
    expect(bench.settle()?.state).toEqual({ kind: 'drained' })
  })

  it('tells everybody how far somebody has promised to come', () => {
    const bench = new Bench('orders/0').write({ ...RUNNING, reached: epoch(12) })
    expect(bench.keeper.reached).toBe(12)
    bench.write(draining(600, ['orders/1']))
    bench.keeper.promiseAt(epoch(22))
    expect(bench.keeper.reached).toBe(22)
    bench.settle()
    expect(bench.keeper.reached).toBe(600)
  })

  it('forgets a promise that belongs to no drain, or to no leader', () => {
    const bench = new Bench('orders/0').write(RUNNING)
    bench.keeper.promiseAt(epoch(22))
    expect(bench.settle()).toEqual(RUNNING)
    bench.write(draining(20))
    bench.keeper.promiseAt(EPOCH_END)
    bench.keeper.promiseAt(null)
    expect(bench.settle()).toEqual(draining(20))
  })

  it('is raised by a leader that is further than its deposed predecessor promised', () => {
    const bench = new Bench('orders/0').write(draining(28, ['orders/0', 'orders/1']))
    bench.keeper.promiseAt(epoch(30))
    expect(bench.keeper.drainAt()).toBe(28)
    expect(bench.settle()).toEqual(draining(30, ['orders/1', 'orders/0']))
  })

  it('is left where it is by a leader that is not there yet', () => {
    const bench = new Bench('orders/0').write(draining(28, ['orders/0', 'orders/1']))
    bench.keeper.promiseAt(epoch(28))
    expect(bench.settle()).toEqual(draining(28, ['orders/0', 'orders/1']))
  })

  it('calls all to a cut, and makes no checkpoint before it any more (P11)', () => {
    const bench = new Bench('orders/0').write(RUNNING)
    bench.keeper.cutFrom = epoch(80)
    expect(bench.settle()).toEqual({ ...RUNNING, cutFrom: 80 })
    expect(bench.keeper.cutFrom).toBe(null)
    bench.keeper.complete = cut(79)
    expect([bench.settle()?.checkpoint, bench.keeper.complete]).toEqual([null, null])
    bench.keeper.complete = cut(80)
    expect(bench.settle()?.checkpoint?.epoch).toBe(80)
  })

  it('makes no checkpoint before a cut that another has called all to meanwhile (P11)', () => {
    const bench = new Bench('orders/0').write(RUNNING)
    const other = new Bench('orders/1', bench.coordinator).read()
    bench.keeper.complete = cut(40)
    other.keeper.cutFrom = epoch(80)
    other.settle()
    expect(bench.settle()).toEqual({ ...RUNNING, cutFrom: 80 })
  })

  it('calls nobody while the pipeline drains: a drain has a cut of its own', () => {
    const bench = new Bench('orders/0').write(draining(30))
    bench.keeper.cutFrom = epoch(80)
    expect([bench.settle(), bench.keeper.cutFrom]).toEqual([draining(30), null])
  })
})

describe('ingresses that are far apart', () => {
  it('have the furthest of them in the run key, and it never goes back', () => {
    const bench = new Bench('orders/0').write(RUNNING)
    bench.keeper.furthest = epoch(600)
    expect(bench.settle()?.reached).toBe(600)
    bench.keeper.furthest = epoch(500)
    expect([bench.settle()?.reached, bench.keeper.furthest]).toEqual([600, null])
  })
})
