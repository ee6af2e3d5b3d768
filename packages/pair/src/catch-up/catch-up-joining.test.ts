import { epoch, START } from '@pollux/protocol'
import type { CatchUpMessage, Image, StateSliceMessage } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { CatchUpBench, survivor } from '../../test-kit/catch-up-bench.ts'
import { at, frameAt, sealAt } from '../../test-kit/items.ts'
import { viewOf } from '../../test-kit/views.ts'
import { WATERMARK_NONE } from '../channel/input-side.ts'

const CALL: CatchUpMessage = {
  kind: 'catch-up',
  at: epoch(2),
  inputs: [{ channel: 0, position: at(2, 2), digest: 5 }],
}

/** We are `a1`, let in by `b2`, with two producers upstream. */
function joiner(): CatchUpBench {
  const bench = new CatchUpBench().neighbour('orders/0', viewOf({ members: ['a7', 'b8'] }))
  bench.viewed(viewOf({ members: ['b2'], joining: 'a1' })).linked('b2')
  bench.catchUp.becomeJoiner()
  return bench
}

/** Both producers have accepted a joiner that knows its boundary. */
function accepted(): CatchUpBench {
  const bench = joiner()
  bench.catchUp.onCatchUp(CALL)
  bench.answer()
  for (const link of [1, 3]) bench.parts.inputs.ports[0]!.links.onAccept(link, at(2, 2))
  bench.log.clear()
  return bench
}

/** It has said so, and the survivor sends its image. */
function loading(): CatchUpBench {
  const bench = accepted()
  bench.catchUp.join()
  bench.log.clear()
  return bench
}

/** The image of a survivor that has processed epochs 0 and 1, and whose consumers have acked nothing. */
function image(): Image {
  return survivor().processes(0, 1).parts.body.image('catch-up').next(1_000_000)
}

function slice(index: number, parts: Image, last: boolean): StateSliceMessage {
  return { kind: 'state-slice', index, parts, last }
}

function loaded(): CatchUpBench {
  const bench = loading()
  bench.catchUp.onSlice(slice(0, image(), true))
  bench.log.clear()
  return bench
}

describe('a joiner among its parts', () => {
  it('subscribes from the boundary at every producer', () => {
    const bench = joiner()
    bench.catchUp.onCatchUp(CALL)
    expect(bench.log.links()).toEqual([
      '1 -> a7: subscribe #7 channel 0 from 2:2',
      '3 -> b8: subscribe #8 channel 0 from 2:2',
    ])
    expect([bench.parts.inputs.at, bench.parts.stance.role]).toEqual([2, 'joiner'])
  })

  it('minds a boundary that it hears before it has read that the view has let it in', () => {
    const bench = new CatchUpBench().neighbour('orders/0', viewOf({ members: ['a7'] })).linked('b2')
    bench.catchUp.onCatchUp(CALL)
    expect([bench.log.links(), bench.catchUp.failed]).toEqual([[], null])
    bench.catchUp.becomeJoiner()
    expect(bench.log.links()).toEqual(['1 -> a7: subscribe #7 channel 0 from 2:2'])
    expect(bench.catchUp.joiner?.phase).toBe('subscribing')
  })

  it('leaves when the survivor begins again: what it has retained begins elsewhere', () => {
    const bench = loading()
    bench.catchUp.onCatchUp({ ...CALL, at: epoch(3) })
    expect([bench.catchUp.failed, bench.parts.inputs.at]).toEqual(['the survivor has begun again', 2])
  })

  it('says that everything is retained, once, when every producer has accepted it', () => {
    const bench = joiner()
    bench.catchUp.onCatchUp(CALL)
    bench.answer()
    const { links } = bench.parts.inputs.ports[0]!
    links.onAccept(1, at(2, 2))
    bench.log.clear()
    bench.catchUp.join()
    expect(bench.log.links()).toEqual([])
    links.onAccept(3, at(2, 2))
    bench.log.clear()
    bench.catchUp.join()
    bench.catchUp.join()
    expect([bench.log.links(), bench.log.events()]).toEqual([['2: retained'], ['* retained']])
  })

  it('does not say so by an old view: there may be a producer it does not list', () => {
    const bench = joiner()
    bench.catchUp.onCatchUp(CALL)
    for (const link of [1, 3]) bench.parts.inputs.ports[0]!.links.onAccept(link, at(2, 2))
    bench.catchUp.join()
    expect(bench.catchUp.joiner?.phase).toBe('subscribing')
    bench.answer().catchUp.join()
    expect(bench.catchUp.joiner?.phase).toBe('loading')
  })

  it('acks what it retains, whole epochs, before it has any state', () => {
    const bench = accepted().receives(2)
    const { channel } = bench.parts.inputs.ports[0]!
    channel.receive(frameAt(channel.next, 9))
    bench.catchUp.join()
    expect(bench.log.links()).toEqual(['2: retained', '1: ack 3:3', '3: ack 3:3'])
  })

  it('leaves when its queue is over its bound (P12)', () => {
    const bench = loading()
    const { channel } = bench.parts.inputs.ports[0]!
    for (const to of [3, 4]) channel.receive(sealAt(channel.next, to))
    bench.catchUp.join()
    expect(bench.catchUp.failed).toBe(null)
    channel.receive(sealAt(channel.next, 5))
    bench.catchUp.join()
    expect(bench.catchUp.failed).toBe('the queue of the joiner is full')
  })

  it('leaves when the survivor has been silent for removeMs, but not once it has the state itself', () => {
    for (const [bench, why] of [
      [loading(), 'the survivor is silent'],
      [loaded(), null],
    ] as const) {
      bench.after(999).catchUp.join()
      expect(bench.catchUp.failed).toBe(null)
      bench.after(1).catchUp.join()
      expect(bench.catchUp.failed).toBe(why)
    }
  })

  it.each([
    ['before it retains anything stays', joiner, null],
    ['while it retains leaves', accepted, 'the link to the survivor closed during catch-up'],
    ['with its state in place stays', loaded, null],
  ] as const)('whose link closes %s', (_when, make, why) => {
    const bench = make()
    bench.catchUp.onTwinClosed()
    expect(bench.catchUp.failed).toBe(why)
  })
})

