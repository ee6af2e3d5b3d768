import { epoch, EPOCH_END, incarnation, run } from '@pollux/protocol'
import type { Message, RefusalReason, Speaker } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { every, MESSAGE_KINDS } from '../test-kit/every-message.ts'
import { subscribing, twinHello } from '../test-kit/hellos.ts'
import { at, frameAt, sealAt } from '../test-kit/items.ts'
import { ReplicaBench } from '../test-kit/replica-bench.ts'
import { servingReplica, servingTwin } from '../test-kit/serving-replica.ts'
import { viewOf } from '../test-kit/views.ts'
import { firstRun, nextRun } from './checkpoint/run-key.ts'

const FIRST = frameAt(at(0, 0), 1)
const SEALED = sealAt(at(0, 1), 1)

describe('a hello', () => {
  const WRONG: readonly (readonly [RefusalReason, Partial<Speaker>])[] = [
    ['protocol', { protocol: 99, pipeline: 'other' }],
    ['pipeline', { pipeline: 'other', planHash: 'other' }],
    ['plan', { planHash: 'other', token: 'guessed' }],
    ['token', { token: 'guessed', run: run(7) }],
    ['run', { run: run(7) }],
  ]

  for (const [reason, wrong] of WRONG) {
    it(`is refused for the first thing that is wrong with it: ${reason}`, () => {
      const bench = servingReplica()
      const speaker = { ...subscribing(bench.context, 'b2').speaker, ...wrong }
      const answer = [`8: refuse ${reason} run 1 view 1`, '8 closes']
      expect(bench.connects(8, subscribing(bench.context, 'b2', { speaker })).did()).toEqual(answer)
      expect(bench.connects(8, twinHello(bench.context, 'b2', wrong)).did()).toEqual(answer)
    })
  }

  it('that means another incarnation is refused: an address may have been taken over', () => {
    const bench = servingReplica()
    const to = incarnation(7)
    const answer = ['8: refuse not-a-member run 1 view 1', '8 closes']
    expect(bench.connects(8, subscribing(bench.context, 'b2', { to })).did()).toEqual(answer)
    expect(bench.connects(8, { ...twinHello(bench.context, 'b2'), to }).did()).toEqual(answer)
  })

  it('of a consumer is refused while we wait ourselves, and once we are a member it is not', () => {
    const bench = new ReplicaBench('sums/0', 'b2').neighbour('wall/0', 'a1')
    bench.tell('view/sums/0', viewOf({ members: ['a1'] })).start()
    bench.connects(8, subscribing(bench.context, 'a1'))
    expect(bench.did().slice(1)).toEqual(['8: refuse not-a-member run 1 view 2', '8 closes'])
    const founder = servingReplica()
    expect(founder.connects(8, subscribing(founder.context, 'a1')).did()).toEqual([
      '2 closes',
      '8: accept #1 head 0:0 durable 0',
    ])
  })

  it('of a consumer that its view does not list is refused when that was read afresh', () => {
    const bench = servingReplica()
    expect(bench.connects(8, subscribing(bench.context, 'b9')).asked()).toEqual(['read view/wall/0'])
    expect(bench.did()).toEqual(['8: refuse not-in-view run 1 view 1', '8 closes'])
  })

  it('of a twin that runs other code is refused, that of a consumer is not', () => {
    const bench = servingTwin()
    bench.connects(8, twinHello(bench.context, 'b2', { fingerprint: 'other' }))
    expect(bench.did()).toEqual(['8: refuse fingerprint run 1 view 2', '8 closes'])
    const hello = subscribing(bench.context, 'b2')
    bench.connects(8, { ...hello, speaker: { ...hello.speaker, fingerprint: 'other' } })
    expect(bench.did()).toContain('8: accept #1 head 0:0 durable 0')
  })

  it('of a newer run has the run key read; one of an older run is only refused', () => {
    const bench = servingReplica().write('run', nextRun(firstRun('plan')))
    bench.connects(8, twinHello(bench.context, 'b2', { run: run(0) }))
    expect(bench.pass(50, 1, 3).asked()).toEqual([])
    bench.connects(8, twinHello(bench.context, 'b2', { run: run(2) })).pass(50, 1, 3)
    expect(bench.did().at(-1)).toBe('exit rejoin: run 2 has begun')
  })
})

