import { otherLane, type PairId } from '@pollux/protocol'
import type { DisplayEvent, EventId } from '@pollux/pair'
import type { OutputRow } from '../judge/expected-output.ts'
import type { ProcessModel } from './process-model.ts'
import type { World } from './world.ts'

const PATIENCE_MS = 120
/** Clients of one run: connection numbers step by it, so that a number names its client. */
export const CONNECTIONS_MOST = 100

/**
 * Somebody who watches a resumable egress: connects to either replica, changes when it dies or falls silent,
 * brings back its last id. It keeps everything it was shown, by number, and complains when the rules are
 * broken.
 */
export class DisplayClient {
  readonly pair: PairId
  readonly id: number
  /** By event number; what a reset skipped is absent. */
  readonly shown = new Map<number, OutputRow>()
  /** What was marked final, for good. */
  readonly sealed = new Map<number, OutputRow>()
  /** Event number that the last reset stood for; -1 for none. */
  base = -1
  /** What it was shown at once, and after which event that was. */
  resets: { readonly seq: number; readonly rows: readonly (readonly unknown[])[] }[] = []
  ended = false
  /** Somebody was there until the end, and for long enough after it: it must have been told. */
  owedEnd = false
  complaint: string | null = null
  #after: EventId | null = null
  /** It has begun afresh, so what it has seen comes again; it must be the same. */
  #again = false
  #connectedTo: ProcessModel | null = null
  #lane: 'a' | 'b'
  /** Each connection is another one: what an old one still had under way does not reach us. */
  #connection: number
  #heardAt = 0
  readonly #world: World
  readonly #find: (slot: string) => ProcessModel | null

  constructor(world: World, pair: PairId, id: number, find: (slot: string) => ProcessModel | null) {
    this.#world = world
    this.pair = pair
    this.id = id
    this.#connection = id
    this.#find = find
    this.#lane = world.random.chance(0.5) ? 'a' : 'b'
    world.after(5 + world.random.float() * 100, () => this.#look())
  }

  onEvent(connection: number, event: DisplayEvent): void {
    if (connection !== this.#connection) return
    this.#heardAt = this.#world.now
    const before = this.#after
    this.#after = event.id
    if (event.kind === 'row') this.#onRow(event, before)
    else if (event.kind === 'final') this.#onFinal(event.through)
    else if (event.kind === 'rollback') this.#onRollback(event.to)
    else if (event.kind === 'reset') this.#onReset(event.id.seq, event.rows)
    else this.ended = true
  }

  #onRow(event: DisplayEvent & { kind: 'row' }, before: EventId | null): void {
    const { seq } = event.id
    if (before !== null && seq !== before.seq + 1) this.#complain(`event ${seq} after ${before.seq}`)
    const final = this.sealed.get(seq)
    if (final !== undefined && !this.#again) this.#complain(`event ${seq} again after it was final`)
    if (final !== undefined && String(final.values) !== String(event.values)) {
      this.#complain(
        `event ${seq} was final as (${final.values.join(', ')}), now (${event.values.join(', ')})`,
      )
    }
    this.shown.set(seq, { epoch: event.epoch, values: event.values })
  }

  #onFinal(through: number): void {
    for (const [seq, row] of this.shown)
      if (seq <= through && !this.sealed.has(seq)) this.sealed.set(seq, row)
  }

  #onReset(seq: number, rows: readonly (readonly unknown[])[]): void {
    this.base = seq
    this.resets.push({ seq, rows })
  }

  #onRollback(to: number): void {
    this.resets = this.resets.filter((reset) => reset.seq <= to)
    for (const seq of this.shown.keys()) {
      if (seq <= to) continue
      if (this.sealed.has(seq)) this.#complain(`event ${seq} is withdrawn after it was final`)
      this.shown.delete(seq)
    }
    // What it was shown at once cannot be withdrawn in part: begin afresh.
    if (this.base > to) {
      this.base = -1
      this.#after = null
      this.#again = true
      this.#reconnect()
    }
  }

  /** Now and then: is anybody there? */
  #look(): void {
    const gone = this.#connectedTo === null || !this.#connectedTo.alive
    if (!this.ended && (gone || this.#world.now - this.#heardAt > PATIENCE_MS)) this.#reconnect()
    if (!this.ended) this.#world.after(20 + this.#world.random.float() * 40, () => this.#look())
  }

  #reconnect(): void {
    if (this.#connectedTo?.alive === true) this.#connectedTo.onClientGone(this.#connection)
    this.#connection += CONNECTIONS_MOST
    this.#lane = otherLane(this.#lane)
    this.#connectedTo = this.#find(`${this.pair}/${this.#lane}`)
    this.#heardAt = this.#world.now
    this.#connectedTo?.onClient(this.#connection, this.#after)
  }

  #complain(what: string): void {
    this.complaint ??= `client ${this.id} of ${this.pair}: ${what}`
  }
}