describe('a joiner that is sent the image', () => {
  it('has each slice stored, and says loaded after the last', () => {
    const bench = loading()
    const parts = image()
    bench.catchUp.onSlice(slice(0, parts.slice(0, 1), false))
    expect([bench.log.links(), bench.parts.inputs.watermark]).toEqual([['2: slice-stored 0'], WATERMARK_NONE])
    bench.catchUp.onSlice(slice(1, parts.slice(1), true))
    expect(bench.log.links()).toEqual(['2: slice-stored 1', '2: loaded'])
    expect([bench.log.events(), bench.parts.inputs.watermark]).toEqual([['* loaded'], 0])
  })

  it('can serve what its consumers have not acked', () => {
    const { buffer } = loaded().parts.outputs.channels[0]!
    expect([buffer.kept, buffer.head]).toEqual([START, at(2, 2)])
  })

  it('replays what it has retained meanwhile', () => {
    const bench = loading().receives(2).receives(3)
    bench.catchUp.onSlice(slice(0, image(), true))
    bench.parts.body.work()
    expect([bench.parts.body.at, bench.parts.outputs.channels[0]!.buffer.head]).toEqual([4, at(4, 4)])
  })

  it('is level only once it has heard, since then, where the survivor is', () => {
    const bench = loading().hears({ at: epoch(2) })
    bench.catchUp.onSlice(slice(0, image(), true))
    expect(bench.catchUp.atHead).toBe(false)
    expect(bench.hears({ at: epoch(2) }).catchUp.atHead).toBe(true)
  })

  it('is level when it is no more than one epoch behind', () => {
    const bench = loaded()
    expect([3, 4].map((to) => bench.hears({ at: epoch(to) }).catchUp.atHead)).toEqual([true, false])
  })

  it('forgets what the survivor has forgotten, but nothing before it has the image', () => {
    const kept = [at(1, 1)]
    const bench = loading().hears({ kept })
    bench.catchUp.onSlice(slice(0, image(), true))
    const { buffer } = bench.parts.outputs.channels[0]!
    expect([buffer.kept, bench.hears({ kept }) && buffer.kept]).toEqual([START, at(1, 1)])
  })

  it('is a joiner no more when the view lists it as a member', () => {
    const bench = loaded().hears({ at: epoch(2) })
    bench.catchUp.becomeMember()
    expect([bench.catchUp.joiner, bench.catchUp.atHead]).toEqual([null, false])
    bench.after(5000).catchUp.join()
    bench.catchUp.onTwinClosed()
    expect(bench.catchUp.failed).toBe(null)
  })

  it('does not mind a boundary that was told on a link that has closed', () => {
    const bench = new CatchUpBench().neighbour('orders/0', viewOf({ members: ['a7'] })).linked('b2')
    const inputs = [{ channel: 0, position: at(2, 2), digest: 5 }]
    bench.catchUp.onCatchUp({ kind: 'catch-up', at: epoch(2), inputs })
    bench.twin.onClosed(2)
    bench.catchUp.onTwinClosed()
    bench.catchUp.becomeJoiner()
    expect(bench.catchUp.joiner?.phase).toBe('called')
  })
})
