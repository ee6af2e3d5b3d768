import { epoch, run } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { IMAGE, KeeperBench, ORDERS, PARTS, SUMS, WALL } from '../../test-kit/keeper-bench.ts'

describe('a checkpoint keeper that reads parts back', () => {
  it('asks again for a piece without an answer, and goes on behind those that have come (S7)', () => {
    const bench = new KeeperBench({ imageSliceBytes: 64 }).has(ORDERS, WALL).holds(SUMS, [...IMAGE, ...IMAGE])
    const seen: string[] = []
    for (let turn = 0; turn < 12; turn++) {
      for (const { id, reply } of bench.answers()) {
        const asked = bench.asked.at(-1)!
        if (asked !== `get ${SUMS} from 1` || seen.includes(asked)) bench.keeper.onReply(id, reply)
        seen.push(asked)
      }
      bench.context.now += 260
    }
    const gets = seen.filter((asked) => asked.startsWith('get') && asked.includes(SUMS))
    expect(gets).toEqual([`get ${SUMS}`, `get ${SUMS} from 1`, `get ${SUMS} from 1`])
    expect(bench.store.reservedBytes).toBe(1000 + 3 * 4 * 64)
    expect(bench.run.complete?.epoch).toBe(10)
  })

  it('chooses anew where a part is deleted between two of its pieces (P11)', () => {
    const bench = new KeeperBench({ imageSliceBytes: 64 }).has(ORDERS, WALL).holds(SUMS, [...IMAGE, ...IMAGE])
    while (bench.asked.at(-1) !== `get ${SUMS}`) {
      for (const { id, reply } of bench.answers()) bench.keeper.onReply(id, reply)
    }
    bench.store.handle({ kind: 'delete', blob: SUMS })
    bench.settle()
    expect(bench.run.complete).toBe(null)
    bench.has('part/1/sums/0/10/12/2').context.now = 100
    bench.settle()
    expect(bench.run.complete?.parts['sums/0']).toBe('part/1/sums/0/10/12/2')
  })

  it('lets a part be that it cannot read for long, and looks for what else there is', () => {
    const bench = new KeeperBench().has(ORDERS, SUMS, WALL)
    const newer = 'part/1/sums/0/9/12/4'
    const asked: string[] = []
    for (let turn = 0; turn < 4000; turn++) {
      if (turn === 100) bench.has(newer)
      for (const { id, reply } of bench.answers()) {
        asked.push(bench.asked.at(-1)!)
        const broken = bench.asked.at(-1) === `get ${SUMS}`
        bench.keeper.onReply(id, broken ? { kind: 'unavailable' } : reply)
      }
      bench.context.now += 10
    }
    expect(asked.filter((one) => one.startsWith('list')).length).toBeGreaterThan(1)
    expect(bench.run.complete?.parts['sums/0']).toBe(newer)
  })

  it('completes none of which a part cannot be read back (P11)', () => {
    const bench = new KeeperBench().has(ORDERS, SUMS, WALL)
    const [listed] = bench.answers()
    bench.keeper.onReply(listed!.id, listed!.reply)
    bench.store.handle({ kind: 'delete', blob: WALL })
    for (const { id, reply } of bench.carryOut()) bench.keeper.onReply(id, reply)
    bench.settle()
    expect(bench.run.complete).toBe(null)
  })
})

describe('a checkpoint keeper whose parts do not meet', () => {
  const ahead = 'part/1/sums/0/20/21/2'
  const begun = 'part/1/wall/0/20/21/3'

  /** Looks every other heartbeat for so long. */
  function looks(bench: KeeperBench, forMs: number): number | null {
    for (let ms = 0; ms < forMs; ms += 100) {
      bench.settle()
      bench.context.now += 100
    }
    bench.settle()
    return bench.run.cutFrom
  }

  it('calls all to a cut ahead of everybody, once they have been apart for long', () => {
    const bench = new KeeperBench().has(ORDERS, ahead)
    bench.at = epoch(25)
    expect([looks(bench, 1900), looks(bench, 300)]).toEqual([null, 230])
  })

  it('calls nobody where a part that is begun says that all wait for the same cut (W3)', () => {
    const bench = new KeeperBench().has('part/1/orders/0/20/21/1', ahead).hasPiecesOf(begun)
    bench.at = epoch(400)
    expect(looks(bench, 60_000)).toBe(null)
  })

  it('calls nobody while those that it has called have yet to come', () => {
    const bench = new KeeperBench({ cutFrom: 300 }).has('part/1/orders/0/300/301/1')
    bench.at = epoch(300)
    expect(looks(bench, 60_000)).toBe(null)
    bench.at = epoch(301)
    expect(looks(bench, 2200)).toBe(510)
  })

  it('chooses no cut before the one all were called to, and lets go of what ends there (P11)', () => {
    const spans = 'part/1/sums/0/8/15/2'
    const bench = new KeeperBench({ cutFrom: 11 })
      .has(ORDERS, WALL, spans)
      .hasPiecesOf('part/1/sums/0/9/11/7')
    expect(bench.settle().slice(1)).toEqual([
      'list part/',
      `delete ${ORDERS}`,
      `delete ${WALL}`,
      'discard part/1/sums/0/9/11/7',
    ])
    bench.has('part/1/orders/0/9/13/1', 'part/1/wall/0/7/12/3').context.now = 100
    bench.settle()
    expect([bench.run.complete?.epoch, bench.run.complete?.parts['sums/0']]).toEqual([11, spans])
  })

  it('keeps the parts of the checkpoint, wherever all were called to (P11)', () => {
    const checkpoint = { run: run(1), epoch: epoch(10), parts: PARTS }
    const bench = new KeeperBench({ checkpoint, cutFrom: 40 }).has(ORDERS, SUMS, WALL, ahead)
    expect(bench.settle()).toEqual(['list part/', `delete ${ahead}`])
  })
})
