import { crc32c, epoch, EPOCH_END } from '@pollux/protocol'
import type { BoundaryContext, Emitter, EpochContext, Operator, RowSet } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt, taken } from '../test-kit/context-at.ts'
import { linesOf } from '../test-kit/effect-lines.ts'
import { at, frameAt, sealAt } from '../test-kit/items.ts'
import { KnownViews } from '../test-kit/known-views.ts'
import { viewOf } from '../test-kit/views.ts'
import { ConsumerBody } from './consumer-body.ts'
import { InputSide } from './channel/input-side.ts'
import type { Limits } from './limits.ts'
import { OutputSide } from './channel/output-side.ts'
import { PartWriter } from './checkpoint/part-writer.ts'
import { SinkQueue } from './egress/sink-queue.ts'
import { StageRunner } from './stage-runner.ts'
import { Stance } from './life/stance.ts'

/** Passes rows on, fails at the row 13, and writes down in which order it was called. */
class Scribe implements Operator {
  readonly state = null
  readonly lines: string[] = []
  failsBefore = -1

  process(_port: number, rows: RowSet, { epoch: during }: EpochContext, out: Emitter): void {
    this.lines.push(`${String(rows.value(0, 0))} in ${during}`)
    if (rows.value(0, 0) === 13) throw new RangeError('13')
    out.emit(0, rows)
  }

  boundary({ epochFrom, epochTo, watermark }: BoundaryContext): void {
    if (epochTo === this.failsBefore) throw new RangeError(String(epochTo))
    this.lines.push(`[${epochFrom}, ${epochTo}) ${watermark}`)
  }
}

/** sums/0 with two inputs, a member of its pair; or wall/0 with one. */
class Bench {
  readonly operator = new Scribe()
  readonly context
  readonly known: KnownViews
  readonly stance: Stance
  readonly inputs: InputSide
  readonly outputs: OutputSide
  readonly queue: SinkQueue
  readonly parts: PartWriter
  readonly runner: StageRunner
  readonly body: ConsumerBody

  constructor(limits: Partial<Limits> = {}, place = 'sums/0') {
    const choice = { ingresses: 2, checkpointEvery: 10, operator: this.operator }
    this.context = contextAt(place, { ...choice, limits })
    this.known = new KnownViews(this.context)
    this.stance = new Stance(this.context)
    this.stance.role = 'member'
    this.stance.writesParts = true
    this.inputs = new InputSide(this.context, this.known.views, crc32c)
    this.outputs = new OutputSide(this.context, this.known.views, crc32c)
    this.queue = new SinkQueue(this.inputs)
    this.parts = new PartWriter(this.context, this.stance)
    const output = place === 'sums/0' ? this.outputs : this.queue
    this.runner = new StageRunner(this.context, output)
    const { stance, runner, parts: partWriter } = this
    this.body = new ConsumerBody(this.inputs, { stance, output, runner, partWriter })
  }

  /** A producer of each input has accepted us: link 1 is channel 0's, link 3 channel 1's. */
  linked(): this {
    for (const pair of this.context.identity.place.upstream)
      this.known.learn(pair, viewOf({ members: ['a1'] }))
    this.inputs.subscribe(this.known.views)
    this.inputs.ports.forEach((port, index) => port.links.onAccept(1 + 2 * index, at(0, 0)))
    this.known.answer()
    this.context.take()
    return this
  }

  frame(index: number, id: number): this {
    const { channel } = this.inputs.ports[index]!
    channel.receive(frameAt(channel.next, id))
    return this
  }

  seal(index: number, to: number, watermark = 0, idle = false): this {
    const { channel } = this.inputs.ports[index]!
    channel.receive({ ...sealAt(channel.next, to, watermark), idle })
    return this
  }

  /** Both inputs are closed up to each of these in turn. */
  sealAll(...ends: number[]): this {
    for (const to of ends) this.seal(0, to).seal(1, to)
    return this
  }

  work(): string[] {
    this.body.work()
    return this.operator.lines.splice(0)
  }

  did(): string[] {
    return linesOf(this.context.take())
  }
}

