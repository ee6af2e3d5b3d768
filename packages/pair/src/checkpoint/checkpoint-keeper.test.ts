import { epoch, EPOCH_END, run } from '@pollux/protocol'
import type { Image, Position } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { taken } from '../../test-kit/context-at.ts'
import { at } from '../../test-kit/items.ts'
import { describeRequest, KeeperBench, ORDERS, PARTS, SUMS, WALL } from '../../test-kit/keeper-bench.ts'

describe('a checkpoint keeper', () => {
  it('completes a cut that every pair has a part of, once it has read every part back (P11)', () => {
    const bench = new KeeperBench().has(ORDERS, SUMS, WALL)
    expect(bench.settle()).toEqual([
      'reserve 1000',
      'list part/',
      `get ${ORDERS}`,
      `get ${SUMS}`,
      `get ${WALL}`,
      'reserve 1576',
    ])
    expect(bench.run.complete).toEqual({ run: 1, epoch: 10, parts: PARTS })
  })

  it('completes none while a pair has no part', () => {
    const bench = new KeeperBench().has(ORDERS, SUMS)
    expect([bench.settle(), bench.run.complete]).toEqual([['reserve 1000', 'list part/'], null])
  })

  it('passes over a part that no longer keeps what the consumer in the same cut goes on from (P11)', () => {
    const orders = (kept: Position): Image => [
      { kind: 'output', channel: 0, kept, keptDigest: 0, dictionaries: [] },
    ]
    const ended = 'part/1/orders/0/10/Infinity/1'
    const needed = { position: at(10, 4), digest: 0, watermark: 0, idle: false, dictionaries: [] }
    const bench = new KeeperBench()
      .has(WALL)
      .holds(ORDERS, orders(at(10, 4)))
      .holds(ended, orders(at(EPOCH_END, 4)))
      .holds(SUMS, [{ kind: 'input', channel: 0, ...needed }])
    bench.settle()
    expect(bench.run.complete).toBe(null)
    bench.context.now = 100
    bench.settle()
    expect(bench.run.complete?.parts).toEqual(PARTS)
  })

  it('begins again when an answer does not come', () => {
    const bench = new KeeperBench().has(ORDERS, SUMS, WALL)
    const [reserved, late] = bench.answers()
    bench.keeper.onReply(reserved!.id, reserved!.reply)
    bench.context.now = 500
    bench.keeper.poll(bench.at)
    expect(bench.keeper.onReply(late!.id, late!.reply)).toBe(false)
    bench.context.now = 520
    expect(bench.settle()[2]).toBe('list part/')
    expect(bench.run.complete?.epoch).toBe(10)
  })

  it('looks again every other heartbeat, not at every step', () => {
    const bench = new KeeperBench()
    bench.settle()
    bench.context.now = 99
    expect(bench.settle()).toEqual([])
    bench.context.now = 100
    expect(bench.settle()).toEqual(['list part/'])
  })

  it('completes nothing that is there already, and no part of an older run', () => {
    const there = new KeeperBench({ run: run(1), epoch: epoch(10), parts: PARTS }).has(ORDERS, SUMS, WALL)
    there.settle()
    expect(there.run.complete).toBe(null)
    const older = new KeeperBench(null, 2).has(ORDERS, SUMS, WALL)
    older.settle()
    expect(older.run.complete).toBe(null)
  })

  it('deletes what no restore will ask for, and nothing that is newer or part of the checkpoint', () => {
    const newer = 'part/1/sums/0/15/21/2'
    const older = 'part/1/sums/0/1/8/2'
    const bench = new KeeperBench().has(ORDERS, SUMS, WALL, newer, older)
    bench.settle()
    bench.keeper.onCheckpoint({ run: run(1), epoch: epoch(10), parts: PARTS })
    bench.carryOut()
    expect(bench.asked).toEqual([`delete ${older}`])
  })

  it('deletes parts of older runs that the checkpoint does not name', () => {
    const bench = new KeeperBench({ run: run(1), epoch: epoch(5), parts: PARTS }, 2).has(ORDERS, SUMS, WALL)
    bench.settle()
    bench.keeper.onCheckpoint({ run: run(1), epoch: epoch(10), parts: { 'sums/0': SUMS } })
    bench.carryOut()
    expect(bench.asked).toEqual([`delete ${ORDERS}`, `delete ${WALL}`])
  })

  it('deletes what is still there, and parts of older runs before the new one has a checkpoint', () => {
    const bench = new KeeperBench({ run: run(1), epoch: epoch(10), parts: PARTS }, 2)
      .has(ORDERS, SUMS, WALL)
      .has('part/1/sums/0/1/8/2', 'part/1/sums/0/15/21/2', 'part/2/sums/0/15/21/2')
    expect(bench.settle()).toEqual([
      'list part/',
      'delete part/1/sums/0/1/8/2',
      'delete part/1/sums/0/15/21/2',
    ])
  })

  it('lets go of nothing while it does not know the run key of its own run', () => {
    const bench = new KeeperBench().has(ORDERS, SUMS, WALL).hasPiecesOf('part/1/sums/0/15/21/2')
    bench.context.run = run(2)
    expect(bench.settle()).toEqual(['reserve 1000', 'list part/'])
  })

  it('discards what nobody finishes any more of runs and cuts that are past, nothing else (S6)', () => {
    const past = 'part/2/sums/0/4/10/2'
    const under = 'part/2/sums/0/8/11/2'
    const bench = new KeeperBench({ run: run(1), epoch: epoch(10), parts: PARTS }, 2)
      .has(ORDERS, SUMS, WALL)
      .hasPiecesOf('part/1/sums/0/15/21/2', past, under, 'else/1')
    expect(bench.settle()).toEqual(['list part/', 'discard part/1/sums/0/15/21/2', `discard ${past}`])
    expect(bench.store.handle({ kind: 'list', prefix: '' })).toEqual({
      kind: 'names',
      names: [ORDERS, SUMS, WALL],
      unfinished: ['else/1', under],
    })
  })

  it('discards what the checkpoint of this moment leaves behind, and again what is still there later', () => {
    const unfinished = 'part/1/sums/0/7/9/2'
    const bench = new KeeperBench().has(ORDERS, SUMS, WALL).hasPiecesOf(unfinished)
    bench.settle()
    const checkpoint = { run: run(1), epoch: epoch(10), parts: PARTS }
    bench.keeper.onCheckpoint(checkpoint)
    expect(taken(bench.context, 'store').map(({ request }) => describeRequest(request))).toEqual([
      `discard ${unfinished}`,
    ])
    const later = new KeeperBench(checkpoint).has(ORDERS, SUMS, WALL).hasPiecesOf(unfinished)
    expect(later.settle()).toEqual(['list part/', `discard ${unfinished}`])
  })
})
