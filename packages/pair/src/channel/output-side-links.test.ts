import { epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { taken } from '../../test-kit/context-at.ts'
import { speakerOf, subscribing } from '../../test-kit/hellos.ts'
import { at } from '../../test-kit/items.ts'
import { ServedOutputs, servingBoth } from '../../test-kit/served-outputs.ts'
import { viewOf } from '../../test-kit/views.ts'

describe('a consumer that connects', () => {
  it('is accepted if its view lists it, and told where we are', () => {
    const served = new ServedOutputs().produce(0, 4).downstream('a1')
    served.outputs.setDurable(epoch(3))
    expect(served.hello(2, 'a1').did()).toEqual(['2: accept #1 head 4:4 durable 3'])
    expect([served.outputs.pairOf(2), served.outputs.channelOf(2)]).toEqual(['wall/0', 1])
  })

  it('is accepted as a joiner, too, and everything is kept for it until it acks', () => {
    const served = servingBoth().ack(2, 3).ack(4, 3)
    served.outputs.becomeMember()
    served.known.write('wall/0', viewOf({ members: ['a1'], joining: 'b5' }))
    served.answered().hello(6, 'b5')
    expect(served.did().at(-1)).toBe('6: accept #1 head 4:4 durable 0')
    expect(served.channel.buffer.kept).toEqual(at(0, 0))
  })

  it('has acked what it says it has when it connects', () => {
    const served = new ServedOutputs().produce(0, 4).downstream('a1')
    served.outputs.becomeMember()
    served.answered()
    const acked = { acked: at(2, 2), ackedDigest: served.channel.buffer.digestAt(at(2, 2))! }
    served.hello(2, 'a1', { from: at(2, 2), ...acked }).outputs.evict()
    expect(served.channel.buffer.kept).toEqual(at(2, 2))
  })

  it('is not refused for what we know: a view without it is read again first', () => {
    const served = new ServedOutputs().downstream('a1')
    served.known.write('wall/0', viewOf({ members: ['a1', 'b2'] }))
    expect(served.hello(4, 'b2').answered().did()).toEqual(['4: accept #1 head 0:0 durable 0'])
  })

  it('is refused when the view that was read afresh does not list it either', () => {
    const served = new ServedOutputs().downstream('a1').hello(4, 'b2')
    expect(served.answered().did()).toEqual(['4: refuse not-in-view run 1 view 0', '4 closes'])
    expect(served.outputs.pairOf(4)).toBe(null)
    served.downstream('a1', 'b2')
    expect(served.did()).toEqual([])
  })

  it('is not refused by the answer to a question that was asked before it came', () => {
    const served = new ServedOutputs().downstream('a1')
    served.known.views.hint('wall/0')
    const [asked] = taken(served.context, 'coordinator')
    served.hello(4, 'b2')
    const older = {
      kind: 'value',
      key: 'view/wall/0',
      version: 1,
      value: viewOf({ members: ['a1'] }),
    } as const
    served.known.views.onReply(asked!.id, older)
    served.outputs.onView('wall/0')
    expect(served.did()).toEqual([])
    served.known.write('wall/0', viewOf({ members: ['a1', 'b2'] })).views.poll()
    expect(served.answered().did()).toEqual(['4: accept #1 head 0:0 durable 0'])
  })

  it('waits while its pair has no view, or one of another run', () => {
    const served = new ServedOutputs().hello(2, 'a1').answered()
    served.known.learn('wall/0', viewOf({ run: 2, members: ['a1'] }))
    served.outputs.onView('wall/0')
    expect(served.did()).toEqual([])
    expect(served.downstream('a1').did()).toEqual(['2: accept #1 head 0:0 durable 0'])
  })

  it('is not answered any more when it has left while its view was read', () => {
    const served = new ServedOutputs().downstream('a1').hello(4, 'b2')
    served.outputs.onClosed(4)
    served.known.write('wall/0', viewOf({ members: ['a1', 'b2'] }))
    expect(served.answered().did()).toEqual([])
  })

  it('is refused at once for a channel that is none of ours, or while we are no member', () => {
    const served = new ServedOutputs().downstream('a1')
    served.hello(2, 'b9', { channel: 0 })
    served.outputs.onSubscribe(4, subscribing(served.context, 'b9'), false)
    expect(served.did()).toEqual([
      '2: refuse unknown-channel run 1 view 0',
      '2 closes',
      '4: refuse not-a-member run 1 view 0',
      '4 closes',
    ])
  })

  it('is refused what is gone, when it connects and when it asks later', () => {
    const served = servingBoth()
    served.outputs.evictLike([at(2, 2)])
    expect(served.hello(6, 'a1', { from: at(1, 1) }).did()).toEqual([
      '6: refuse position run 1 view 0',
      '6 closes',
    ])
    served.outputs.onDeliver(4, true, at(1, 1))
    expect(served.did()).toEqual(['4: refuse position run 1 view 0', '4 closes'])
    expect(served.outputs.pairOf(4)).toBe(null)
  })

  it('may stop taking data at a place that is gone', () => {
    const served = servingBoth()
    served.outputs.evictLike([at(2, 2)])
    served.outputs.onDeliver(4, false, at(1, 1))
    expect([served.did(), served.outputs.pairOf(4)]).toEqual([[], 'wall/0'])
  })
})

describe('a consumer that leaves', () => {
  it('is reported to its twin when its link closes, once', () => {
    const served = servingBoth()
    served.outputs.onClosed(4)
    served.outputs.onClosed(4)
    expect(served.did()).toEqual(['2: report #2 closed'])
  })

  it('is refused, and sent nothing more, when its view no longer lists it', () => {
    const served = servingBoth().downstream('a1')
    expect(served.did()).toEqual(['4: refuse not-in-view run 1 view 0', '4 closes'])
    served.outputs.flush()
    expect(served.did().every((line) => line.startsWith('2: '))).toBe(true)
  })

  it('is reported silent to its twin, and forgotten when it stays silent', () => {
    const served = servingBoth({ silenceMs: 250, removeMs: 1000, heartbeatMs: 50 })
    const beatAt = (now: number) => {
      served.context.now = now
      served.outputs.onHeard(2)
      served.outputs.beat()
      return served.did().filter((line) => !line.includes('producing'))
    }
    expect([beatAt(249), beatAt(250)]).toEqual([[], ['2: report #2 silent']])
    expect(beatAt(1000)).toEqual(['2: report #2 silent', '4 closes'])
    expect([beatAt(2000), served.outputs.pairOf(4)]).toEqual([[], null])
  })

  it('has not been silent while it was ourselves who paused', () => {
    const served = servingBoth({ silenceMs: 250 })
    served.context.now = 5000
    served.context.pausedMs += 5000
    served.outputs.beat()
    expect(served.did()).toEqual(['2: producing 4:4 durable 0', '4: producing 4:4 durable 0'])
  })
})

describe('what consumers are told', () => {
  it('is what has become durable, once and never backwards', () => {
    const served = servingBoth()
    for (const durable of [3, 3, 2]) served.outputs.setDurable(epoch(durable))
    expect(served.did()).toEqual(['2: durable 3', '4: durable 3'])
  })

  it('is with every heartbeat how far we are and what is durable', () => {
    const served = servingBoth({ heartbeatMs: 50 })
    served.context.now = 50
    expect([served.outputs.beatDue(1), served.outputs.beatDue(1)]).toEqual([true, false])
    served.context.now = 99
    expect(served.outputs.beatDue(1)).toBe(false)
    served.context.now = 100
    expect(served.outputs.beatDue(1)).toBe(true)
    served.outputs.beat()
    expect(served.did()).toEqual(['2: producing 4:4 durable 0', '4: producing 4:4 durable 0'])
  })

  it('is that our own view has changed', () => {
    const served = servingBoth()
    served.outputs.announce(7)
    expect(served.did()).toEqual(['2: view-news sums/0 version 7', '4: view-news sums/0 version 7'])
  })

  it('is, to the twin alone, who of them keeps the buffer over its mark and does not move (P12)', () => {
    const served = servingBoth({ markBytes: 300, silenceMs: 250 }).ack(2, 4).ack(4, 1)
    const watchAt = (now: number, talks = true): string[] => {
      served.did()
      served.context.now = now
      if (talks) served.outputs.onHeard(4)
      served.outputs.watchLag()
      return served.did()
    }
    expect([watchAt(0), watchAt(499), watchAt(500)]).toEqual([[], [], ['2: report #2 laggard']])
    served.ack(4, 4)
    expect([watchAt(510), watchAt(1100)]).toEqual([[], []])
  })

  it('is so at once of one that has missed two heartbeats: it is no longer there', () => {
    const served = servingBoth({ markBytes: 300, silenceMs: 250, heartbeatMs: 50 }).ack(2, 4).ack(4, 1)
    served.outputs.watchLag()
    served.context.now = 99
    served.did()
    served.outputs.watchLag()
    expect(served.did()).toEqual([])
    served.context.now = 100
    served.outputs.watchLag()
    expect(served.did()).toEqual(['2: report #2 laggard'])
  })

  it('is not so at once of one whose link has just closed: it is about to connect again', () => {
    const served = servingBoth({ markBytes: 300, silenceMs: 250, heartbeatMs: 50 }).ack(2, 4).ack(4, 1)
    served.outputs.watchLag()
    served.context.now = 70
    served.outputs.onHeard(4)
    served.outputs.onClosed(4)
    served.did()
    const watchAt = (now: number): string[] => {
      served.context.now = now
      served.outputs.watchLag()
      return served.did()
    }
    expect([watchAt(71), watchAt(169), watchAt(170)]).toEqual([[], [], ['2: report #2 laggard']])
  })

  it('is of nobody who comes to where its twin was in time, though it is behind all the time', () => {
    const served = servingBoth({ markBytes: 200, silenceMs: 250 }).ack(2, 2)
    served.outputs.watchLag()
    served.context.now = 200
    served.ack(4, 2).ack(2, 4)
    served.outputs.onHeard(4)
    served.outputs.watchLag()
    served.context.now = 299
    served.outputs.watchLag()
    expect(served.did().filter((line) => line.includes('report'))).toEqual([])
  })

  it('does not report as lost who has connected again', () => {
    const served = servingBoth().hello(8, 'b2')
    expect(served.did()).toContain('4 closes')
    served.outputs.onClosed(4)
    expect(served.did()).toEqual([])
  })

  it('does not report as silent who has connected again', () => {
    const served = servingBoth({ silenceMs: 250 })
    served.context.now = 249
    served.hello(8, 'b2').did()
    served.outputs.onHeard(2)
    served.context.now = 250
    served.outputs.beat()
    expect(served.did().filter((line) => line.includes('report'))).toEqual([])
  })

  it('refuses whoever is not of the pair that the channel leads to', () => {
    const served = servingBoth()
    served.hello(8, 'a1', { speaker: speakerOf(served.context, 'other/0', 'a1') })
    served.known.learn('orders/0', viewOf({ members: ['a1'] }))
    served.hello(10, 'a1', { speaker: speakerOf(served.context, 'orders/0', 'a1') })
    expect(served.did().filter((line) => !line.includes('view/'))).toEqual([
      '8: refuse unknown-channel run 1 view 0',
      '8 closes',
      '10: refuse unknown-channel run 1 view 0',
      '10 closes',
    ])
  })

  it('is that a member of theirs is missing, though it was never linked to us', () => {
    const served = servingBoth({ silenceMs: 250 }).downstream('a1', 'b5')
    served.outputs.beat()
    served.context.now = 250
    served.did()
    served.outputs.onHeard(2)
    served.outputs.beat()
    expect(served.did().filter((line) => line.includes('report'))).toEqual(['2: report #5 silent'])
    served.hello(8, 'b5').did()
    served.outputs.beat()
    expect(served.did().filter((line) => line.includes('report'))).toEqual([])
  })
})
