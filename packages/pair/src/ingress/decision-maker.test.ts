import { epoch, EPOCH_END } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { IngressBench, ROW_BYTES } from '../../test-kit/ingress-bench.ts'

describe('a leader decides', () => {
  it('an epoch when its clock has passed it, with the rows that are there', () => {
    const bench = new IngressBench()
    bench.rows = 2
    expect(bench.works().decided()).toEqual([])
    expect(bench.after(10).works().decided()).toEqual(['[0, 1) 2 rows, sealed, watermark 15'])
  })

  it('nothing before its log is fenced and read, nor before it knows what its pair has promised', () => {
    const bench = new IngressBench({ mayDecide: false })
    bench.rows = 2
    expect(bench.after(50).works(false).decided()).toEqual([])
    expect(bench.after(50).works().decided()).toEqual([])
    expect(bench.stands({ mayDecide: true }).after(10).works().decided()).toHaveLength(1)
  })

  it('nothing while nothing comes, but for a long range now and then', () => {
    const bench = new IngressBench({}, { idleEpochs: 25 })
    // That nothing comes is news, once.
    expect(bench.works().after(10).works().decided()).toEqual(['[0, 1) 0 rows, sealed, watermark none'])
    expect(bench.after(240).works().decided()).toHaveLength(1)
    expect(bench.after(10).works().decided(2)).toEqual(['[1, 26) 0 rows, sealed, watermark none'])
  })

  it('the whole range at once when others are further, and goes on from there', () => {
    const bench = new IngressBench()
    bench.works().body.onHint(epoch(90))
    expect(bench.works().decided()).toEqual(['[0, 90) 0 rows, sealed, watermark none'])
    bench.rows = 1
    expect(bench.after(10).works().decided(2)).toEqual(['[90, 91) 1 rows, sealed, watermark 5'])
    bench.body.onHint(epoch(40))
    expect(bench.after(9).works().decided()).toHaveLength(2)
  })

  it('slices of the epoch in progress under load, the last of which carries the seal', () => {
    const bench = new IngressBench()
    bench.rows = 8
    expect(bench.works().decided()).toEqual(['[0, 1) 3 rows, watermark 25', '[0, 1) 3 rows, watermark 55'])
    expect([bench.body.settled, bench.body.at]).toEqual([false, 0])
    expect(bench.after(10).works().decided(3)).toEqual(['[0, 1) 2 rows, sealed, watermark 75'])
    expect([bench.body.settled, bench.body.at]).toEqual([true, 1])
  })

  it('no rows under pressure, but closes the epoch that is open: consumers could not ack half of it', () => {
    const bench = new IngressBench({}, { markBytes: 3 * ROW_BYTES })
    bench.rows = 5
    bench.works()
    expect(bench.decided()).toEqual(['[0, 1) 3 rows, watermark 25', '[0, 1) 0 rows, sealed, watermark 25'])
    expect(bench.log.events()).toContain('* pressure true')
  })

  it('no more than may be lost before it is durable', () => {
    const bench = new IngressBench({}, { undurableMax: 2 }).works()
    bench.rows = 1000
    for (let count = 0; count < 6; count++) bench.after(10).works(false)
    expect(bench.body.book.tail).toBe(2)
    expect(bench.after(10).works().body.book.tail).toBeGreaterThan(2)
  })

  it('nothing past the epoch at which a drain stops', () => {
    const bench = new IngressBench({ drainAt: epoch(3) })
    bench.rows = 1
    expect(bench.works().after(80).works().decided()).toEqual(['[0, 3) 1 rows, sealed, watermark 5'])
    expect(bench.after(80).works().body.stopsAt).toBe(3)
  })

  it('the end where a drain that finishes stops, or where the source has ended and all is decided', () => {
    const drained = new IngressBench({ drainAt: epoch(3), finish: true }).works().after(80).works()
    expect(drained.decided(2)).toEqual(['[3, end) 0 rows, sealed, watermark end'])
    const ended = new IngressBench()
    ended.rows = 1
    ended.ends = true
    expect(ended.works().after(10).works().decided(2)).toEqual(['[1, end) 0 rows, sealed, watermark end'])
    expect([ended.body.at, ended.body.stopsAt]).toEqual([EPOCH_END, 1])
    expect(ended.after(500).works().body.book.tail).toBe(2)
  })

  it('again only when the clock says so: it asks to be woken then, and not before', () => {
    const bench = new IngressBench({}, { idleEpochs: 25 }).works()
    bench.after(10).works()
    expect(bench.body.wakeAt).toBe(260)
    bench.rows = 1
    bench.after(4).works()
    expect(bench.body.wakeAt).toBe(20)
    bench.stands({ leads: null })
    expect(bench.body.wakeAt).toBe(null)
  })
})
