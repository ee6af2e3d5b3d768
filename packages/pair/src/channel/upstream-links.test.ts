import { epoch, incarnation } from '@pollux/protocol'
import type { RefusalReason, RefuseMessage } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { at } from '../../test-kit/items.ts'
import { LinkedInput, linkedToBoth } from '../../test-kit/linked-input.ts'
import { viewOf } from '../../test-kit/views.ts'

function refusal(links: LinkedInput, reason: RefusalReason): RefuseMessage {
  return { kind: 'refuse', reason, run: links.context.run, viewVersion: 1 }
}

describe('the links to the producers of a channel', () => {
  it('lead to every member upstream, and say where we begin and what we have acked', () => {
    const bench = new LinkedInput()
    bench.input.reset({ position: at(4, 9), digest: 1 })
    bench.acked = { position: at(2, 5), digest: 1 }
    expect(bench.upstream('a1', 'b2').did()).toEqual([
      '1 -> a1: subscribe #1 channel 0 from 4:9 acked 2:5',
      '3 -> b2: subscribe #2 channel 0 from 4:9 acked 2:5',
    ])
  })

  it('lead to nobody while the view upstream is unknown, or of another run', () => {
    const bench = new LinkedInput()
    bench.links.onView()
    bench.known.learn('orders/0', viewOf({ run: 2, members: ['a1'] }))
    bench.links.onView()
    expect([bench.did(), bench.links.allAccepted, bench.links.outrun]).toEqual([[], false, false])
  })

  it('do not lead to a joiner upstream: it could not serve yet', () => {
    const bench = new LinkedInput()
    bench.known.learn('orders/0', viewOf({ members: ['a1'], joining: 'b2' }))
    bench.links.onView()
    expect(bench.did()).toEqual(['1 -> a1: subscribe #1 channel 0 from 0:0'])
  })

  it('follow the view: who has left is closed, who is new is connected, who stays is left alone', () => {
    const bench = linkedToBoth()
    expect(bench.upstream('a1', 'b7').did()).toEqual(['3 closes', '5 -> b7: subscribe #7 channel 0 from 0:0'])
    expect([bench.links.owns(1), bench.links.owns(3), bench.links.owns(5)]).toEqual([true, false, true])
    expect(bench.upstream('a1', 'b7').did()).toEqual([])
  })

  it('tell with every acceptance what has been acked meanwhile: before it, the ack went to nobody', () => {
    const bench = new LinkedInput().upstream('a1', 'b2')
    bench.did()
    bench.acked = { position: at(3, 3), digest: 5 }
    expect(bench.accepted(3).did()[0]).toBe('3: ack 3:3')
  })

  it('are all accepted only when every member upstream has accepted us', () => {
    const bench = new LinkedInput()
    expect(bench.links.allAccepted).toBe(false)
    expect(bench.upstream('a1', 'b2').accepted(1).links.allAccepted).toBe(false)
    expect(bench.accepted(3).links.allAccepted).toBe(true)
    expect(bench.upstream('a1', 'b2', 'b7').links.allAccepted).toBe(false)
  })

  it('carry an ack to both producers, but not to one that has not accepted us', () => {
    const bench = new LinkedInput().upstream('a1', 'b2').accepted(3)
    bench.did()
    bench.links.sendAck({ position: at(5, 5), digest: 1 })
    expect(bench.did()).toEqual(['3: ack 5:5'])
    bench.accepted(1).did()
    bench.links.sendAck({ position: at(6, 6), digest: 1 })
    expect(bench.did()).toEqual(['1: ack 6:6', '3: ack 6:6'])
  })

  it('say once of each epoch that somebody is behind it, and never of a lower one', () => {
    const bench = linkedToBoth()
    for (const behind of [7, 7, 5, 8]) bench.links.sendBehind(epoch(behind))
    expect(bench.did()).toEqual(['1: behind 7', '3: behind 7', '1: behind 8', '3: behind 8'])
  })

  it('carry a heartbeat when nothing else was said for so long, each link by itself', () => {
    const bench = linkedToBoth({ heartbeatMs: 50 })
    expect(bench.pass(49, 1, 3).did(true)).toEqual([])
    bench.links.reportLost(incarnation(1), 'silent')
    expect(bench.did()).toEqual(['3: report #1 silent'])
    expect(bench.pass(1, 1, 3).did(true)).toEqual(['1: heartbeat'])
    expect(bench.pass(49, 1, 3).did(true)).toEqual(['3: heartbeat'])
  })
})