describe('a consumer at work', () => {
  it('takes rows by epoch and channel, and fires triggers between epochs', () => {
    const bench = new Bench().frame(1, 20).seal(1, 1, 5).frame(1, 21).frame(0, 10).seal(0, 1, 7)
    expect(bench.work()).toEqual(['10 in 0', '20 in 0', '[0, 1) 5'])
    bench.frame(0, 11).seal(0, 2, 8).seal(1, 2, 9)
    expect(bench.work()).toEqual(['11 in 1', '21 in 1', '[1, 2) 8'])
    expect([bench.body.at, bench.body.before]).toEqual([2, 1])
  })

  it('never lets event time fall, and says that nothing moves when all inputs are idle', () => {
    const bench = new Bench().seal(0, 1, 30).seal(1, 1, 40)
    bench.seal(0, 2, 30, true).seal(1, 2, 40, true).seal(0, 3, 10, true).seal(1, 3, 20)
    bench.seal(0, 4, 35).seal(1, 4, 40)
    expect(bench.work()).toEqual(['[0, 1) 30', '[1, 2) 30', '[2, 3) 40', '[3, 4) 40'])
    const { buffer } = bench.outputs.channels[0]!
    const seals = [0, 1, 2].map((item) => buffer.item(item).message)
    expect(seals.map((message) => message.kind === 'seal' && message.idle)).toEqual([false, true, false])
  })

  it('tells the producers that it waits for how far the others are', () => {
    const bench = new Bench().linked().seal(0, 4)
    bench.work()
    expect(bench.did()).toEqual(['3: behind 4'])
  })

  it('does nothing after the end', () => {
    const bench = new Bench().sealAll(1, EPOCH_END)
    expect(bench.work()).toHaveLength(2)
    expect([bench.work(), bench.body.at, bench.body.before]).toEqual([[], EPOCH_END, 1])
  })

  it('stops for good where the operator fails, and does not seal that epoch', () => {
    const bench = new Bench().frame(0, 12).frame(0, 13).frame(0, 14).sealAll(1, 2)
    expect(bench.work()).toEqual(['12 in 0', '13 in 0'])
    expect([bench.work(), bench.body.at, bench.outputs.channels[0]!.buffer.end]).toEqual([[], 0, 0])
    expect(bench.runner.failure).toEqual({ epoch: 0, seq: 1, code: 'RangeError: 13' })
  })
})

describe('a consumer that stops', () => {
  it('stops at its mark between epochs, and goes on when there is room', () => {
    const bench = new Bench({ markBytes: 1 }).frame(0, 1).frame(1, 2).sealAll(1).frame(0, 3).sealAll(2)
    expect(bench.work()).toEqual(['1 in 0', '2 in 0', '[0, 1) 0'])
    expect(bench.work()).toEqual([])
    bench.outputs.channels[0]!.evictTo(at(1, 2))
    expect(bench.work()).toEqual(['3 in 1', '[1, 2) 0'])
  })

  it('finishes an epoch it has begun though its buffer is full by then', () => {
    const bench = new Bench({ markBytes: 60, frameBytes: 1 }).frame(0, 1).frame(0, 2)
    expect(bench.work()).toEqual(['1 in 0', '2 in 0'])
    expect([bench.outputs.overMark, bench.body.settled]).toEqual([true, false])
    expect(bench.frame(0, 3).sealAll(1, 2).work()).toEqual(['3 in 0', '[0, 1) 0'])
  })

  it('does not stop at its mark as a joiner: nobody acks to it yet', () => {
    const bench = new Bench({ markBytes: 1 }).sealAll(1, 2)
    bench.stance.role = 'joiner'
    expect(bench.work()).toHaveLength(2)
  })

  it('rests for its joiner between epochs, but does not as a joiner itself', () => {
    const bench = new Bench().frame(0, 1)
    bench.work()
    bench.stance.rest(10)
    expect(bench.sealAll(1, 2).work()).toEqual(['[0, 1) 0'])
    bench.context.now = 10
    expect(bench.work()).toEqual(['[1, 2) 0'])
    bench.stance.role = 'joiner'
    bench.stance.rest(10)
    expect(bench.sealAll(3).work()).toEqual(['[2, 3) 0'])
  })
})

describe('a part of a checkpoint', () => {
  function partsOf(bench: Bench): string[] {
    bench.parts.poll(bench.body)
    for (const { id } of taken(bench.context, 'store')) {
      bench.parts.onReply(id, { kind: 'names', names: [], unfinished: [] })
    }
    bench.parts.poll(bench.body)
    return taken(bench.context, 'store').flatMap(({ request }) =>
      request.kind === 'put' ? [request.blob] : [],
    )
  }

  it('is taken at the boundary before a multiple, before anything behind it is processed', () => {
    const bench = new Bench().sealAll(8, 12)
    bench.work()
    expect(partsOf(bench)).toEqual(['part/1/sums/0/8/12/1'])
  })

  it('is taken before the rows of an epoch behind the multiple, though its seal is not there', () => {
    const bench = new Bench().sealAll(8).frame(0, 1)
    bench.work()
    expect(partsOf(bench)).toEqual([])
    const other = new Bench().sealAll(8)
    for (const index of [0, 1]) {
      const { channel } = other.inputs.ports[index]!
      channel.receive({ ...frameAt(channel.next, 7), epoch: epoch(10) })
    }
    expect(other.work()).toEqual(['[0, 8) 0', '7 in 10'])
    expect(partsOf(other)).toEqual(['part/1/sums/0/8/11/1'])
  })

  it('is not taken where it stops: only going on shows what it is valid for', () => {
    const bench = new Bench({ markBytes: 1 }).sealAll(8, 12)
    bench.work()
    expect([bench.body.at, partsOf(bench)]).toEqual([8, []])
  })
})

