import { describe, expect, it } from 'vitest'
import { at, frameAt } from '../../test-kit/items.ts'
import { LinkedInput, linkedToBoth } from '../../test-kit/linked-input.ts'

describe('lane delivery', () => {
  it('takes the data from whoever is there first, and from its own lane as soon as that is there too', () => {
    const bench = new LinkedInput().upstream('a1', 'b2')
    bench.did()
    expect(bench.accepted(3).did()).toEqual(['3: ack 0:0', '3: deliver on from 0:0'])
    expect(bench.accepted(1).did()).toEqual([
      '1: ack 0:0',
      '3: deliver off from 0:0',
      '* take-over 0 1',
      '1: deliver on from 0:0',
    ])
  })

  it('lets the other lane stand by once its own delivers', () => {
    const bench = new LinkedInput().upstream('a1', 'b2').accepted(1)
    bench.did()
    expect(bench.accepted(3).did()).toEqual(['3: ack 0:0'])
    expect(bench.links.describe()).toBe('a#1 delivers at 0:0, b#2 stands by at 0:0')
  })

  it('turns from a silent producer to the other lane, at the next item, and back when it is heard', () => {
    const bench = linkedToBoth({ silenceMs: 250 })
    bench.input.receive(frameAt(at(0, 0), 1, 2))
    expect(bench.pass(250, 3).did()).toEqual([
      '* suspect orders/0 1',
      '3: report #1 silent',
      '1: deliver off from 0:2',
      '* take-over 0 2',
      '3: deliver on from 0:2',
    ])
    bench.input.receive(frameAt(at(0, 2), 3))
    expect(bench.pass(10, 1, 3).did()).toEqual([
      '3: deliver off from 0:3',
      '* take-over 0 1',
      '1: deliver on from 0:3',
    ])
  })

  it('stays with its own lane when both are silent: turning would gain nothing', () => {
    const bench = linkedToBoth({ silenceMs: 250 })
    bench.pass(250)
    expect(bench.links.describe()).toBe('a#1 delivers at 0:0, b#2 stands by at 0:0')
  })

  it('asks the other lane at once when the link of the delivering producer closes', () => {
    const bench = linkedToBoth()
    bench.input.receive(frameAt(at(0, 0), 1))
    bench.links.onClosed(1)
    expect(bench.did()).toEqual(['* take-over 0 2', '3: deliver on from 0:1', '3: report #1 closed'])
  })

  it('asks the other lane at once when the delivering producer has left the view', () => {
    const bench = linkedToBoth()
    expect(bench.upstream('b2').did()).toEqual(['1 closes', '* take-over 0 2', '3: deliver on from 0:0'])
  })

  it('asks the other lane at once when the delivering producer has let go of what we need', () => {
    const bench = linkedToBoth()
    bench.links.onRefused(1, { kind: 'refuse', reason: 'position', run: bench.context.run, viewVersion: 1 })
    expect(bench.did()).toEqual(['* take-over 0 2', '3: deliver on from 0:0'])
  })

  it('never asks a producer that has not accepted us', () => {
    const bench = new LinkedInput().upstream('a1', 'b2').accepted(1)
    bench.links.onClosed(1)
    bench.pass(10)
    expect(bench.links.describe()).toBe('a#1 is not linked at 0:0, b#2 is asked')
  })

  it('turns from a producer that stays far behind its twin, not from one that catches up', () => {
    const bench = linkedToBoth({ lagEpochs: 20, heartbeatMs: 50 })
    bench.links.onProducing(3, at(21, 21))
    bench.pass(150, 1, 3)
    bench.links.onProducing(1, at(1, 1))
    bench.pass(1, 1, 3)
    bench.links.onProducing(3, at(22, 22))
    bench.pass(150, 1, 3)
    expect(bench.did()).toEqual([])
    expect(bench.pass(1, 1, 3).did()).toEqual([
      '1: deliver off from 0:0',
      '* take-over 0 2',
      '3: deliver on from 0:0',
    ])
    bench.links.onProducing(1, at(2, 2))
    expect(bench.did()[1]).toBe('* take-over 0 1')
  })

  it('takes data rather from one that is behind than from one that is silent', () => {
    const bench = linkedToBoth({ lagEpochs: 20, heartbeatMs: 50, silenceMs: 250 })
    bench.links.onProducing(1, at(50, 50))
    bench.pass(100, 1, 3).pass(100, 3).pass(150, 3)
    expect(bench.links.describe()).toBe('a#1 stands by at 50:50, b#2 delivers at 0:0')
  })

  it('begins a link again where we are, if it delivers; one that stands by has left no gap', () => {
    const bench = linkedToBoth()
    bench.input.receive(frameAt(at(0, 0), 1))
    bench.links.resubscribe(3)
    expect(bench.did()).toEqual([])
    bench.links.resubscribe(1)
    expect(bench.did()).toEqual(['1: deliver on from 0:1'])
  })
})

describe('race delivery', () => {
  it('asks both for the data from the first word on, and never turns from one to the other', () => {
    const bench = new LinkedInput({ silenceMs: 250 }, 'race').upstream('a1', 'b2')
    expect(bench.did()).toEqual([
      '1 -> a1: subscribe #1 channel 0 from 0:0 deliver',
      '3 -> b2: subscribe #2 channel 0 from 0:0 deliver',
    ])
    expect(bench.accepted(1, 3).did()).toEqual(['1: ack 0:0', '3: ack 0:0'])
    bench.pass(250, 3)
    bench.links.onClosed(1)
    expect(bench.did()).toEqual(['* suspect orders/0 1', '3: report #1 silent', '3: report #1 closed'])
    expect(bench.links.describe()).toBe('a#1 is not linked at 0:0, b#2 delivers at 0:0')
  })

  it('begins again only the link that brought what does not follow', () => {
    const bench = linkedToBoth({}, 'race')
    bench.links.resubscribe(3)
    expect(bench.did()).toEqual(['3: deliver on from 0:0'])
  })

  it('asks for the data again with a connection that is made again', () => {
    const bench = linkedToBoth({ retryMs: 20 }, 'race')
    bench.links.onClosed(3)
    bench.did()
    expect(bench.pass(20, 1).did()).toEqual(['5 -> b2: subscribe #2 channel 0 from 0:0 deliver'])
  })
})
