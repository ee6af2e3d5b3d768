import { epoch, EPOCH_END } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { PartBench } from '../../test-kit/part-bench.ts'
import { DEFAULT_LIMITS } from '../limits.ts'

const { hedgeMs, retryMs } = DEFAULT_LIMITS

/** The cuts at which parts are stored, passing every multiple of K. */
function cutsStored(bench: PartBench, until: number): number[] {
  const stored: number[] = []
  for (let cut = bench.body.at + 10; cut <= until; cut += 10) {
    if (bench.passes(cut, cut + 1).stores().length > 0) stored.push(cut)
  }
  return stored
}

/** Of the pieces that are put: from the reserve or not. */
function reservedOf(bench: PartBench): boolean {
  const { request } = bench.puts()
  return request.kind === 'put' && request.reserved
}

describe('the parts of one pair (W1)', () => {
  it('are four behind the last checkpoint, for however long none completes (P12)', () => {
    const bench = new PartBench()
    expect(cutsStored(bench, 1000)).toEqual([10, 20, 30, 40])
    expect(bench.store.usedBytes).toBe(4 * 128)
    bench.writer.onCheckpoint(epoch(20))
    expect(cutsStored(bench, 2000)).toEqual([1010, 1020])
  })

  it('are four behind the cut that all were called to, and none before it', () => {
    const bench = new PartBench()
    cutsStored(bench, 100)
    bench.writer.onCutFrom(epoch(130))
    expect(cutsStored(bench, 500)).toEqual([130, 140, 150, 160])
  })

  it('are counted with those of the twin, and of whoever was there before', () => {
    const bench = new PartBench()
    for (const cut of [10, 20, 30]) bench.holdsPart(`part/1/sums/0/${cut}/${cut + 1}/7`)
    expect(cutsStored(bench, 500)).toEqual([40])
  })

  it('are not stored twice for the same boundaries, nor by whoever stays there', () => {
    const bench = new PartBench().holdsPart('part/1/sums/0/10/11/2').holdsPart('part/1/sums/0/33/34/2')
    expect(bench.passes(10, 11).stores()).toEqual([])
    bench.body.at = epoch(33)
    bench.writer.stopping(bench.body)
    expect(bench.stores()).toEqual([])
  })

  it('are one more where it will stay: that one is the last', () => {
    const bench = new PartBench()
    cutsStored(bench, 100)
    bench.body.before = epoch(100)
    bench.body.at = EPOCH_END
    bench.writer.stopping(bench.body)
    expect(bench.stores().length).toBe(2)
  })

  it('end where a checkpoint has passed them, or never will come to them: also one that is begun', () => {
    const passed = new PartBench().passes(10, 11)
    passed.puts()
    passed.writer.onCheckpoint(epoch(20))
    expect(passed.after(500).passes(30, 31).stores()).toEqual([])
    expect(passed.after(retryMs).stores()[0]).toBe('part/1/sums/0/30/31/1 0')
    const called = new PartBench().passes(10, 11)
    called.body.owesFrom = 9
    called.writer.onCutFrom(epoch(20))
    expect([called.after(hedgeMs).stores(), called.passes(20, 21).body.at]).toEqual([[], 20])
  })
})

describe('the room of a part (W2)', () => {
  it('is that of the reserve for the first of a pair, and for the last, only', () => {
    const bench = new PartBench()
    expect(reservedOf(bench.passes(10, 11))).toBe(true)
    const spare = new PartBench().holdsPart('part/1/sums/0/10/11/7')
    expect(reservedOf(spare.passes(20, 21))).toBe(false)
    const last = new PartBench().holdsPart('part/1/sums/0/10/11/7')
    last.body.at = epoch(33)
    last.writer.stopping(last.body)
    expect(reservedOf(last)).toBe(true)
  })

  it('is asked for again until it is there: no boundary may come any more until then', () => {
    const bench = new PartBench()
    bench.store.capacityBytes = 64
    expect(bench.passes(10, 11).stores()).toEqual(['part/1/sums/0/10/11/1 0', 'part/1/sums/0/10/11/1 1 last'])
    expect(bench.stores()).toEqual([])
    bench.store.capacityBytes = 128
    expect(bench.after(retryMs).stores()).toEqual(['part/1/sums/0/10/11/1 1 last'])
  })

  it('is no reason to wait for a spare one: the next multiple tries again', () => {
    const bench = new PartBench().holdsPart('part/1/sums/0/10/11/7')
    bench.store.capacityBytes = 64
    expect(bench.passes(20, 21).stores()).toEqual(['part/1/sums/0/20/21/1 0'])
    bench.store.capacityBytes = 1000
    expect(bench.after(retryMs).stores()).toEqual([])
    expect(bench.passes(30, 31).stores().length).toBe(2)
  })
})

describe('a part that waits for the outside (W3)', () => {
  it('is in the store but for an empty last piece, once it has waited for a while', () => {
    const bench = new PartBench().passes(10, 11)
    bench.body.owesFrom = 9
    expect(bench.after(hedgeMs - 1).stores()).toEqual([])
    expect(bench.after(1).stores()).toEqual(['part/1/sums/0/10/11/1 0', 'part/1/sums/0/10/11/1 1'])
    expect(bench.store.handle({ kind: 'list', prefix: '' })).toEqual({
      kind: 'names',
      names: [],
      unfinished: ['part/1/sums/0/10/11/1'],
    })
    bench.store.capacityBytes = 0
    expect(bench.passes(20, 21).stores()).toEqual([])
    bench.body.owesFrom = 10
    bench.store.capacityBytes = 128
    expect(bench.stores()).toEqual(['part/1/sums/0/10/11/1 2 last'])
    const read = { kind: 'get', blob: 'part/1/sums/0/10/11/1', from: 0, most: 1000 } as const
    expect(bench.store.handle(read)).toMatchObject({ image: [{ kind: 'boundary' }, { kind: 'egress' }] })
  })
})
