import { epoch, incarnation, run } from '@pollux/protocol'
import type { Emitter, EpochContext, Image, Operator, RowSet } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { every } from '../../test-kit/every-message.ts'
import { subscribing } from '../../test-kit/hellos.ts'
import { at, frameAt, sealAt } from '../../test-kit/items.ts'
import { ReplicaBench } from '../../test-kit/replica-bench.ts'
import { servingReplica, servingTwin } from '../../test-kit/serving-replica.ts'
import { viewOf } from '../../test-kit/views.ts'
import { firstRun, nextRun, type RunKey, type RunState, withCheckpoint } from '../checkpoint/run-key.ts'

const RUNNING = firstRun('plan')

describe('an incarnation that begins', () => {
  it('founds its pair where there is no view, and serves', () => {
    const bench = new ReplicaBench('sums/0', 'a1').start()
    expect(bench.view).toEqual(viewOf({ members: ['a1'] }))
    expect([bench.events(), bench.replica.life.serves]).toEqual([['* founded 1', '* restored 0'], true])
  })

  it('lets go of what its consumers have acked', () => {
    const bench = servingReplica().says(1, sealAt(at(0, 0), 1))
    const { buffer } = bench.replica.outputs.channels[0]!
    for (const link of [2, 4])
      bench.says(link, every('ack', { position: at(1, 0), digest: buffer.headDigest }))
    expect(buffer.kept).toEqual(at(1, 0))
  })

  it('founds its pair anew over the view of an older run', () => {
    const bench = new ReplicaBench('sums/0', 'a2').write('run', nextRun(RUNNING))
    bench.write('view/sums/0', viewOf({ members: ['a1', 'b5'], generation: 6 })).start()
    expect(bench.view).toEqual(viewOf({ run: 2, members: ['a2'], generation: 7 }))
  })

  it('waits where there is a view of its run, and knocks at the member of the other lane', () => {
    const bench = new ReplicaBench('sums/0', 'b2').write('view/sums/0', viewOf({ members: ['a1', 'b9'] }))
    bench.start()
    expect(bench.view).toEqual(viewOf({ members: ['a1', 'b9'], waiting: ['b2'] }))
    expect([bench.did(), bench.events()]).toEqual([['1 -> a1: twin #1'], ['* waiting 2']])
  })

  it('leaves the view of a newer run alone, and reads once more which run it is', () => {
    const newer = viewOf({ run: 2, members: ['b9'] })
    const bench = new ReplicaBench('sums/0', 'a1').write('view/sums/0', newer).start()
    expect([bench.view, bench.did()]).toEqual([newer, []])
    expect(
      bench
        .pass(100)
        .asked()
        .filter((line) => line === 'read run'),
    ).toHaveLength(2)
    expect(bench.tell('run', nextRun(RUNNING)).did()).toEqual(['exit rejoin: run 2 has begun'])
  })

  it('writes nothing before it knows which run it is', () => {
    const bench = new ReplicaBench('sums/0', 'a1')
    bench.away.add('coordinator')
    bench.start().pass(2000)
    expect(bench.asked().filter((line) => line.startsWith('swap'))).toEqual([])
  })

  const ENDED: readonly (readonly [RunState, string])[] = [
    [{ kind: 'drained' }, 'drained'],
    [{ kind: 'finished' }, 'finished'],
    [{ kind: 'halted', pair: 'wall/0', epoch: 1, seq: 2, code: 'x' }, 'halted'],
  ]
  for (const [state, detail] of ENDED) {
    it(`leaves for good if the run is ${detail}, without a word in the view`, () => {
      const bench = new ReplicaBench('sums/0', 'a1').write('run', { ...RUNNING, state }).start()
      expect([bench.did(), bench.view]).toEqual([[`exit ended: ${detail}`], null])
    })
  }

  it('leaves for good if the run has another plan', () => {
    const bench = new ReplicaBench('sums/0', 'a1').write('run', firstRun('other')).start()
    expect([bench.did(), bench.view]).toEqual([['exit refused: the run has another plan'], null])
  })
})