describe('messages', () => {
  function ignoredOn(link: number): readonly Message['kind'][] {
    return MESSAGE_KINDS.filter((kind) => {
      const bench = servingTwin().says(link, every(kind))
      return bench.events().some((event) => event.startsWith('* ignored'))
    })
  }

  it('from a producer that are not for a consumer are counted as ignored', () => {
    const twins = ['catch-up', 'state-slice', 'loaded', 'propose', 'retained', 'slice-stored', 'accepted']
    const others = ['ack', 'deliver', 'behind', 'progress', 'record', 'hand-over']
    expect(ignoredOn(1).toSorted()).toEqual([...twins, ...others].toSorted())
    expect(servingTwin().says(1, every('ack')).events()).toEqual(['* ignored ack not for a consumer'])
  })

  it('from a consumer that are not for a producer are counted as ignored', () => {
    const twins = ['catch-up', 'state-slice', 'loaded', 'propose', 'retained', 'slice-stored', 'accepted']
    const others = ['frame', 'seal', 'producing', 'accept', 'refuse', 'durable']
    expect(ignoredOn(2).toSorted()).toEqual(
      [...twins, ...others, 'progress', 'record', 'hand-over'].toSorted(),
    )
    expect(servingTwin().says(2, every('seal')).events()).toEqual(['* ignored seal not for a producer'])
  })

  it('on links that nobody knows change nothing and are answered by nothing', () => {
    for (const kind of MESSAGE_KINDS) {
      const bench = servingTwin().says(77, every(kind))
      expect([kind, bench.did(), bench.events(), bench.asked()]).toEqual([kind, [], [], []])
    }
  })

  it('on a link that we have refused are heard no more', () => {
    const bench = servingReplica()
    bench.connects(8, subscribing(bench.context, 'b9')).quiet()
    bench.says(8, every('deliver'), every('ack', { position: at(1, 1), digest: 9 }))
    bench.says(1, FIRST, SEALED)
    expect(bench.did().filter((line) => line.startsWith('8'))).toEqual([])
    expect(bench.replica.outputs.diverged).toBe(null)
  })

  it('of data are acked upstream before what they lead to is sent downstream', () => {
    expect(servingReplica().says(1, FIRST, SEALED).did()).toEqual([
      '1: ack 1:1',
      '3: ack 1:1',
      '2: frame 0:0+1 epoch 0',
      '2: seal 0:1 -> 1 watermark 0',
      '4: frame 0:0+1 epoch 0',
      '4: seal 0:1 -> 1 watermark 0',
    ])
  })

  it('that pass on what is durable take the least of all inputs', () => {
    const bench = servingReplica({ ingresses: 1 })
    expect(bench.says(3, every('producing', { durable: epoch(5) })).did()).toEqual([
      '2: durable 5',
      '4: durable 5',
    ])
    expect(bench.says(1, every('durable', { epoch: epoch(4) })).did()).toEqual([])
  })

  it('that somebody is behind are passed on upstream', () => {
    const bench = servingReplica().says(2, every('behind', { epoch: epoch(7) }))
    expect(bench.did()).toEqual(['1: behind 7', '3: behind 7'])
  })

  it('that an ingress is behind make it close up, but never to the end', () => {
    const bench = new ReplicaBench('orders/0', 'a1').neighbour('sums/0', 'a1').start()
    const hello = subscribing(bench.context, 'a1', { channel: 0 })
    bench.connects(2, { ...hello, speaker: { ...hello.speaker, pair: 'sums/0' } }).quiet()
    expect(bench.says(2, every('behind', { epoch: EPOCH_END })).did()).toEqual([])
    bench.says(2, every('behind', { epoch: epoch(700) }))
    expect(bench.did()).toEqual(['2: durable 700', '2: seal 0:0 -> 700 watermark none'])
  })

  it('that refuse us for our view have that read, for our position lead out when all have said it', () => {
    const bench = servingReplica()
    expect(bench.says(1, every('refuse')).asked()).toEqual(['read view/sums/0'])
    const other = servingReplica().says(3, every('refuse', { reason: 'position' }))
    expect(other.did()).toEqual([])
    other.says(1, every('refuse', { reason: 'position' }))
    expect(other.did()).toEqual(['exit rejoin: no producer can serve our next position'])
  })

  it('with news of a view have it read, unless it is as new already', () => {
    const bench = servingReplica()
    expect(bench.says(2, every('view-news', { pair: 'wall/0', version: 1 })).asked()).toEqual([])
    expect(bench.says(2, every('view-news', { pair: 'wall/0', version: 2 })).asked()).toEqual([
      'read view/wall/0',
    ])
    expect(bench.says(1, every('view-news', { pair: 'orders/0', version: 2 })).asked()).toEqual([
      'read view/orders/0',
    ])
  })

  it('that bring a divergence to light are acted upon at once', () => {
    const bench = servingReplica()
      .says(1, FIRST)
      .quiet()
      .says(1, frameAt(at(0, 0), 2))
    expect(bench.events()).toContain('* diverged 0 0:0')
    expect(bench.did().at(-1)).toBe('exit ended: halted')
  })
})

describe('a link that closes', () => {
  it('is reported to the twin of whoever was there, on its own side', () => {
    expect(servingTwin().closes(4).did()).toEqual(['2: report #2 closed'])
    expect(servingTwin().closes(1).did()).toEqual(['3: deliver on from 0:0', '3: report #1 closed'])
  })

  it('is nothing more if it is the twin that was there, or nobody', () => {
    const bench = servingTwin().closes(6)
    expect([bench.did(), bench.replica.life.twin.closed]).toEqual([[], true])
    expect(bench.closes(77).closes(4).closes(4).did()).toEqual(['2: report #2 closed'])
  })
})

