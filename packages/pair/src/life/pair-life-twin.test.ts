import { epoch } from '@pollux/protocol'
import type { Image, Message } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { every, MESSAGE_KINDS } from '../../test-kit/every-message.ts'
import { subscribing, twinHello } from '../../test-kit/hellos.ts'
import { at, frameAt, sealAt } from '../../test-kit/items.ts'
import { ReplicaBench } from '../../test-kit/replica-bench.ts'
import { servingReplica, servingTwin } from '../../test-kit/serving-replica.ts'
import { viewOf } from '../../test-kit/views.ts'

const SEALED = sealAt(at(0, 0), 1)
const LIMITS = { silenceMs: 250, removeMs: 1000, lostMs: 4000 }

/** The founder a1, and b2 that waits and has connected on link 6. */
function knocked(): ReplicaBench {
  const bench = servingReplica().write('view/sums/0', viewOf({ members: ['a1'], waiting: ['b2'] }))
  return bench.connects(6, twinHello(bench.context, 'b2'))
}

describe('a survivor', () => {
  it('lets in who waits in the other lane and has connected, and begins at its boundary', () => {
    const bench = knocked()
    expect(bench.view).toEqual(viewOf({ members: ['a1'], joining: 'b2' }))
    expect(bench.events()).toEqual(['* joining 2 0'])
    expect(bench.did()).toContain('6: catch-up at 0')
  })

  it('removes with the same write the predecessor that its successor proves dead', () => {
    const bench = servingTwin().write('view/sums/0', viewOf({ members: ['a1', 'b2'], waiting: ['b7'] }))
    bench.connects(8, twinHello(bench.context, 'b7'))
    expect(bench.view).toEqual(viewOf({ members: ['a1'], joining: 'b7' }))
    expect(bench.did()).toContain('6 closes')
  })

  it('lets nobody in who waits but has not connected', () => {
    const bench = servingReplica().tell('view/sums/0', viewOf({ members: ['a1'], waiting: ['b2'] }))
    bench.pass(100, 1, 2, 3, 4)
    expect(bench.view).toEqual(viewOf({ members: ['a1'], waiting: ['b2'] }))
  })

  it('begins at the next boundary if it is in the middle of an epoch', () => {
    const bench = servingReplica().says(1, frameAt(at(0, 0), 1))
    bench.write('view/sums/0', viewOf({ members: ['a1'], waiting: ['b2'] }))
    bench.connects(6, twinHello(bench.context, 'b2')).quiet()
    bench.says(1, sealAt(at(0, 1), 1)).says(1, every('heartbeat'))
    expect(bench.did()).toContain('6: catch-up at 1')
  })

  it('holds its acks until everything is retained for the joiner, then streams its image', () => {
    const bench = knocked().quiet().says(1, SEALED)
    expect(bench.did().filter((line) => line.includes('ack'))).toEqual([])
    bench.says(6, every('retained'))
    expect(bench.did()).toEqual(['6: state-slice 0 (3 parts, last)', '1: ack 1:0', '3: ack 1:0'])
  })

  it('says where it is as soon as the image is loaded', () => {
    const bench = knocked().says(6, every('retained')).quiet().says(1, SEALED).says(6, every('loaded'))
    const { at: reached } = bench.replica.body
    expect(reached).toBe(1)
    expect(bench.beats()).toEqual(['6: progress at 1 kept (0:0) final 0 durable 0'])
  })

  it('lets its acks go and drops a joiner that is gone', () => {
    const bench = knocked().says(1, SEALED).quiet().closes(6)
    expect(bench.says(1, every('heartbeat')).did()).toEqual(['1: ack 1:0', '3: ack 1:0'])
    bench.pass(300, 1, 2, 3, 4)
    expect([bench.view, bench.events()]).toEqual([viewOf({ members: ['a1'] }), ['* dropped-joiner 2']])
  })

  it('tells its twin and its consumers of every view it has read', () => {
    const bench = servingTwin().tell('view/sums/0', viewOf({ members: ['a1', 'b2'], lostTo: ['wall/0/a'] }))
    const news = (link: number) => `${link}: view-news sums/0 version 3`
    expect(bench.did()).toEqual([news(2), news(4), news(6)])
  })
})

