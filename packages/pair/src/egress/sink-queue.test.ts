import { epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { Egress } from '../../test-kit/egress.ts'
import { at } from '../../test-kit/items.ts'

function egress(): Egress {
  return new Egress(contextAt('wall/0'))
}

describe('a sink queue', () => {
  it('gives out whole epochs up to the limit, rows numbered by their epoch and one after another', () => {
    const { queue } = egress().collect(1, 10, 11).collect(3).collect(4, 12)
    expect(queue.due(epoch(3)).map(({ to, rows }) => [to, rows])).toEqual([
      [
        1,
        [
          { epoch: 0, seq: 0, values: [10] },
          { epoch: 0, seq: 1, values: [11] },
        ],
      ],
      [3, []],
    ])
    expect(queue.due(epoch(4)).length).toBe(3)
    expect(queue.due(epoch(0))).toEqual([])
  })

  it('lets inputs be acked only as far as the record', () => {
    const { queue } = egress().collect(1, 10, 11).collect(2, 12)
    const points = (): unknown => queue.settledPoints.map((point) => point.position)
    expect(points()).toEqual([at(0, 0)])
    queue.settle(epoch(1))
    expect(points()).toEqual([at(1, 2)])
    queue.settle(epoch(2))
    expect(points()).toEqual([at(2, 3)])
  })

  it('keeps rows until the record passes them, and the record never falls', () => {
    const { queue } = egress().collect(1, 10).collect(2, 11)
    queue.settle(epoch(1))
    expect(queue.due(epoch(9)).map((pending) => pending.to)).toEqual([2])
    queue.settle(epoch(0))
    expect([queue.record, queue.settledOutside(epoch(1)), queue.settledOutside(epoch(2))]).toEqual([
      1,
      true,
      false,
    ])
  })

  it('drops rows that the sink has already committed when they come by again, and counts them', () => {
    const again = egress()
    again.queue.settle(epoch(2))
    again.collect(1, 10).collect(2, 11).collect(3, 12)
    expect(again.queue.due(epoch(9)).map(({ to, rows }) => [to, rows])).toEqual([
      [3, [{ epoch: 2, seq: 2, values: [12] }]],
    ])
    expect(again.queue.settledPoints.map((point) => point.position)).toEqual([at(2, 2)])
  })

  it('gives a joiner everything pending, so that it can go on from any record', () => {
    const { queue } = egress().collect(1, 10).collect(2, 11).collect(3, 12)
    queue.settle(epoch(1))
    const joiner = egress()
    for (const part of queue.image('catch-up')) joiner.queue.load(part)
    expect([joiner.queue.record, joiner.queue.nextRow]).toEqual([1, 3])
    expect(joiner.queue.due(epoch(9))).toEqual(queue.due(epoch(9)))
    joiner.queue.settle(epoch(2))
    expect(joiner.queue.settledPoints).toEqual(queue.due(epoch(2)).flatMap((pending) => pending.points))
  })

  it('says in a checkpoint that everything before the cut is committed: the part waits for that', () => {
    const { queue } = egress().collect(1, 10).collect(2, 11)
    expect(queue.image('checkpoint')).toEqual([{ kind: 'egress', record: 2, nextRow: 2, finalBefore: 0 }])
  })
})