describe('a founder of a run that has a checkpoint', () => {
  const IMAGE: Image = [
    { kind: 'boundary', at: epoch(10), before: epoch(9), watermark: 70 },
    {
      kind: 'input',
      channel: 0,
      position: at(10, 4),
      digest: 5,
      watermark: 70,
      idle: false,
      dictionaries: [],
    },
    { kind: 'output', channel: 1, kept: at(10, 2), keptDigest: 6, dictionaries: [] },
  ]

  function cut(parts: Record<string, string>): RunKey {
    return withCheckpoint(nextRun(RUNNING), { run: run(1), epoch: epoch(10), parts })
  }

  it('serves nobody and asks for nothing before it has its part back, then goes on from there', () => {
    const bench = new ReplicaBench('sums/0', 'a1').write('run', cut({ 'sums/0': 'part' }))
    bench.write('view/orders/0', viewOf({ run: 2, members: ['a1'] }))
    bench.write('view/wall/0', viewOf({ run: 2, members: ['a1'] }))
    bench.store.handle({
      kind: 'put',
      blob: 'part',
      attempt: 0,
      piece: 0,
      image: IMAGE,
      last: true,
      reserved: false,
    })
    bench.away.add('store')
    bench.start().connects(2, subscribing(bench.context, 'a1'))
    expect(bench.did()).toEqual(['2: refuse not-a-member run 2 view 1', '2 closes'])
    bench.away.clear()
    bench.pass(500).connects(2, subscribing(bench.context, 'a1', { from: at(10, 2) }))
    expect(bench.did()).toEqual([
      '1 -> a1: subscribe #1 channel 0 from 10:4',
      '2: accept #1 head 10:2 durable 0',
    ])
    expect(bench.events()).toContain('* restored 10')
  })

  it('leaves for good if the checkpoint has nothing for it', () => {
    const bench = new ReplicaBench('sums/0', 'a1').write('run', cut({ 'wall/0': 'part' })).start()
    expect(bench.did()).toEqual(['exit refused: the checkpoint has no part for this pair'])
  })
})

describe('an incarnation that must leave', () => {
  it('starts again when a newer run has begun', () => {
    expect(servingReplica().tell('run', nextRun(RUNNING)).did().at(-1)).toBe('exit rejoin: run 2 has begun')
  })

  it('starts again when the view no longer lists it, as a member or as one that waits', () => {
    const gone = 'exit rejoin: the view no longer lists this incarnation'
    expect(
      servingTwin()
        .tell('view/sums/0', viewOf({ members: ['b2'] }))
        .did(),
    ).toEqual([gone])
    const bench = new ReplicaBench('sums/0', 'b2').write('view/sums/0', viewOf({ members: ['a1'] })).start()
    expect(
      bench
        .tell('view/sums/0', viewOf({ members: ['a1'], waiting: ['b5'] }))
        .did()
        .at(-1),
    ).toBe(gone)
  })

  it('ends with the run, whatever it was doing', () => {
    const bench = servingReplica().tell('run', { ...RUNNING, state: { kind: 'finished' } })
    expect(bench.did()).toEqual(['exit ended: finished'])
  })

  it('starts again when no producer can serve its next position', () => {
    const bench = servingReplica().says(1, every('refuse', { reason: 'position' }))
    expect(bench.did()).toEqual(['3: deliver on from 0:0'])
    expect(
      bench
        .says(3, every('refuse', { reason: 'position' }))
        .did()
        .at(-1),
    ).toBe('exit rejoin: no producer can serve our next position')
  })

  it('is refused by a twin that runs other code, and does not come again', () => {
    const bench = new ReplicaBench('sums/0', 'b2').write('view/sums/0', viewOf({ members: ['a1'] })).start()
    bench.says(1, every('refuse', { reason: 'fingerprint' }))
    expect(bench.did().at(-1)).toBe('exit refused: twins must run the same code')
  })
})

