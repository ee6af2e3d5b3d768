import { epoch, EPOCH_END, incarnation } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { PartBench } from '../../test-kit/part-bench.ts'
import { DEFAULT_LIMITS } from '../limits.ts'

describe('a part writer', () => {
  it('writes a part for every cut from where it stands to where it goes, if a multiple of K is one', () => {
    expect(new PartBench().passes(8, 12).stores()).toEqual([
      'part/1/sums/0/8/12/1 0',
      'part/1/sums/0/8/12/1 1 last',
    ])
    expect(new PartBench().passes(10, 11).stores().length).toBe(2)
    expect(new PartBench().passes(11, 20).stores()).toEqual([])
    expect(new PartBench().passes(11, 21).stores().length).toBe(2)
  })

  it('writes none of the beginning: there is nothing to restore', () => {
    expect(new PartBench().passes(0, 1).stores()).toEqual([])
  })

  it('writes none where its twin does', () => {
    const bench = new PartBench()
    bench.stance.writesParts = false
    expect(bench.passes(8, 12).stores()).toEqual([])
  })

  it('writes one at a time, each multiple of K once', () => {
    const bench = new PartBench().passes(8, 12)
    expect(bench.passes(18, 22).stores()).toEqual(['part/1/sums/0/8/12/1 0', 'part/1/sums/0/8/12/1 1 last'])
    expect(bench.passes(18, 22).stores()).toEqual([])
    expect(bench.passes(28, 31).stores().length).toBe(2)
  })

  it('waits until the outside has been told everything before the cut', () => {
    const bench = new PartBench().passes(10, 11)
    bench.body.owesFrom = 9
    expect(bench.stores()).toEqual([])
    bench.body.owesFrom = 10
    expect(bench.stores().length).toBe(2)
  })

  it('waits for the first word of the outside, where the part is of the beginning', () => {
    const bench = new PartBench().passes(0, 11)
    bench.body.owesFrom = 0
    expect(bench.stores()).toEqual([])
    bench.body.owesFrom = 1
    expect(bench.stores().length).toBe(2)
  })

  it('gives up a part of which a piece is out of order, and writes it where it passes next', () => {
    const bench = new PartBench().passes(10, 11)
    const put = bench.puts()
    bench.writer.onReply(put.id, { kind: 'refused', reason: 'gap' })
    expect(bench.stores()).toEqual([])
    expect(bench.after(20).passes(20, 21).stores().length).toBe(2)
  })

  it('discards what was given up of its pair before it puts the first piece, nothing else (S6)', () => {
    const bench = new PartBench()
      .holdsPieceOf('part/1/sums/0/2/5/1')
      .holdsPieceOf('part/1/sums/0/8/12/1')
      .holdsPieceOf('part/1/sums/01/8/12/1')
      .passes(8, 12)
    expect(bench.asks()).toEqual([
      'list part/1/sums/0/',
      'discard part/1/sums/0/2/5/1',
      'discard part/1/sums/0/8/12/1',
      'part/1/sums/0/8/12/1 0',
      'part/1/sums/0/8/12/1 1 last',
    ])
    expect(bench.store.handle({ kind: 'list', prefix: 'part/' })).toEqual({
      kind: 'names',
      names: ['part/1/sums/0/8/12/1'],
      unfinished: ['part/1/sums/01/8/12/1'],
    })
  })

  it('takes no room for what it has given up once it writes again, however often (P12)', () => {
    const bench = new PartBench()
    for (let at = 10; at < 100; at += 10) {
      bench.writer.onCheckpoint(epoch(at - 10))
      bench.passes(at, at + 1)
      const put = bench.puts()
      bench.store.handle(put.request)
      bench.writer.onReply(put.id, { kind: 'refused', reason: 'gap' })
      bench.after(500)
    }
    expect(bench.store.usedBytes).toBe(64)
  })

  it('takes its image at the boundary, however late it may put it', () => {
    const bench = new PartBench().passes(10, 11)
    bench.body.at = epoch(14)
    bench.stores()
    const reply = bench.store.handle({ kind: 'get', blob: 'part/1/sums/0/10/11/1', from: 0, most: 1000 })
    expect(reply).toMatchObject({
      image: [
        { kind: 'boundary', at: 10 },
        { kind: 'egress', record: 10 },
      ],
    })
  })

  it('asks until the store is cleared, and only then puts', () => {
    const bench = new PartBench().holdsPieceOf('part/1/sums/0/2/5/1').passes(10, 11)
    bench.writer.onReply(bench.asksOne()[0]!.id, { kind: 'unavailable' })
    expect(bench.asks()).toEqual([])
    const [listed] = bench.after(20).asksOne()
    bench.writer.onReply(listed!.id, bench.store.handle(listed!.request))
    bench.writer.onReply(bench.asksOne()[0]!.id, { kind: 'unavailable' })
    expect(bench.asks()).toEqual([])
    expect(bench.after(40).asks()).toEqual([
      'discard part/1/sums/0/2/5/1',
      'part/1/sums/0/10/11/1 0',
      'part/1/sums/0/10/11/1 1 last',
    ])
  })

  it('gives up a part that is discarded under it, and writes it where it passes next', () => {
    const bench = new PartBench().passes(10, 11)
    const put = bench.puts()
    bench.writer.onReply(put.id, bench.store.handle(put.request))
    bench.store.handle({ kind: 'discard', blob: 'part/1/sums/0/10/11/1' })
    expect(bench.stores()).toEqual(['part/1/sums/0/10/11/1 1 last'])
    expect(bench.store.handle({ kind: 'list', prefix: '' })).toMatchObject({ names: [] })
    expect(bench.after(20).passes(20, 21).stores().length).toBe(2)
  })

  it('puts a piece without an answer again, and goes on if it had landed', () => {
    const bench = new PartBench().passes(10, 11)
    const put = bench.puts()
    bench.store.handle(put.request)
    expect(bench.after(500).stores()).toEqual([])
    expect(bench.after(20).stores()).toEqual(['part/1/sums/0/10/11/1 0', 'part/1/sums/0/10/11/1 1 last'])
    expect(bench.store.handle({ kind: 'list', prefix: '' })).toMatchObject({ unfinished: [] })
    expect(bench.writer.onReply(put.id, { kind: 'done' })).toBe(false)
  })

  it('gives a part up whose piece without an answer did not land, and was discarded (S6)', () => {
    const name = 'part/1/sums/0/10/11/1'
    const bench = new PartBench().passes(10, 11)
    const [first] = [bench.puts()]
    bench.writer.onReply(first.id, bench.store.handle(first.request))
    const second = bench.puts()
    bench.after(500).stores()
    bench.store.handle({ kind: 'discard', blob: name })
    expect([second.text, bench.after(20).stores()]).toEqual([`${name} 1 last`, [`${name} 1 last`]])
    expect(bench.store.handle({ kind: 'list', prefix: '' })).toMatchObject({ names: [], unfinished: [] })
    expect(bench.after(40).passes(20, 21).stores().length).toBe(2)
  })

  it('writes where it will stay: to the next epoch at a drain, from the boundary before at the end', () => {
    const drained = new PartBench()
    drained.body.at = epoch(33)
    drained.writer.stopping(drained.body)
    expect(drained.stores()[0]).toBe('part/1/sums/0/33/34/1 0')
    const ended = new PartBench()
    ended.body.before = epoch(30)
    ended.body.at = EPOCH_END
    ended.writer.stopping(ended.body)
    expect(ended.stores()[0]).toBe('part/1/sums/0/30/Infinity/1 0')
  })

  it('writes the last part for a twin that died before it had', () => {
    const bench = new PartBench()
    bench.stance.writesParts = false
    bench.body.at = EPOCH_END
    bench.writer.stopping(bench.body)
    expect(bench.stores()).toEqual([])
    bench.stance.writesParts = true
    bench.writer.stopping(bench.body)
    expect(bench.stores().length).toBe(2)
  })

  it('tries the last part again until it is stored, and then no more', () => {
    const bench = new PartBench()
    bench.body.at = epoch(33)
    bench.writer.stopping(bench.body)
    const put = bench.puts()
    bench.writer.onReply(put.id, { kind: 'refused', reason: 'gap' })
    bench.writer.stopping(bench.body)
    expect(bench.asksOne()).toEqual([])
    bench.after(DEFAULT_LIMITS.retryMs).writer.stopping(bench.body)
    expect(bench.stores().length).toBe(2)
    bench.writer.stopping(bench.body)
    expect(bench.stores()).toEqual([])
  })

  it('is written by the twin too where its writer seems not to reach the store', () => {
    const bench = new PartBench()
    bench.stance.writesParts = false
    for (const cut of [10, 20, 30]) expect(bench.passes(cut, cut + 1).stores()).toEqual([])
    expect(bench.passes(40, 41).stores()).toHaveLength(2)
    bench.body.at = epoch(44)
    bench.writer.stopping(bench.body)
    expect(bench.stores()).toEqual([])
    bench.context.now += 2 * DEFAULT_LIMITS.hedgeMs
    bench.writer.stopping(bench.body)
    expect(bench.stores()).toHaveLength(2)
  })

  it('leaves alone what its twin may be at', () => {
    const bench = new PartBench().holdsPieceOf('part/1/sums/0/10/11/2').holdsPieceOf('part/1/sums/0/10/11/9')
    bench.stance.twin = incarnation(2)
    expect(
      bench
        .passes(20, 21)
        .asks()
        .filter((one) => one.startsWith('discard')),
    ).toEqual(['discard part/1/sums/0/10/11/9'])
  })
})
