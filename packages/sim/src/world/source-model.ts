import type { BatchBuilder } from '@pollux/protocol'
import type { SourceReply, SourceRequest } from '@pollux/pair'
import { ServiceFront } from './service-front.ts'
import type { SourceRows } from './source-rows.ts'
import type { World } from './world.ts'

type SourceRead = Extract<SourceRequest, { readonly kind: 'read' }>

/** A replayable source: any replica may read any range, as long as it can reach it. */
export class SourceModel {
  readonly #world: World
  readonly #data: SourceRows
  readonly front: ServiceFront
  #rewritten = { from: 0, to: 0 }
  /** Until then it says that more may come, whatever it has left. */
  mayEnd = (): boolean => true

  constructor(world: World, data: SourceRows) {
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

  #nextArrival(request: SourceRead): number {
    return this.#data.arrivals[Number(request.from)] ?? Number.POSITIVE_INFINITY
  }

  #read(request: SourceRead, last: boolean): SourceReply | null {
    const from = Number(request.from)
    const data = this.#data
    const { arrivals, length, rowBytes } = data
    const now = this.#world.now
    const most = Math.max(1, Math.floor(request.bytes / rowBytes))
    let to = request.to === null ? from : Number(request.to)
    if (request.to === null) while (to < length && arrivals[to]! <= now && to - from < most) to++
    const ended = request.to === null && to === length && this.mayEnd()
    if (to === from && !ended && !last) return null
    return {
      kind: 'rows',
      from: request.from,
      to: String(to),
      batch: to === from ? null : this.#batch(from, to),
      digest: (data.digest(from, to) ^ (this.#isRewritten(from, to) ? 1 : 0)) >>> 0,
      bytes: (to - from) * rowBytes,
      watermark: data.watermarkAfter(to),
      idle: to === from && !ended && data.idles(from, now),
      ended,
    }
  }

  /** A row that was rewritten is the one behind it, once more. */
  #batch(from: number, to: number): BatchBuilder {
    const data = this.#data
    if (!this.#isRewritten(from, to)) return data.batch(from, to)
    const rows = data.batch(from, from)
    for (let row = from; row < to; row++) {
      const place = this.#isRewritten(row, row + 1) ? (row + 1) % data.length : row
      rows.appendRow(data.batch(place, place + 1), 0)
    }
    return rows
  }

  #isRewritten(from: number, to: number): boolean {
    return from < this.#rewritten.to && this.#rewritten.from < to
  }
}
