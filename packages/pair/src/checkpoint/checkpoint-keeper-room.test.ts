import { epoch, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { taken } from '../../test-kit/context-at.ts'
import { KeeperBench, ORDERS, PARTS, SUMS, WALL } from '../../test-kit/keeper-bench.ts'
import { firstRun } from './run-key.ts'

describe('the room a checkpoint keeper reserves', () => {
  it('is that of the logs while there is no checkpoint', () => {
    expect(new KeeperBench().settle()[0]).toBe('reserve 1000')
  })

  it('is left as it is by a keeper new to a checkpoint: its predecessor knew how large that is', () => {
    const bench = new KeeperBench({ run: run(1), epoch: epoch(10), parts: PARTS }).has(ORDERS, SUMS, WALL)
    bench.store.handle({ kind: 'reserve', bytes: 1576, cut: epoch(10) })
    expect(bench.settle()).toEqual(['list part/'])
    bench.has('part/1/orders/0/20/21/1', 'part/1/sums/0/20/21/2', 'part/1/wall/0/20/21/3')
    bench.context.now = 100
    expect(bench.settle().at(-1)).toBe('reserve 1576')
    expect([bench.run.complete?.epoch, bench.store.reservedBytes]).toEqual([20, 1576])
  })

  it('waits for the run key as it is now: a follower may not have heard of the checkpoint', () => {
    const bench = new KeeperBench()
    bench.run.key.refresh()
    expect(bench.settle()).toEqual(['list part/'])
  })

  it('is that of a checkpoint it has read back, whatever it hears of the run key later', () => {
    const bench = new KeeperBench().has(ORDERS, SUMS, WALL)
    const { key } = bench.run
    key.refresh()
    bench.settle()
    key.poll()
    const [read] = taken(bench.context, 'coordinator')
    key.onReply(read!.id, { kind: 'value', key: 'run', version: 1, value: firstRun('plan') })
    bench.context.now = 100
    bench.settle()
    expect([key.fresh, bench.store.reservedBytes]).toEqual([true, 1576])
  })

  it('is asked for again until there is an answer, and then no more', () => {
    const bench = new KeeperBench()
    const [reserve] = bench.answers()
    bench.keeper.onReply(reserve!.id, { kind: 'unavailable' })
    bench.context.now = 19
    expect(bench.settle().filter(isReserve).length).toBe(1)
    bench.context.now = 20
    bench.keeper.poll(bench.at)
    taken(bench.context, 'store')
    bench.context.now = 520
    bench.settle()
    bench.context.now = 620
    expect(bench.settle().filter(isReserve)).toEqual(['reserve 1000'])
    bench.context.now = 2000
    expect(bench.settle().filter(isReserve)).toEqual([])
  })

  it('is there before a checkpoint counts: whoever keeps the next one relies on it', () => {
    const bench = new KeeperBench().has(ORDERS, SUMS, WALL)
    const asked: string[] = []
    for (let turn = 0; turn < 10; turn++) {
      for (const { id, reply } of bench.answers()) {
        const lost = bench.asked.at(-1) === 'reserve 1576' && asked.at(-1) !== 'reserve 1576'
        asked.push(bench.asked.at(-1)!)
        if (!lost) bench.keeper.onReply(id, reply)
      }
    }
    expect(bench.run.complete).toBe(null)
    bench.context.now = 500
    bench.settle()
    bench.context.now = 520
    expect(bench.settle()).toEqual(['reserve 1576'])
    expect(bench.run.complete?.epoch).toBe(10)
  })
})

function isReserve(asked: string): boolean {
  return asked.startsWith('reserve')
}
