import { BatchBuilder, type Channel, type Epoch, type RowSet } from '@pollux/protocol'
import { RingQueue } from '@pollux/std'

/** Rows of one epoch, or the end of everything before `to`. */
export type QueueItem =
  | { readonly kind: 'rows'; readonly epoch: Epoch; readonly rows: BatchBuilder }
  | { readonly kind: 'seal'; readonly to: Epoch; readonly watermark: number; readonly idle: boolean }

/** What has been sent over a channel and not been taken, where nothing is ever sent twice or lost. */
export class ChannelQueue {
  readonly channel: Channel
  /** As of the last seal that was taken. */
  watermark = Number.MIN_SAFE_INTEGER
  idle = false
  readonly #items = new RingQueue<QueueItem>()
  /** Used up, and as good as new. */
  #spare: BatchBuilder | null = null

  constructor(channel: Channel) {
    this.channel = channel
  }

  get head(): QueueItem | undefined {
    return this.#items.peek()
  }

  add(epoch: Epoch, rows: RowSet, row: number): void {
    const last = this.#items.length === 0 ? null : this.#items.at(this.#items.length - 1)
    if (last?.kind === 'rows' && last.epoch === epoch) {
      last.rows.appendRow(rows, row)
      return
    }
    const fresh = this.#spare ?? new BatchBuilder(this.channel.edge.schema)
    this.#spare = null
    fresh.appendRow(rows, row)
    this.#items.push({ kind: 'rows', epoch, rows: fresh })
  }

  seal(to: Epoch, watermark: number, idle: boolean): void {
    this.#items.push({ kind: 'seal', to, watermark, idle })
  }

  /** The next item is done with. */
  drop(): void {
    const item = this.#items.shift()
    if (item?.kind === 'rows') {
      item.rows.reset()
      this.#spare = item.rows
    } else if (item !== undefined) {
      this.watermark = Math.max(this.watermark, item.watermark)
      this.idle = item.idle
    }
  }
}
