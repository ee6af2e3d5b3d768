import { epoch, EPOCH_END } from '@pollux/protocol'
import type { ImagePart } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../test-kit/context-at.ts'
import type { Body } from './body.ts'
import { ImageStream } from './image-stream.ts'
import { PartWriter } from './part-writer.ts'
import { Stance } from './stance.ts'

const LIMITS = { replyMs: 500, imageSliceBytes: 1 }

/** A body that stands somewhere and has an image of two parts; the test says what it owes the outside. */
class StillBody implements Body {
  at = epoch(0)
  before = epoch(0)
  settled = true
  owesFrom = Number.POSITIVE_INFINITY
  readonly work = (): void => undefined
  readonly inputPoints = () => []
  readonly load = (): void => undefined
  readonly ack = (): void => undefined

  image(): ImageStream {
    const boundary: ImagePart = { kind: 'boundary', at: this.at, before: this.before, watermark: 0 }
    return new ImageStream([boundary, { kind: 'egress', record: this.at, nextRow: 0, finalBefore: 0 }], null)
  }

  settledOutside(at: number): boolean {
    return at <= this.owesFrom
  }
}

class Bench {
  readonly context = contextAt('sums/0', { limits: LIMITS, checkpointEvery: 10 })
  readonly stance = new Stance(this.context)
  readonly writer = new PartWriter(this.context, this.stance)
  readonly body = new StillBody()

  constructor() {
    this.stance.writesParts = true
  }

  passes(from: number, to: number): Bench {
    this.body.at = epoch(from)
    this.writer.passing(this.body, epoch(to))
    return this
  }

  /** Puts pieces and has them stored until there is nothing more to put. */
  stores(): string[] {
    const puts: string[] = []
    for (;;) {
      const [put] = this.puts()
      if (put === undefined) return puts
      puts.push(put.text)
      this.writer.onReply(put.id, { kind: 'done' })
    }
  }

  puts(): { readonly id: number; readonly text: string }[] {
    this.writer.poll(this.body)
    return taken(this.context, 'store').flatMap(({ id, request }) => {
      if (request.kind !== 'put') return []
      return [{ id, text: `${request.blob} ${request.piece}${request.last ? ' last' : ''}` }]
    })
  }
}

describe('a part writer', () => {
  it('writes a part for every cut from where it stands to where it goes, if a multiple of K is one', () => {
    expect(new Bench().passes(8, 12).stores()).toEqual([
      'part/1/sums/0/8/12/1 0',
      'part/1/sums/0/8/12/1 1 last',
    ])
    expect(new Bench().passes(10, 11).stores().length).toBe(2)
    expect(new Bench().passes(11, 20).stores()).toEqual([])
    expect(new Bench().passes(11, 21).stores().length).toBe(2)
  })

  it('writes none of the beginning: there is nothing to restore', () => {
    expect(new Bench().passes(0, 1).stores()).toEqual([])
  })

  it('writes none where its twin does', () => {
    const bench = new Bench()
    bench.stance.writesParts = false
    expect(bench.passes(8, 12).stores()).toEqual([])
  })

  it('writes one at a time, each multiple of K once', () => {
    const bench = new Bench().passes(8, 12)
    expect(bench.passes(18, 22).stores()).toEqual(['part/1/sums/0/8/12/1 0', 'part/1/sums/0/8/12/1 1 last'])
    expect(bench.passes(18, 22).stores()).toEqual([])
    expect(bench.passes(28, 31).stores().length).toBe(2)
  })

  it('waits until the outside has been told everything before the cut', () => {
    const bench = new Bench().passes(10, 11)
    bench.body.owesFrom = 9
    expect(bench.stores()).toEqual([])
    bench.body.owesFrom = 10
    expect(bench.stores().length).toBe(2)
  })

  it('gives up a part of which a piece was refused, and writes it where it passes next', () => {
    const bench = new Bench().passes(10, 11)
    const [put] = bench.puts()
    bench.writer.onReply(put!.id, { kind: 'refused', reason: 'full' })
    expect(bench.stores()).toEqual([])
    expect(bench.passes(20, 21).stores().length).toBe(2)
  })

  it('gives up a part of which a piece has no answer', () => {
    const bench = new Bench().passes(10, 11)
    const [put] = bench.puts()
    bench.context.now = 500
    expect([bench.stores(), bench.writer.onReply(put!.id, { kind: 'done' })]).toEqual([[], false])
  })

  it('writes where it will stay: to the next epoch at a drain, from the boundary before at the end', () => {
    const drained = new Bench()
    drained.body.at = epoch(33)
    drained.writer.stopping(drained.body)
    expect(drained.stores()[0]).toBe('part/1/sums/0/33/34/1 0')
    const ended = new Bench()
    ended.body.before = epoch(30)
    ended.body.at = EPOCH_END
    ended.writer.stopping(ended.body)
    expect(ended.stores()[0]).toBe('part/1/sums/0/30/Infinity/1 0')
  })

  it('writes the last part for a twin that died before it had', () => {
    const bench = new Bench()
    bench.stance.writesParts = false
    bench.body.at = EPOCH_END
    bench.writer.stopping(bench.body)
    expect(bench.stores()).toEqual([])
    bench.stance.writesParts = true
    bench.writer.stopping(bench.body)
    expect(bench.stores().length).toBe(2)
  })

  it('tries the last part again until it is stored, and then no more', () => {
    const bench = new Bench()
    bench.body.at = epoch(33)
    bench.writer.stopping(bench.body)
    const [put] = bench.puts()
    bench.writer.onReply(put!.id, { kind: 'unavailable' })
    bench.writer.stopping(bench.body)
    expect(bench.stores().length).toBe(2)
    bench.writer.stopping(bench.body)
    expect(bench.stores()).toEqual([])
  })
})