describe('a joiner', () => {
  const IMAGE: Image = [
    { kind: 'boundary', at: epoch(3), before: epoch(2), watermark: 0 },
    { kind: 'input', channel: 0, position: at(3, 3), digest: 5, watermark: 0, idle: false, dictionaries: [] },
    { kind: 'output', channel: 1, kept: at(3, 3), keptDigest: 6, dictionaries: [] },
  ]
  const CALL = every('catch-up', {
    at: epoch(3),
    inputs: [{ channel: 0, position: at(3, 3), digest: 5 }],
  })
  const SLICE = every('state-slice', { parts: IMAGE, last: true })

  /** b2 waits at a1, whom it has reached on link 1; there is one producer. */
  function waiting(): ReplicaBench {
    const bench = new ReplicaBench('sums/0', 'b2', { limits: LIMITS })
    bench
      .write('view/sums/0', viewOf({ members: ['a1'] }))
      .start()
      .neighbour('orders/0', 'a1')
    return bench.says(1, every('heartbeat')).quiet()
  }

  function letIn(): ReplicaBench {
    return waiting()
      .tell('view/sums/0', viewOf({ members: ['a1'], joining: 'b2' }))
      .quiet()
  }

  it('subscribes from the boundary of the survivor, and says so when everything is retained', () => {
    const bench = letIn().says(1, CALL)
    expect(bench.did()).toEqual(['3 -> a1: subscribe #1 channel 0 from 3:3'])
    expect(bench.says(3, every('accept')).did()).toContain('1: retained')
  })

  it('subscribes, too, at whom its fresh reading of the views upstream adds', () => {
    const bench = letIn()
      .write('view/orders/0', viewOf({ members: ['a1', 'b9'] }))
      .says(1, CALL)
    expect(bench.did()).toEqual([
      '3 -> a1: subscribe #1 channel 0 from 3:3',
      '5 -> b9: subscribe #9 channel 0 from 3:3',
    ])
    expect(bench.says(3, every('accept')).pass(25, 1).did()).not.toContain('1: retained')
    expect(bench.says(5, every('accept')).did()).toContain('1: retained')
  })

  it('does not miss a survivor that begins before its own view has been read', () => {
    const bench = waiting().says(1, CALL)
    expect(bench.did()).toEqual([])
    bench.tell('view/sums/0', viewOf({ members: ['a1'], joining: 'b2' }))
    expect(bench.did()).toContain('3 -> a1: subscribe #1 channel 0 from 3:3')
  })

  it('acks what it receives, whole epochs, but neither processes nor serves yet', () => {
    const bench = letIn().says(1, CALL).says(3, every('accept')).quiet()
    bench.says(3, frameAt(at(3, 3), 1), sealAt(at(3, 4), 4), frameAt(at(4, 4), 2)).pass(25, 1, 3)
    expect(bench.did()).toEqual(['3: ack 4:4'])
    expect([bench.replica.body.at, bench.replica.life.works]).toEqual([3, false])
    bench.connects(2, subscribing(bench.context, 'a1'))
    expect(bench.did()).toEqual(['2: refuse not-a-member run 1 view 3', '2 closes'])
  })

  it('writes itself a member when it is level with the survivor, and not when it has only its image', () => {
    const bench = letIn().says(1, CALL).says(3, every('accept')).says(1, SLICE)
    expect(bench.events()).toContain('* loaded')
    expect(bench.pass(100, 1, 3).view?.members).toHaveLength(1)
    bench.says(1, every('progress', { at: epoch(5) })).pass(50, 1, 3)
    expect(bench.view?.members).toHaveLength(1)
    bench.says(3, sealAt(at(3, 3), 5)).pass(50, 1, 3)
    expect(bench.view).toEqual(viewOf({ members: ['a1', 'b2'] }))
    expect([bench.events().at(-1), bench.replica.life.serves]).toEqual(['* joined', true])
  })

  it('with the image succeeds a survivor that is proven dead, at once', () => {
    const bench = letIn().says(1, CALL).says(3, every('accept')).says(1, SLICE)
    bench.tell('view/sums/0', viewOf({ members: ['a1'], joining: 'b2', waiting: ['a9'] }))
    expect(bench.view).toEqual(viewOf({ members: ['b2'], waiting: ['a9'] }))
    expect(bench.events().at(-1)).toBe('* succeeded')
  })

  it('without the image sends everything back to the checkpoint: nobody has the state any more', () => {
    const bench = letIn().says(1, CALL).says(3, every('accept'))
    bench.tell('view/sums/0', viewOf({ members: ['a1'], joining: 'b2', waiting: ['a9'] }))
    expect([bench.run.run, bench.did().at(-1)]).toEqual([2, 'exit rejoin: run 2 has begun'])
  })

  it('starts again when the link to the survivor closes before it has the image', () => {
    const bench = letIn().says(1, CALL).closes(1)
    expect(bench.did().at(-1)).toBe('exit rejoin: the link to the survivor closed during catch-up')
  })
})

describe('one that waits', () => {
  it('sends everything back to the checkpoint when all members have successors and no joiner is left', () => {
    const bench = new ReplicaBench('sums/0', 'b2').write('view/sums/0', viewOf({ members: ['a1'] })).start()
    bench.tell('view/sums/0', viewOf({ members: ['a1'], waiting: ['a5', 'b2'] }))
    expect([bench.run.run, bench.did().at(-1)]).toEqual([2, 'exit rejoin: run 2 has begun'])
    expect(bench.events().at(-1)).toBe('* next-run 2 sums/0: no member is left')
  })

  it('leaves it to a joiner that may still be alive', () => {
    const bench = new ReplicaBench('sums/0', 'a2').write('view/sums/0', viewOf({ members: ['b1'] })).start()
    bench.tell('view/sums/0', viewOf({ members: ['a1'], joining: 'b5', waiting: ['a2'] })).pass(100)
    expect([bench.run.run, bench.replica.over]).toEqual([1, false])
  })
})

