import { epoch, incarnation } from '@pollux/protocol'
import type { FrameMessage, ImagePart } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { EffectLog } from '../../test-kit/effect-log.ts'
import { at, frameAt } from '../../test-kit/items.ts'
import { member } from '../../test-kit/views.ts'
import { CatchUpSurvivor } from './catch-up-survivor.ts'
import { ImageStream } from './image-stream.ts'
import { TwinLink } from '../life/twin-link.ts'

/** A slice holds one part. */
const LIMITS = { imageSliceBytes: 1, imageSlicesInFlight: 2 }

class Bench {
  readonly context = contextAt('sums/0', { limits: LIMITS })
  readonly twin = new TwinLink(this.context)
  readonly survivor = new CatchUpSurvivor(this.context, this.twin)
  readonly log = new EffectLog(this.context)

  constructor() {
    this.twin.accept(member('b2'), 2)
    this.log.clear()
  }

  /** Begins with an image of these frames. */
  begins(kept: readonly FrameMessage[]): Bench {
    const parts: ImagePart[] = kept.map((item) => ({ kind: 'item', channel: 1, item }))
    const image = new ImageStream(parts, null)
    this.survivor.begin(incarnation(2), { at: epoch(7), inputs: [], image })
    return this
  }

  /** The same, and everything is retained for the joiner. */
  streams(kept: readonly FrameMessage[]): Bench {
    this.begins(kept).survivor.onRetained()
    return this
  }

  stored(index: number): string[] {
    this.survivor.onSliceStored(index)
    return this.log.links()
  }
}

function frames(count: number): FrameMessage[] {
  return Array.from({ length: count }, (_, number) => frameAt(at(7, number), number))
}

function readers(all: readonly FrameMessage[]): number[] {
  return all.map(({ frame }) => frame.readers)
}

function slices(...indexes: (number | 'last')[]): string[] {
  const last = indexes.at(-1) === 'last' ? indexes.length - 2 : -1
  return indexes.flatMap((index, place) =>
    index === 'last' ? [] : [`2: state-slice ${index} (1 parts${place === last ? ', last' : ''})`],
  )
}

describe('a survivor', () => {
  it('tells the boundary, and holds its acks there until everything is retained', () => {
    const bench = new Bench().begins(frames(1))
    expect(bench.log.links()).toEqual(['2: catch-up at 7'])
    expect([bench.survivor.holdsAcks, bench.survivor.streamed]).toEqual([true, false])
    bench.survivor.onRetained()
    expect(bench.survivor.holdsAcks).toBe(false)
  })

  it('sends nothing of its image before that', () => {
    const bench = new Bench().begins(frames(3))
    bench.log.clear()
    expect(bench.stored(0)).toEqual([])
  })

  it('has no more slices under way than its window, and sends one for each that is stored', () => {
    const bench = new Bench().streams(frames(5))
    expect(bench.log.links().slice(1)).toEqual(slices(0, 1))
    expect(bench.stored(0)).toEqual(slices(2))
    expect(bench.stored(1)).toEqual(slices(3))
  })

  it('counts with a stored slice those before it, and none twice', () => {
    const bench = new Bench().streams(frames(9))
    bench.log.clear()
    expect([bench.stored(1), bench.stored(0), bench.stored(1)]).toEqual([slices(2, 3), [], []])
    expect(bench.stored(2)).toEqual(slices(4))
  })

  it('marks the last slice, and has streamed only then', () => {
    const bench = new Bench().streams(frames(3))
    bench.log.clear()
    expect(bench.survivor.streamed).toBe(false)
    expect([bench.stored(0), bench.survivor.streamed]).toEqual([slices(2, 'last'), true])
    expect([bench.stored(1), bench.stored(2)]).toEqual([[], []])
  })

  it('sends an image of nothing as one empty slice: the joiner waits for a last one', () => {
    const bench = new Bench().streams([])
    expect([bench.log.links()[1], bench.survivor.streamed]).toEqual([
      '2: state-slice 0 (0 parts, last)',
      true,
    ])
  })

  it('sends its image once, however often it hears that everything is retained', () => {
    const bench = new Bench().streams(frames(9))
    bench.log.clear()
    bench.survivor.onRetained()
    expect([bench.log.links(), bench.stored(0)]).toEqual([[], slices(2)])
    const done = new Bench().streams(frames(1))
    done.log.clear()
    done.survivor.onRetained()
    expect([done.log.links(), done.survivor.streamed]).toEqual([[], true])
  })

  it('sends nothing to nobody: what a joiner says after the end is not heeded', () => {
    const bench = new Bench().begins(frames(3))
    bench.survivor.end()
    bench.log.clear()
    bench.survivor.onRetained()
    expect([bench.stored(0), bench.survivor.holdsAcks, bench.survivor.joiner]).toEqual([[], false, null])
  })

  it('names its joiner until the end, whole image or not', () => {
    const bench = new Bench().begins(frames(3))
    const joiners = [bench.survivor.joiner]
    bench.survivor.onRetained()
    joiners.push(bench.survivor.joiner)
    bench.survivor.onSliceStored(1)
    joiners.push(bench.survivor.joiner)
    bench.survivor.end()
    expect([...joiners, bench.survivor.joiner, bench.survivor.streamed]).toEqual([2, 2, 2, null, false])
  })
})

describe('the image of a survivor', () => {
  it('is let go of when the joiner is gone before it was asked for', () => {
    const kept = frames(2)
    const bench = new Bench().begins(kept)
    expect(readers(kept)).toEqual([1, 1])
    bench.survivor.end()
    bench.survivor.end()
    expect([readers(kept), bench.survivor.holdsAcks]).toEqual([[0, 0], false])
  })

  it('is let go of, as far as it has not been sent, when the joiner is gone amid it', () => {
    const kept = frames(4)
    const bench = new Bench().streams(kept)
    bench.survivor.end()
    expect(readers(kept)).toEqual([1, 1, 0, 0])
    bench.log.clear()
    expect(bench.stored(0)).toEqual([])
  })

  it('is let go of for the next one, whose slices are counted from 0 again', () => {
    const [first, second] = [frames(4), frames(4)]
    const bench = new Bench().streams(first).begins(second)
    expect([readers(first), readers(second)]).toEqual([
      [1, 1, 0, 0],
      [1, 1, 1, 1],
    ])
    bench.log.clear()
    expect([bench.stored(1), bench.survivor.holdsAcks]).toEqual([[], true])
    bench.survivor.onRetained()
    expect(bench.log.links()).toEqual(slices(0, 1))
  })

  it('opens its window no further for a slice that it never sent', () => {
    const bench = new Bench().streams(frames(9))
    bench.log.clear()
    expect(bench.stored(100)).toEqual(slices(2, 3))
  })
})
