import type { Epoch } from '@pollux/protocol'
import { generation } from '@pollux/protocol'
import type { IngressBody } from '../src/ingress/ingress-body.ts'
import { type IngressStanding, NO_STANDING } from '../src/ingress/ingress-standing.ts'
import type { Limits } from '../src/limits.ts'
import { MemoryStore } from '../src/ports/memory-store.ts'
import { EffectLog } from './effect-log.ts'
import { rowsOf } from './items.ts'
import { partsAt } from './parts-at.ts'

/** One row takes so many bytes of a slice. */
export const ROW_BYTES = 100
const WATERMARK_LAG = 5

/**
 * The ingress of orders/0 without its pair: a leader or follower by what it is told, with a store that
 * answers when asked to and a source of rows 1, 2, 3, ... whose event time is ten times their number.
 */
export class IngressBench {
  readonly parts
  readonly log: EffectLog
  readonly store = new MemoryStore()
  readonly body: IngressBody
  /** Rows that the source has. */
  rows = 0
  ends = false

  constructor(standing: Partial<IngressStanding> = {}, limits: Partial<Limits> = {}) {
    this.parts = partsAt('orders/0', { limits: { sliceBytes: 3 * ROW_BYTES, ...limits } })
    const { context, stance, ingress } = this.parts
    this.log = new EffectLog(context)
    this.body = ingress!
    this.body.load([])
    stance.role = 'member'
    context.wall = 1000
    this.stands({ leads: generation(1), mayDecide: true, ...standing })
  }

  stands(standing: Partial<IngressStanding>): this {
    this.body.standing = { ...NO_STANDING, ...this.body.standing, ...standing }
    return this
  }

  after(ms: number): this {
    this.parts.context.now += ms
    return this
  }

  /** Works until nothing comes of it any more; `store` says whether the store answers meanwhile. */
  works(store = true): this {
    for (let turn = 0; turn < 12; turn++) {
      this.body.work()
      if (store) {
        for (const { id, request } of this.log.taken('store'))
          this.body.log.onReply(id, this.store.handle(request))
      }
      for (const { id, request } of this.log.taken('source')) {
        if (request.kind === 'read') this.body.source.onReply(id, this.#read(request))
      }
    }
    return this
  }

  /** What has been decided since: `[0, 1) 2 rows, sealed`. */
  decided(from = 1): string[] {
    const { book } = this.body
    const stored = this.store.handle({ kind: 'read', log: 'orders/0', from: 1, most: 1000, bytes: 1 << 30 })
    const durable = stored.kind === 'entries' ? stored.entries : []
    const later = Array.from({ length: book.tail }, (_, place) => place + 1)
      .filter((index) => book.holds(index) && index > durable.length)
      .map((index) => book.at(index))
    return [...durable, ...later].slice(from - 1).map(({ from: begin, to, seals, reads, watermark }) => {
      const rows = reads.reduce((sum, read) => sum + read.rows, 0)
      const end = to > 1e12 ? 'end' : to
      const mark = watermark < 0 ? 'none' : watermark > 1e12 ? 'end' : watermark
      return `[${begin}, ${end}) ${rows} rows${seals ? ', sealed' : ''}, watermark ${mark}`
    })
  }

  /** How far frames have left. */
  get sentTo(): Epoch {
    return this.parts.outputs.channels[0]!.buffer.head.epoch
  }

  #read({ from, to }: { readonly from: string; readonly to: string | null }) {
    const begin = Number(from)
    const end = to === null ? Math.min(this.rows, begin + 1) : Number(to)
    const ids = Array.from({ length: end - begin }, (_, place) => begin + place + 1)
    return {
      kind: 'rows' as const,
      from,
      to: String(end),
      batch: ids.length === 0 ? null : rowsOf(...ids),
      digest: ids.reduce((sum, id) => sum + id, 0),
      bytes: ids.length * ROW_BYTES,
      watermark: end * 10 - WATERMARK_LAG,
      idle: ids.length === 0,
      ended: this.ends && end === this.rows,
    }
  }
}
