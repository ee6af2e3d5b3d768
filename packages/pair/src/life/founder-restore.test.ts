import { epoch, run } from '@pollux/protocol'
import type { Image } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { at } from '../../test-kit/items.ts'
import { PairBench } from '../../test-kit/pair-bench.ts'
import { viewOf } from '../../test-kit/views.ts'
import { FounderRestore } from './founder-restore.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { MemoryStore } from '../ports/memory-store.ts'
import { type Checkpoint, firstRun } from '../checkpoint/run-key.ts'

const PART = 'part/1/sums/0/10/11/1'
const GET = { kind: 'get', blob: PART, from: 0, most: DEFAULT_LIMITS.imageSliceBytes }
const NEWER = 'part/1/sums/0/20/21/1'

/** State at a boundary: one input there, with this watermark. */
function imageAt(boundary: number): Image {
  const input = { position: at(boundary, 40), digest: 5, watermark: 90, idle: false, dictionaries: [] }
  return [
    { kind: 'boundary', at: epoch(boundary), before: epoch(boundary - 1), watermark: 90 },
    { kind: 'input', channel: 0, ...input },
  ]
}

function cut(boundary: number, parts: Checkpoint['parts']): Checkpoint {
  return { run: run(1), epoch: epoch(boundary), parts }
}

const RETRY_MS = DEFAULT_LIMITS.retryMs

class Bench extends PairBench {
  readonly restore: FounderRestore
  readonly store = new MemoryStore()

  constructor(checkpoint: Checkpoint | null = null, imageSliceBytes = DEFAULT_LIMITS.imageSliceBytes) {
    super('sums/0', { limits: { replyMs: 500, imageSliceBytes } })
    this.restore = new FounderRestore(this.parts, this.run)
    this.parts.stance.role = 'member'
    this.keyed({ ...firstRun('plan'), checkpoint })
    this.neighbour('orders/0', viewOf({ members: ['a7'] }))
    this.log.clear()
  }

  has(blob: string, image: Image): Bench {
    this.store.handle({ kind: 'put', blob, attempt: 0, piece: 0, image, last: true, reserved: false })
    return this
  }

  asks() {
    this.restore.poll()
    return this.log.taken('store')
  }

  /** What it asks now, answered. */
  turn(): string[] {
    return this.asks().map(({ id, request }) => {
      this.restore.onReply(id, this.store.handle(request))
      return request.kind === 'get' ? request.blob : request.kind
    })
  }

  get state(): readonly unknown[] {
    const { body, inputs } = this.parts
    return [this.restore.done, body.at, inputs.ports[0]!.channel.next]
  }
}