describe('what a consumer acks', () => {
  const acks = (bench: Bench) => {
    bench.body.ack()
    return bench.did().filter((line) => line.includes('ack'))
  }

  it('is what it has processed, whole epochs', () => {
    const bench = new Bench().linked().frame(0, 1).sealAll(1).frame(0, 2)
    bench.work()
    expect(acks(bench)).toEqual(['1: ack 1:1', '3: ack 1:0'])
  })

  it('is as a joiner what it retains', () => {
    const bench = new Bench().linked().frame(0, 1).sealAll(1, 2)
    bench.stance.role = 'joiner'
    expect(acks(bench)).toEqual(['1: ack 2:1', '3: ack 2:0'])
  })

  it('is nothing while it holds its acks for a joiner, and all of it afterwards', () => {
    const bench = new Bench().linked().sealAll(1, 2)
    bench.work()
    bench.stance.holdsAcks = true
    expect(acks(bench)).toEqual([])
    bench.stance.holdsAcks = false
    expect(acks(bench)).toEqual(['1: ack 2:0', '3: ack 2:0'])
  })

  it('is at a sink only what the sink has committed', () => {
    const bench = new Bench({}, 'wall/0').linked().frame(0, 1).seal(0, 1).frame(0, 2).seal(0, 2)
    bench.work()
    expect([acks(bench), bench.body.settledOutside(epoch(1))]).toEqual([[], false])
    bench.queue.settle(epoch(1))
    expect([acks(bench), bench.body.settledOutside(epoch(1))]).toEqual([['1: ack 1:1'], true])
    expect(bench.body.settledOutside(epoch(2))).toBe(false)
  })
})

describe('an image of a consumer', () => {
  function twinOf(bench: Bench, purpose: 'catch-up' | 'checkpoint'): Bench {
    const twin = new Bench()
    twin.inputs.reset(bench.body.inputPoints(), bench.body.at)
    twin.body.load(bench.body.image(purpose).next(1_000_000))
    return twin
  }

  it('makes a twin that goes on as it does, event time and output included', () => {
    const bench = new Bench().frame(0, 1).seal(0, 3, 30).seal(1, 3, 40)
    bench.seal(0, 4, 30, true).seal(1, 4, 40, true)
    bench.work()
    const twin = twinOf(bench, 'catch-up')
    expect([twin.body.at, twin.body.before, twin.body.settled]).toEqual([4, 3, true])
    const goOn = (one: Bench) => one.frame(1, 2).seal(0, 5, 10, true).seal(1, 5, 20, true).work()
    expect([goOn(bench), goOn(twin)]).toEqual([
      ['2 in 4', '[4, 5) 30'],
      ['2 in 4', '[4, 5) 30'],
    ])
    const [ours, theirs] = [bench, twin].map((one) => one.outputs.channels[0]!.buffer)
    expect([theirs!.kept, theirs!.headDigest]).toEqual([at(0, 0), ours!.headDigest])
  })

  it('leaves out of a checkpoint what is only kept for consumers', () => {
    const bench = new Bench().frame(0, 1).sealAll(3)
    bench.work()
    expect(twinOf(bench, 'checkpoint').outputs.channels[0]!.buffer.kept).toEqual(at(3, 1))
  })

  it('cannot be taken in the middle of an epoch', () => {
    const bench = new Bench().frame(0, 1)
    bench.work()
    expect(() => bench.body.image('catch-up')).toThrow('an image is taken at a boundary')
  })

  it('hands out nothing of itself and acks nothing once its operator has failed at a boundary (P17)', () => {
    const bench = new Bench().linked()
    bench.operator.failsBefore = 2
    bench.sealAll(1, 2, 3).work()
    bench.body.ack()
    expect([bench.body.settled, bench.did()]).toEqual([false, []])
    bench.parts.stopping(bench.body)
    bench.parts.poll(bench.body)
    expect(bench.did()).toEqual([])
  })
})