/** Fails at the row 13. */
class Touchy implements Operator {
  readonly state = null

  process(_port: number, rows: RowSet, _context: EpochContext, out: Emitter): void {
    if (rows.value(0, 0) === 13) throw new RangeError('13')
    out.emit(0, rows)
  }

  boundary(): void {}
}

describe('an operator that fails', () => {
  const DIED = { kind: 'failure', epoch: 0, seq: 1, code: 'RangeError: 13' } as const

  function failing(...before: { epoch: number; seq: number; code: string }[]): ReplicaBench {
    const bench = servingReplica({ operator: new Touchy() })
    for (const record of before)
      bench.write('failure/sums/0', { kind: 'failure', ...record, incarnation: incarnation(7) })
    return bench.says(1, frameAt(at(0, 0), 1), frameAt(at(0, 1), 13), sealAt(at(0, 2), 1))
  }

  it('takes its incarnation with it, which first records where and of what it died', () => {
    const bench = failing()
    expect(bench.did().at(-1)).toBe('exit failed: RangeError: 13')
    expect([bench.read('failure/sums/0'), bench.run.state.kind]).toEqual([
      { ...DIED, incarnation: 1 },
      'running',
    ])
  })

  it('in the same way and place as in another incarnation halts the run instead, by name', () => {
    const bench = failing(DIED)
    expect(bench.did().at(-1)).toBe('exit ended: halted')
    expect(bench.run.state).toEqual({ ...DIED, kind: 'halted', pair: 'sums/0' })
  })

  it('somewhere else than in another incarnation is a first failure again', () => {
    const bench = failing({ ...DIED, seq: 0 })
    expect(bench.did().at(-1)).toBe('exit failed: RangeError: 13')
    expect([bench.read('failure/sums/0'), bench.run.state.kind]).toEqual([
      { ...DIED, incarnation: 1 },
      'running',
    ])
  })

  it('sends and acks nothing of the epoch it failed in', () => {
    expect(
      failing()
        .did()
        .filter((line) => !line.startsWith('exit')),
    ).toEqual([])
  })
})

describe('a divergence', () => {
  it('ends all work at once, though the coordinator is away and it cannot be recorded yet', () => {
    const bench = servingReplica()
    bench.away.add('coordinator')
    bench.says(1, frameAt(at(0, 0), 1), frameAt(at(0, 0), 2)).quiet()
    bench.says(1, sealAt(at(0, 1), 1)).pass(25, 1, 2, 3, 4)
    expect([bench.did(), bench.replica.body.at]).toEqual([[], 0])
    bench.away.clear()
    expect(bench.pass(600, 1, 2, 3, 4).did()).toEqual(['exit ended: halted'])
    expect(bench.run.state).toMatchObject({
      kind: 'halted',
      pair: 'sums/0',
      code: 'pair.diverged: channel 0',
    })
  })
})

describe('a neighbour pair of which nobody is left', () => {
  it('is missed by nobody who does not serve yet', () => {
    const bench = new ReplicaBench('sums/0', 'b2', { limits: { lostMs: 400 } }).neighbour('wall/0', 'a1')
    bench
      .write('view/sums/0', viewOf({ members: ['a1'] }))
      .start()
      .quiet()
      .pass(2000, 1)
    expect(bench.asked().filter((line) => line.startsWith('swap'))).toEqual([])
  })

  it('sends the pipeline back to its checkpoint once all its neighbours have missed it', () => {
    const bench = servingReplica({ limits: { lostMs: 2000 } })
    expect(bench.pass(1950, 1, 3).run.run).toBe(1)
    bench.pass(150, 1, 3)
    expect([bench.run.run, bench.did().at(-1)]).toEqual([2, 'exit rejoin: run 2 has begun'])
    expect(bench.events().at(-1)).toBe('* next-run 2 wall/0: silent to all its neighbours')
  })
})