describe('a founder', () => {
  it('restores its part of the checkpoint, and only then goes on from there', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART, 'orders/0': 'other' })).has(PART, imageAt(10))
    const [asked] = bench.asks()
    expect([asked!.request, bench.state]).toEqual([GET, [false, 0, at(0, 0)]])
    bench.restore.onReply(asked!.id, bench.store.handle(asked!.request))
    expect(bench.state).toEqual([true, 10, at(10, 40)])
    expect([bench.parts.inputs.watermark, bench.parts.body.before]).toEqual([90, 9])
    expect([bench.log.events(), bench.turn()]).toEqual([['* restored 10'], []])
  })

  it('subscribes from where its part leaves off, and reads the upstream view afresh for it', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART })).has(PART, imageAt(10))
    bench.turn()
    expect(bench.log.links()).toEqual(['1 -> a7: subscribe #7 channel 0 from 10:40'])
    expect(bench.log.taken('coordinator').map(({ request }) => request)).toEqual([
      { kind: 'read', key: 'view/orders/0' },
    ])
  })

  it('begins with nothing where no checkpoint is, and reads nothing', () => {
    const bench = new Bench()
    expect([bench.turn(), bench.state]).toEqual([[], [true, 0, at(0, 0)]])
    expect(bench.log.events()).toEqual(['* restored 0'])
    expect(bench.log.links()).toEqual(['1 -> a7: subscribe #7 channel 0 from 0:0'])
  })

  it('loads a state once: what a member has processed since is not replaced', () => {
    const bench = new Bench()
    bench.turn()
    bench.keyed({ ...firstRun('plan'), checkpoint: cut(10, { 'sums/0': PART }) }).has(PART, imageAt(10))
    expect([bench.turn(), bench.state]).toEqual([[], [true, 0, at(0, 0)]])
  })

  it('waits until it is a member', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART })).has(PART, imageAt(10))
    bench.parts.stance.role = 'outsider'
    expect([bench.turn(), bench.restore.done]).toEqual([[], false])
    bench.parts.stance.role = 'member'
    expect([bench.turn(), bench.restore.done]).toEqual([[PART], true])
  })

  it('restores nothing after it has caught up instead', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART })).has(PART, imageAt(10))
    bench.restore.skip()
    expect([bench.turn(), bench.state]).toEqual([[], [true, 0, at(0, 0)]])
  })

  it('drops the answer to a reading that catching up has overtaken', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART })).has(PART, imageAt(10))
    const [asked] = bench.asks()
    bench.restore.skip()
    bench.restore.onReply(asked!.id, bench.store.handle(asked!.request))
    expect([bench.state, bench.log.events()]).toEqual([[true, 0, at(0, 0)], []])
  })

  it('cannot begin from a checkpoint that says nothing of its pair', () => {
    const bench = new Bench(cut(10, { 'orders/0': PART }))
    expect([bench.turn(), bench.restore.done]).toEqual([[], false])
    expect(bench.restore.impossible).toBe('the checkpoint has no part for this pair')
  })

  it('has one reading under way, and asks again when no answer comes', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART })).has(PART, imageAt(10))
    const [lost] = bench.asks()
    expect(bench.after(499).turn()).toEqual([])
    bench.after(1).restore.poll()
    bench.after(RETRY_MS).restore.poll()
    const [again] = bench.asks()
    expect(again!.request).toEqual(GET)
    bench.restore.onReply(again!.id, bench.store.handle(again!.request))
    bench.restore.onReply(lost!.id, { kind: 'image', image: imageAt(99), next: null })
    expect(bench.state).toEqual([true, 10, at(10, 40)])
  })

  it('reads a part of any size, though no answer may take long: piece by piece (S7)', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART }), 1).has(PART, imageAt(10))
    expect([bench.turn(), bench.state]).toEqual([[PART], [false, 0, at(0, 0)]])
    const [lost] = bench.asks()
    bench.after(500).restore.poll()
    expect([lost!.request, bench.after(RETRY_MS).turn()]).toEqual([{ ...GET, from: 1, most: 1 }, [PART]])
    expect(bench.state).toEqual([true, 10, at(10, 40)])
  })

  it('loads the state of a group once, in however many pieces that was stored', () => {
    const pieces = [[1, 2], [3, 4], [5]].map((of) => {
      return { kind: 'group' as const, group: 3, bytes: Uint8Array.from(of) }
    })
    const image: Image = [...imageAt(10), ...pieces, { kind: 'group', group: 4, bytes: Uint8Array.of(6) }]
    const bench = new Bench(cut(10, { 'sums/0': PART }), 20).has(PART, image)
    const loaded: string[] = []
    bench.parts.runner.load = (part) => {
      if (part.kind === 'group') loaded.push(`${part.group}: ${part.bytes.join(' ')}`)
    }
    while (!bench.restore.done) expect(bench.turn()).toEqual([PART])
    expect(loaded).toEqual(['3: 1 2 3 4 5', '4: 6'])
  })

  it('begins with nothing of the part that is deleted under it, and goes to the newer one', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART }), 1).has(PART, imageAt(10)).has(NEWER, imageAt(20))
    const newer = { ...firstRun('plan'), checkpoint: cut(20, { 'sums/0': NEWER }) }
    bench.coordinator.handle({ kind: 'swap', key: 'run', version: 1, value: newer })
    bench.turn()
    bench.store.handle({ kind: 'delete', blob: PART })
    bench.turn()
    bench.run.key.poll()
    bench.answer().after(RETRY_MS)
    expect([bench.turn(), bench.turn(), bench.state]).toEqual([[NEWER], [NEWER], [true, 20, at(20, 40)]])
    expect(bench.parts.body.before).toBe(19)
  })

  it('goes to the newer checkpoint when its part is gone: that one has replaced it', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART })).has(NEWER, imageAt(20))
    const newer = { ...firstRun('plan'), checkpoint: cut(20, { 'sums/0': NEWER }) }
    bench.coordinator.handle({ kind: 'swap', key: 'run', version: 1, value: newer })
    expect([bench.turn(), bench.restore.done]).toEqual([[PART], false])
    bench.run.key.poll()
    expect(bench.answer().turn()).toEqual([])
    expect([bench.after(RETRY_MS).turn(), bench.state]).toEqual([[NEWER], [true, 20, at(20, 40)]])
  })

  it('pauses, longer and longer, before it asks a store again that refuses', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART }))
    const refuse = (): void => bench.restore.onReply(bench.asks()[0]!.id, { kind: 'unavailable' })
    refuse()
    expect(bench.asks()).toEqual([])
    bench.after(RETRY_MS)
    refuse()
    expect(bench.after(RETRY_MS).asks()).toEqual([])
    expect(bench.after(RETRY_MS).asks()).toHaveLength(1)
  })

  it('keeps asking while the store is out of reach', () => {
    const bench = new Bench(cut(10, { 'sums/0': PART })).has(PART, imageAt(10))
    const [asked] = bench.asks()
    bench.restore.onReply(asked!.id, { kind: 'unavailable' })
    expect([bench.state[0], bench.restore.impossible]).toEqual([false, null])
    expect([bench.after(320).turn(), bench.restore.done]).toEqual([[PART], true])
  })
})