describe('a producer that is lost', () => {
  it('is reported to its twin when its link closes, and to nobody else', () => {
    const bench = linkedToBoth()
    expect(bench.links.onClosed(3)).toBe(true)
    expect(bench.did()).toEqual(['1: report #2 closed'])
  })

  it('is connected again after a pause, from where we are by then', () => {
    const bench = linkedToBoth({ retryMs: 20 })
    bench.links.onClosed(3)
    bench.input.reset({ position: at(7, 7), digest: 1 })
    bench.did()
    expect(bench.pass(19, 1).did()).toEqual([])
    expect(bench.pass(1, 1).did()).toEqual(['5 -> b2: subscribe #2 channel 0 from 7:7 acked 0:0'])
    expect(bench.links.allAccepted).toBe(false)
  })

  it('is left alone four times as long if it has not even accepted us', () => {
    const bench = new LinkedInput({ retryMs: 20 }).upstream('a1')
    bench.links.onClosed(1)
    bench.did()
    expect(bench.pass(79).did()).toEqual([])
    expect(bench.pass(1).did()).toEqual(['3 -> a1: subscribe #1 channel 0 from 0:0'])
  })

  it('is reported silent again and again, but is suspected once', () => {
    const bench = linkedToBoth({ silenceMs: 250 })
    expect(bench.pass(249, 1).did()).toEqual([])
    expect(bench.pass(1, 1).did()).toEqual(['* suspect orders/0 2', '1: report #2 silent'])
    expect(bench.pass(10, 1).did()).toEqual(['1: report #2 silent'])
    expect(bench.pass(10, 1, 3).did()).toEqual([])
    expect(bench.pass(250, 1).did()).toEqual(['* suspect orders/0 2', '1: report #2 silent'])
  })

  it('is connected afresh when it stays silent, and is then given the same time again', () => {
    const bench = linkedToBoth({ removeMs: 1000, retryMs: 20 })
    for (let passed = 0; passed < 900; passed += 100) bench.pass(100, 1)
    bench.did()
    expect(bench.pass(100, 1).did()).toEqual(['1: report #2 silent', '3 closes'])
    expect(bench.links.owns(3)).toBe(false)
    expect(bench.pass(20, 1).did()).toEqual(['5 -> b2: subscribe #2 channel 0 from 0:0'])
    expect(bench.pass(249, 1).did()).toEqual([])
    expect(bench.pass(1, 1).did()).toEqual(['* suspect orders/0 2', '1: report #2 silent'])
  })

  it('has not been silent while it was ourselves who paused', () => {
    const bench = linkedToBoth({ silenceMs: 250 })
    bench.context.now += 5000
    bench.context.pausedMs += 5000
    bench.links.tick()
    expect(bench.did()).toEqual([])
  })

  it('is not spoken to nor listened to on a link it no longer has', () => {
    const bench = linkedToBoth()
    bench.links.onClosed(3)
    bench.did()
    bench.links.onAccept(3, at(0, 0))
    bench.links.onProducing(3, at(9, 9))
    bench.links.onHeard(3)
    bench.links.onRefused(3, refusal(bench, 'position'))
    bench.links.resubscribe(3)
    expect(bench.links.onClosed(3)).toBe(false)
    bench.links.sendAck({ position: at(1, 1), digest: 0 })
    expect(bench.did()).toEqual(['1: ack 1:1'])
    expect(bench.links.describe()).toBe('a#1 delivers at 0:0, b#2 is not linked at 0:0')
  })
})

describe('a producer that refuses us', () => {
  it('for a position that is gone is past us; when all of them are, nobody can serve us', () => {
    const bench = new LinkedInput().upstream('a1', 'b2')
    bench.links.onRefused(1, refusal(bench, 'position'))
    expect([bench.links.outrun, bench.links.describe()]).toEqual([false, 'a#1 is past us, b#2 is asked'])
    bench.links.onRefused(3, refusal(bench, 'position'))
    expect(bench.links.outrun).toBe(true)
  })

  it('for any other reason may serve us yet', () => {
    const bench = new LinkedInput().upstream('a1')
    bench.links.onRefused(1, refusal(bench, 'not-in-view'))
    expect([bench.links.outrun, bench.links.owns(1)]).toEqual([false, false])
  })

  it('is past us no more once it has accepted us after all', () => {
    const bench = new LinkedInput({ retryMs: 20 }).upstream('a1')
    bench.links.onRefused(1, refusal(bench, 'position'))
    bench.pass(80).accepted(3)
    expect([bench.links.outrun, bench.links.describe()]).toEqual([false, 'a#1 delivers at 0:0'])
  })

  it('as no member has its view read again; for another reason it has not', () => {
    const bench = new LinkedInput().upstream('a1', 'b2')
    bench.did()
    bench.links.onRefused(1, refusal(bench, 'unknown-channel'))
    expect(bench.did()).toEqual([])
    bench.links.onRefused(3, refusal(bench, 'not-a-member'))
    expect(bench.did()).toEqual(['read view/orders/0'])
  })

  it('tells a producer that has come since that it is behind', () => {
    const bench = linkedToBoth()
    bench.links.sendBehind(epoch(7))
    bench.upstream('a1', 'b7').accepted(5).did()
    bench.links.sendBehind(epoch(7))
    expect(bench.did()).toEqual(['5: behind 7'])
  })
})