describe('a step', () => {
  it('asks to be woken once, and again after the tick', () => {
    const bench = servingReplica()
    bench.pass(25).wakes()
    const next = bench.now + 25
    expect(bench.says(1, FIRST, SEALED).says(2, every('heartbeat')).wakes()).toEqual([])
    expect(bench.pass(25).wakes()).toEqual([`wake ${next + 25}`])
    bench.now += 10
    expect(bench.step({ kind: 'tick' }).wakes()).toEqual([`wake ${next + 25}`])
  })

  it('ends with the exit, after which there are no more steps', () => {
    const { replica, context, now } = servingReplica().write('run', nextRun(firstRun('plan')))
    const asked = replica.step(now, 0, { kind: 'hint', key: 'run' })
    const id = asked.find((effect) => effect.kind === 'coordinator')?.id ?? 0
    const reply = { kind: 'value', key: 'run', version: 2, value: nextRun(firstRun('plan')) } as const
    const effects = replica.step(now + 100, 0, { kind: 'coordinator', id, reply })
    expect(effects.length).toBeGreaterThan(1)
    expect(effects.map((effect) => effect.kind).indexOf('exit')).toBe(effects.length - 1)
    expect([replica.over, effects.some((effect) => effect.kind === 'wake')]).toEqual([true, false])
    expect(() => replica.step(now + 200, 0, { kind: 'tick' })).toThrow('is over is not stepped')
    expect(context.take()).toEqual([])
  })

  it('takes whatever a neighbour says as a sign that it and its pair are there', () => {
    const limits = { silenceMs: 250, removeMs: 1000, lostMs: 400 }
    const bench = servingReplica({ limits }).pass(1500, 1, 2, 3, 4)
    expect([bench.did(), bench.events()]).toEqual([[], []])
    expect(bench.asked().filter((line) => line.startsWith('swap'))).toEqual([])
    expect(bench.pass(425, 1, 3).asked()).toContain('swap view/wall/0')
    expect(servingReplica({ limits }).pass(425, 2, 4).asked()).toContain('swap view/orders/0')
  })

  it('begins with watches on all keys, and reads them now and then: watches may be lost', () => {
    const bench = new ReplicaBench('sums/0', 'a1').neighbour('orders/0', 'a1', 'b2').start()
    const keys = ['run', 'view/sums/0', 'view/orders/0', 'view/wall/0']
    expect(bench.asked().slice(0, 4)).toEqual(keys.map((key) => `watch ${key}`))
    bench.quiet().write('view/orders/0', viewOf({ members: ['b2'] }))
    expect(bench.pass(1100, 1, 3).did()).toContain('1 closes')
  })

  it('reads what a watch says has changed, and nothing that is none of ours', () => {
    const bench = servingReplica()
    for (const key of ['run', 'view/sums/0', 'view/wall/0', 'view/other/0', 'failure/sums/0']) {
      bench.step({ kind: 'hint', key })
    }
    expect(bench.asked()).toEqual(['read run', 'read view/sums/0', 'read view/wall/0'])
  })

  it('connects upstream only once the replica has its state', () => {
    const bench = new ReplicaBench('sums/0', 'b2').write('view/sums/0', viewOf({ members: ['a1'] }))
    bench.start().neighbour('orders/0', 'a1', 'b2')
    expect(bench.did()).toEqual(['1 -> a1: twin #1'])
  })

  it('redirects a push that has come to a replica without a source', () => {
    const push = { key: 'k', firstTriedAt: 0, frame: FIRST.frame, watermark: 0 }
    expect(servingReplica().step({ kind: 'push', request: 7, push }).answers()).toEqual(['answer 7 redirect'])
  })

  it('shows a display to its clients as long as they are there, but not before it serves', () => {
    const bench = new ReplicaBench('wall/0', 'a1', { sink: 'resumable' }).neighbour('sums/0', 'a1')
    bench.away.add('coordinator')
    bench.start().step({ kind: 'client', client: 5, after: null })
    expect(bench.answers()).toEqual([])
    bench.away.clear()
    expect(bench.pass(600).answers()).toEqual(['display 5 reset'])
    bench.says(1, every('accept'), FIRST, SEALED)
    expect(bench.answers()).toEqual(['display 5 row'])
    expect(bench.says(1, every('durable', { epoch: epoch(1) })).answers()).toEqual(['display 5 final'])
    bench.step({ kind: 'client-gone', client: 5 }).says(1, frameAt(at(1, 1), 2), sealAt(at(1, 2), 2))
    expect(bench.answers()).toEqual([])
  })
})
