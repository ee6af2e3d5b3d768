import type { SourceReply, SourceRequest } from '@pollux/pair'
import { batchOfToys, chain, KEYS, type ToyRow } from '../runs/toy-rows.ts'
import { ServiceFront } from './service-front.ts'
import type { World } from './world.ts'

type SourceRead = Extract<SourceRequest, { readonly kind: 'read' }>

const ROW_BYTES = 26
const OUT_OF_ORDER_MS = 20
const IDLE_MS = 100

/** The rows of one source, fixed by its seed: what arrives when, and with which event time. */
export class SourceData {
  readonly rows: readonly ToyRow[]
  readonly arrivals: readonly number[]
  /** The latest event time among the rows up to each. */
  readonly newest: readonly number[]

  constructor(
    world: World,
    label: string,
    index: number,
    options: { readonly rows: number; readonly endMs: number },
  ) {
    const random = world.random.fork(`source ${label}`)
    const rows: ToyRow[] = []
    const arrivals: number[] = []
    let at = random.float() * 10
    for (let i = 0; i < options.rows; i++) {
      // Bursts and pauses, so that epochs are empty, short and crowded.
      at += random.chance(0.05)
        ? random.float() * options.endMs * 0.2
        : (random.float() * 2 * options.endMs) / options.rows
      arrivals.push(at)
      const time = Math.max(0, Math.floor(at - random.float() * OUT_OF_ORDER_MS))
      rows.push({ id: index * 100_000 + i, key: random.below(KEYS), at: time, value: random.below(1000) })
    }
    this.rows = rows
    this.arrivals = arrivals
    let newest = Number.MIN_SAFE_INTEGER
    this.newest = rows.map((row) => (newest = Math.max(newest, row.at)))
  }
}

/** A replayable source: any replica may read any range, as long as it can reach it. */
export class SourceModel {
  readonly #world: World
  readonly #data: SourceData
  readonly front: ServiceFront
  #rewritten = { from: 0, to: 0 }
  /** Until then it says that more may come, whatever it has left. */
  mayEnd = (): boolean => true

  constructor(world: World, data: SourceData) {
    this.#world = world
    this.#data = data
    this.front = new ServiceFront(world, { leastMs: 0.2, spreadMs: 1 })
  }

  /** Somebody rewrites rows [from, to) of the source: who reads them again reads something else. */
  rewrite(from: number, to: number): void {
    this.#rewritten = { from, to }
  }

  request(slot: string, request: SourceRequest, answer: (reply: SourceReply) => void): void {
    this.front.request<SourceReply>(
      slot,
      { kind: 'unavailable' },
      (reply) => {
        if (request.kind === 'probe') reply({ kind: 'reached' })
        else this.#look(request, this.#world.now + request.waitMs, reply)
      },
      answer,
    )
  }

  /** Waits until there is something to say, or for as long as it may. */
  #look(request: SourceRead, deadline: number, reply: (reply: SourceReply) => void): void {
    const found = this.#read(request, this.#world.now >= deadline)
    if (found !== null) reply(found)
    else {
      const next = Math.min(deadline, this.#nextArrival(request))
      this.#world.at(next, () => this.#look(request, deadline, reply))
    }
  }

  #asRewritten(row: ToyRow, place: number): ToyRow {
    const { from, to } = this.#rewritten
    return place >= from && place < to ? { ...row, value: row.value + 1 } : row
  }

  #nextArrival(request: SourceRead): number {
    return this.#data.arrivals[Number(request.from)] ?? Number.POSITIVE_INFINITY
  }

  #read(request: SourceRead, last: boolean): SourceReply | null {
    const from = Number(request.from)
    const { rows, arrivals } = this.#data
    const now = this.#world.now
    const most = Math.max(1, Math.floor(request.bytes / ROW_BYTES))
    let to = request.to === null ? from : Number(request.to)
    if (request.to === null) while (to < rows.length && arrivals[to]! <= now && to - from < most) to++
    const ended = request.to === null && to === rows.length && this.mayEnd()
    if (to === from && !ended && !last) return null
    const taken = rows.slice(from, to).map((row, place) => this.#asRewritten(row, from + place))
    const newest = this.#data.newest[to - 1] ?? Number.MIN_SAFE_INTEGER
    return {
      kind: 'rows',
      from: request.from,
      to: String(to),
      batch: taken.length === 0 ? null : batchOfToys(taken),
      digest: taken.reduce((digest, row) => chain(digest, row.id, row.value), 0),
      bytes: taken.length * ROW_BYTES,
      watermark: to === 0 ? newest : newest - OUT_OF_ORDER_MS,
      idle: to === from && !ended && now - (arrivals[from - 1] ?? 0) > IDLE_MS,
      ended,
    }
  }
}
