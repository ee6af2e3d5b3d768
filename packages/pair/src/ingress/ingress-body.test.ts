import { ColumnError, epoch, generation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { decision } from '../../test-kit/decisions.ts'
import { IngressBench } from '../../test-kit/ingress-bench.ts'
import { rowsOf } from '../../test-kit/items.ts'

const FOLLOWS = { leads: null, hasTwin: true, twinIsMember: true }

/** A leader that has decided one epoch, of which the store has not heard yet. */
function undurable(twin: { readonly hasTwin: boolean; readonly twinIsMember: boolean }): IngressBench {
  const bench = new IngressBench(twin).works()
  bench.rows = 1
  return bench.after(10).works(false)
}

describe('frames of a decision', () => {
  it('leave when the store has it', () => {
    const bench = undurable({ hasTwin: false, twinIsMember: false })
    expect([bench.body.book.tail, bench.sentTo]).toEqual([1, 0])
    expect(bench.works().sentTo).toBe(1)
  })

  it('leave when the twin holds it, if that one is a member', () => {
    const bench = undurable({ hasTwin: true, twinIsMember: true })
    expect(bench.sentTo).toBe(0)
    bench.body.twinHolds = 1
    expect([bench.works(false).sentTo, bench.body.durableEpoch]).toEqual([1, 0])
  })

  it('do not leave because a joiner holds it: it may never become a member', () => {
    const bench = undurable({ hasTwin: true, twinIsMember: false })
    bench.body.twinHolds = 1
    expect(bench.works(false).sentTo).toBe(0)
  })

  it('leave a follower as soon as it holds it: the leader has it too', () => {
    const bench = new IngressBench(FOLLOWS)
    bench.body.onProposal(decision(1))
    expect(bench.works().sentTo).toBe(1)
  })

  it('leave a joiner only when it knows that it is final', () => {
    const bench = new IngressBench(FOLLOWS)
    bench.parts.stance.role = 'joiner'
    bench.body.onProposal(decision(1))
    expect(bench.works().sentTo).toBe(0)
    bench.body.book.markFinal(1)
    expect(bench.works().sentTo).toBe(1)
  })
})

describe('an ingress', () => {
  it('reads what was decided by another, and stops if it is not what was read then', () => {
    const read = { from: '', to: '2', rows: 2, digest: 3 }
    const bench = new IngressBench(FOLLOWS)
    bench.rows = 2
    bench.body.onProposal(decision(1, { reads: [read] }))
    expect([bench.works().sentTo, bench.body.source.changed]).toEqual([1, null])
    bench.body.onProposal(decision(2, { reads: [{ ...read, from: '2', to: '4', digest: 99 }] }))
    bench.rows = 4
    expect(bench.works().sentTo).toBe(1)
    expect(bench.body.source.changed).toContain('source.changed')
  })

  it('goes on where the decisions it has followed end, should it come to lead', () => {
    const bench = new IngressBench(FOLLOWS)
    bench.rows = 3
    bench.body.onProposal(decision(1, { to: epoch(7), reads: [{ from: '', to: '2', rows: 2, digest: 3 }] }))
    bench.works().stands({ leads: generation(2), mayDecide: true, hasTwin: false, twinIsMember: false })
    bench.works().after(10).works()
    expect(bench.decided(2)).toEqual(['[7, 8) 1 rows, sealed, watermark 25'])
  })

  it('says what is durable: up to the first decision that is not', () => {
    const bench = new IngressBench(FOLLOWS)
    for (const index of [1, 2, 3]) bench.body.onProposal(decision(index))
    expect(bench.works().body.durableEpoch).toBe(0)
    bench.body.book.markDurable(2)
    expect(bench.body.durableEpoch).toBe(2)
    bench.body.book.markDurable(3)
    expect(bench.body.durableEpoch).toBe(3)
  })

  it('waits between epochs, and never within one, while its consumers are behind', () => {
    const bench = new IngressBench(FOLLOWS, { markBytes: 1 })
    bench.body.onProposal(decision(1))
    bench.body.onProposal(decision(2, { seals: false }))
    bench.body.onProposal(decision(3, { from: epoch(1), to: epoch(2) }))
    expect(bench.works().body.at).toBe(1)
    bench.parts.outputs.evictLike([bench.parts.outputs.channels[0]!.buffer.head])
    expect(bench.works().body.at).toBe(2)
  })

  it('stops at the decision whose rows fit no frame, where its slice ends (P17)', () => {
    const bench = new IngressBench(FOLLOWS)
    bench.parts.outputs.channels[0]!.cut = () => {
      throw new ColumnError('column.integer', rowsOf().schema.columns[0]!, 0, 0.5, 'a whole number')
    }
    bench.body.onProposal(decision(1, { seals: false }))
    bench.body.onProposal(decision(2))
    bench.works()
    expect(bench.parts.runner.failure).toMatchObject({ epoch: 0, seq: 1 })
    expect([bench.body.book.processed, bench.body.settled]).toEqual([0, false])
  })

  it('has in its image for a joiner every decision that is not both durable and processed', () => {
    const bench = new IngressBench(FOLLOWS)
    for (const index of [1, 2, 3]) bench.body.onProposal(decision(index))
    bench.body.book.markDurable(1)
    bench.works()
    const kinds = (purpose: 'catch-up' | 'checkpoint') =>
      bench.body
        .image(purpose)
        .next(1e9)
        .filter((part) => part.kind === 'proposal')
        .map((part) => (part.kind === 'proposal' ? part.decision.index : 0))
    expect([kinds('catch-up'), kinds('checkpoint')]).toEqual([[2, 3], []])
  })

  it('counts its part of a checkpoint once every decision in it is durable', () => {
    const bench = new IngressBench(FOLLOWS)
    bench.body.onProposal(decision(1))
    bench.works().body.image('checkpoint')
    expect(bench.body.settledOutside()).toBe(false)
    bench.body.book.markDurable(1)
    expect(bench.body.settledOutside()).toBe(true)
  })
})
