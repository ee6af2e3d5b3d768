import { epoch, incarnation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { JOINING, survivor } from '../../test-kit/catch-up-bench.ts'
import { at, frameAt, sealAt } from '../../test-kit/items.ts'
import { viewOf } from '../../test-kit/views.ts'
import { DEFAULT_LIMITS } from '../limits.ts'

describe('a survivor among its parts', () => {
  it('begins at its boundary, with where its inputs stand there', () => {
    const bench = survivor().processes(0, 1)
    expect(bench.catchUp.survive(bench.own.view)).toBe(true)
    expect(bench.log.events()).toEqual(['* joining 2 2'])
    const [sent] = bench.log.taken('send')
    const inputs = bench.parts.inputs.processedPoints()
    expect(sent!.message).toEqual({ kind: 'catch-up', at: 2, inputs })
    expect(inputs[0]!.position).toEqual(at(2, 2))
  })

  it('has in its image what its consumers have not acked (P5)', () => {
    const bench = survivor().processes(0, 1)
    bench.catchUp.survive(JOINING)
    bench.catchUp.survivor.onRetained()
    const slices = bench.log
      .taken('send')
      .flatMap(({ message }) =>
        message.kind === 'state-slice' ? message.parts.map((part) => part.kind) : [],
      )
    expect(slices).toEqual(['boundary', 'input', 'output', 'item', 'item', 'item', 'item'])
  })

  it('begins once for a joiner', () => {
    const bench = survivor()
    expect([bench.catchUp.survive(JOINING), bench.catchUp.survive(JOINING)]).toEqual([true, false])
    expect(bench.log.links()).toEqual(['2: catch-up at 0'])
  })

  it.each([
    ['no view', null],
    ['nobody to let in', viewOf({ members: ['a1'] })],
    ['another joiner than the one on the link', viewOf({ members: ['a1'], joining: 'b4' })],
  ])('does not begin with %s', (_what, view) => {
    const bench = survivor()
    expect([bench.catchUp.survive(view), bench.log.links()]).toEqual([false, []])
  })

  it('does not begin while the link of the joiner is not open', () => {
    const bench = survivor()
    bench.twin.onClosed(2)
    expect([bench.catchUp.survive(JOINING), bench.catchUp.survivor.holdsAcks]).toEqual([false, false])
  })

  it('waits for a boundary: amid an epoch there is no image', () => {
    const bench = survivor()
    const { channel } = bench.parts.inputs.ports[0]!
    channel.receive(frameAt(channel.next, 0))
    bench.parts.body.work()
    expect(bench.catchUp.survive(JOINING)).toBe(false)
    channel.receive(sealAt(channel.next, 1))
    bench.parts.body.work()
    expect(bench.catchUp.survive(JOINING)).toBe(true)
  })

  it('lets nobody begin while it is behind its own acks: producers have let go of what lies between', () => {
    const bench = survivor().receives(0)
    bench.parts.inputs.ackRetained()
    expect(bench.catchUp.survive(JOINING)).toBe(false)
    bench.parts.body.work()
    expect(bench.catchUp.survive(JOINING)).toBe(true)
  })

  it('gives a joiner up that some producer does not accept in time, pausing longer after each (P19)', () => {
    const bench = survivor()
    const { replyMs, removeMs } = DEFAULT_LIMITS
    bench.catchUp.survive(JOINING)
    bench.after(replyMs - 1).catchUp.survive(JOINING)
    expect([bench.catchUp.survivor.holdsAcks, bench.catchUp.givesUp(incarnation(2))]).toEqual([true, false])
    bench.after(1).catchUp.survive(JOINING)
    expect([bench.catchUp.survivor.holdsAcks, bench.catchUp.givesUp(incarnation(2))]).toEqual([false, true])
    expect(bench.catchUp.survive(JOINING)).toBe(false)
    expect([bench.catchUp.letsIn, bench.after(removeMs).catchUp.letsIn]).toEqual([false, true])
    const next = viewOf({ members: ['a1'], joining: 'b7' })
    bench.linked('b7').catchUp.survive(next)
    bench.after(replyMs).catchUp.survive(next)
    bench.after(removeMs)
    expect([bench.catchUp.letsIn, bench.after(removeMs).catchUp.letsIn]).toEqual([false, true])
  })

  it('begins anew with a joiner whose link broke before its image was out, and not after that', () => {
    const bench = survivor()
    bench.catchUp.survive(JOINING)
    bench.catchUp.onTwinClosed()
    expect(bench.catchUp.survive(JOINING)).toBe(true)
    bench.catchUp.survivor.onRetained()
    expect(bench.catchUp.survivor.streamed).toBe(true)
    bench.catchUp.onTwinClosed()
    expect([bench.catchUp.survive(JOINING), bench.catchUp.survivor.streamed]).toEqual([false, true])
  })

  it('lets its acks go when the view has dropped the joiner, and begins anew with the next one', () => {
    const bench = survivor()
    bench.catchUp.survive(JOINING)
    expect([bench.catchUp.survive(viewOf({ members: ['a1'] })), bench.catchUp.survivor.holdsAcks]).toEqual([
      false,
      false,
    ])
    bench.linked('b4')
    expect(bench.catchUp.survive(viewOf({ members: ['a1'], joining: 'b4' }))).toBe(true)
    expect([bench.catchUp.survivor.joiner, bench.catchUp.survivor.holdsAcks]).toEqual([4, true])
  })

  it('lets its acks go when the link closes, and begins again at its boundary of then', () => {
    const bench = survivor()
    bench.catchUp.survive(JOINING)
    bench.twin.onClosed(2)
    bench.catchUp.onTwinClosed()
    expect([bench.catchUp.survivor.holdsAcks, bench.catchUp.failed]).toEqual([false, null])
    bench.processes(0).linked('b2')
    expect([bench.catchUp.survive(JOINING), bench.log.links()]).toEqual([true, ['2: catch-up at 1']])
  })

  it('rests a share of its time while the lag of the joiner does not shrink, and only then', () => {
    const bench = survivor().processes(0, 1, 2, 3, 4)
    bench.catchUp.survive(JOINING)
    const rests = [1, 1, 2, 3, 3, 0].map((joinerAt) => {
      bench.after(100).hears({ at: epoch(joinerAt) })
      return bench.parts.stance.restUntil - bench.parts.context.now
    })
    // Behind by 4, 4, 3, 2 and 2; and one that has not begun yet.
    expect(rests.map((ms) => ms > 0)).toEqual([true, true, false, false, false, false])
    expect(rests[0]).toBe(5)
  })

  it('does not rest for a twin that is no joiner', () => {
    const bench = survivor()
      .processes(0, 1, 2, 3, 4)
      .hears({ at: epoch(1) })
    expect(bench.parts.stance.rests).toBe(false)
  })
})