describe('a twin', () => {
  const PAIR = viewOf({ members: ['a1', 'b2'] })
  const ALONE = viewOf({ members: ['a1'] })
  const LOST: Message = { kind: 'report', incarnation: PAIR.members[1]!.incarnation, reason: 'closed' }

  it('is removed when its link is closed and a neighbour has lost it too, not for either alone', () => {
    const closed = servingTwin({ limits: LIMITS }).closes(6).pass(1500, 1, 2, 3, 4)
    expect(closed.view).toEqual(PAIR)
    expect(closed.says(2, LOST).view).toEqual(ALONE)
    expect(closed.events()).toContain('* removed-twin 2 closed')
    const reported = servingTwin({ limits: LIMITS }).says(2, LOST).pass(1500, 1, 2, 3, 4, 6)
    expect(reported.view).toEqual(PAIR)
  })

  it('is removed when it has long been silent and a neighbour finds so, too', () => {
    const bench = servingTwin({ limits: LIMITS }).pass(950, 1, 2, 3, 4).says(3, LOST)
    expect(bench.view).toEqual(PAIR)
    expect(bench.pass(75, 1, 2, 3, 4).view).toEqual(ALONE)
    expect(bench.events()).toContain('* removed-twin 2 silent')
  })

  it('is not removed for a report that it has refuted since by speaking', () => {
    const bench = servingTwin({ limits: LIMITS }).says(2, LOST).says(6, every('heartbeat')).closes(6)
    expect(bench.pass(100, 1, 2, 3, 4).view).toEqual(PAIR)
  })

  it('is removed at once when a neighbour waits for it alone', () => {
    const bench = servingTwin().says(2, { ...LOST, reason: 'laggard' })
    expect([bench.view, bench.events()]).toEqual([ALONE, ['* removed-twin 2 laggard']])
  })

  it('is not removed by what is said of another incarnation', () => {
    const bench = servingTwin()
      .says(2, every('report', { reason: 'laggard' }))
      .pass(50, 1, 2, 3, 4, 6)
    expect(bench.view).toEqual(PAIR)
  })

  it('of a compute pair is heard out only on what concerns it', () => {
    // What only twins at the ends have to say to each other is no matter here.
    const kinds = MESSAGE_KINDS.filter((kind) => kind !== 'record' && kind !== 'hand-over')
    const ignored = kinds.filter((kind) => {
      const bench = servingTwin().says(6, every(kind))
      return bench.events().includes(`* ignored ${kind} not for a twin`)
    })
    const channels: Message['kind'][] = ['frame', 'seal', 'producing', 'accept', 'ack', 'deliver', 'durable']
    expect(ignored.toSorted()).toEqual([...channels, 'behind', 'report', 'propose', 'accepted'].toSorted())
  })

  it('writes the parts of checkpoints in lane b; whoever is alone writes them itself', () => {
    const put = (bench: ReplicaBench) => {
      bench.says(1, sealAt(at(0, 0), 8), sealAt(at(8, 0), 12)).pass(25, 1, 2, 3, 4, 6)
      return bench.events().filter((event) => event.startsWith('* part'))
    }
    expect([put(servingTwin()), put(servingReplica())]).toEqual([[], ['* part 8 12']])
  })
})

describe('who is not the twin', () => {
  it('is not heard as it: of another pair that lists the same number nothing counts (P7)', () => {
    const bench = new ReplicaBench('orders/0', 'a1', { source: 'replayable' })
    bench.neighbour('sums/0', 'a1', 'b2').start()
    bench.tell('view/orders/0', viewOf({ members: ['a1', 'b2'], leader: 1 })).quiet()
    bench.connects(6, twinHello(bench.context, 'b2'))
    bench.connects(8, twinHello(bench.context, 'b2', { pair: 'sums/0' }))
    expect(bench.did()).toContain('8: refuse not-a-member run 1 view 2')
    const { life } = bench.replica
    bench.says(8, every('accepted', { index: 99 }), every('retained'), every('loaded')).pass(50, 6)
    expect([life.twin.link, life.survivor.joiner, bench.did()]).toEqual([6, null, []])
  })

  it('is whoever refuses at its address, and what it sends is no image for us', () => {
    const bench = new ReplicaBench('sums/0', 'b2').neighbour('wall/0', 'a1').neighbour('orders/0', 'a1')
    bench.tell('view/sums/0', viewOf({ members: ['a1'] })).start()
    const { life } = bench.replica
    const link = life.twin.link!
    const silentMs = life.twin.silentMs
    bench
      .quiet()
      .pass(100)
      .says(link, every('refuse', { reason: 'not-a-member' }))
    expect([life.twin.open, life.twin.silentMs]).toEqual([false, silentMs + 100])
    bench.closes(link).says(link, every('catch-up'), every('state-slice'))
    expect([life.joiner, bench.events(), bench.did()]).toEqual([null, [], []])
  })
})
