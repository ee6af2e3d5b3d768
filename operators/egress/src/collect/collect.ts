import { epoch, here, PipelineError } from '@pollux/sdk'
import type {
  Columns,
  CommitRequest,
  Epoch,
  IdempotentSink,
  IdempotentWriter,
  OpenReply,
  OpenRequest,
  PendingRow,
  RecordReply,
  RowOf,
  SinkPlace,
  TransactionalSink,
  TransactionalWriter,
  UpsertRequest,
  Value,
  WriteReply,
} from '@pollux/sdk'
import { isOlder, type Session } from '../session.ts'

/** Rows in memory: for tests, and for programs that run in one process. */
export interface Collected<C extends Columns = Columns> {
  /** Of all partitions, one after the other; within one in the order of commits, if there is no key. */
  readonly rows: () => readonly RowOf<C>[]
}

/**
 * Gathers rows in memory: `.egress('out', out)`, then `out.rows()`. Transactional, so each row is there once.
 * @example
 * const out = collect<typeof Order.columns>()
 * const writer = out.open({ partition: 0, partitions: 1, schema: Order })
 * writer.open({ run: run(1), generation: generation(1), create: true }, () => {})
 * const rows = [{ epoch: epoch(3), seq: 0, values: [100, 'tea', 250] }]
 * writer.commit({ expect: epoch(0), record: epoch(4), rows }, () => {})
 * out.rows() // -> [ { at: 100, shop: 'tea', amount: 250 } ]
 */
export function collect<C extends Columns = Columns>(): TransactionalSink & Collected<C> {
  const shelves = new Shelves<C>(null)
  return {
    description: 'rows in memory',
    kind: 'transactional',
    open: (place) => writerOf(shelves.of(place)),
    rows: () => shelves.rows(),
  }
}

/**
 * The same, with one row for each value of a column: the newest. Idempotent.
 * @example
 * const out = collectLatest<typeof Order.columns>('shop')
 * const writer = out.open({ partition: 0, partitions: 1, schema: Order })
 * writer.open({ run: run(1), generation: generation(1), create: true }, () => {})
 * const rows = [250, 90].map((amount, seq) => ({ epoch: epoch(3), seq, values: [100, 'tea', amount] }))
 * writer.upsert({ record: epoch(4), rows }, () => {})
 * out.rows() // -> [ { at: 100, shop: 'tea', amount: 90 } ]
 */
export function collectLatest<C extends Columns = Columns>(
  key: keyof C & string,
): IdempotentSink & Collected<C> {
  if (typeof key !== 'string' || key === '') throw new PipelineError('PLX1027', 'collectLatest, key', here())
  const shelves = new Shelves<C>(key)
  return {
    description: `newest row of each ${key}, in memory`,
    kind: 'idempotent',
    needs: [key],
    open: (place) => writerOf(shelves.of(place)),
    rows: () => shelves.rows(),
  }
}

/** What one partition has written. */
class Shelf {
  readonly names: readonly string[]
  readonly #key: number
  readonly #rows: PendingRow[] = []
  readonly #latest = new Map<Value, PendingRow>()
  #record: Epoch | null = null
  #newest: Session = { run: 0, generation: 0 }

  constructor({ schema }: SinkPlace, key: string | null) {
    this.names = Object.keys(schema.columns)
    this.#key = key === null ? -1 : schema.wire.column(key).index
  }

  rows(): readonly PendingRow[] {
    return this.#key < 0 ? this.#rows : [...this.#latest.values()]
  }

  probe(): RecordReply {
    return this.#record === null ? { kind: 'missing' } : { kind: 'record', record: this.#record }
  }

  open({ run, generation, create }: OpenRequest): OpenReply {
    if (isOlder({ run, generation }, this.#newest)) return { kind: 'fenced' }
    this.#newest = { run, generation }
    if (create) this.#record ??= epoch(0)
    return this.probe()
  }

  commit({ expect, record, rows }: CommitRequest, session: Session | null): WriteReply {
    if (session !== null && isOlder(session, this.#newest)) return { kind: 'fenced' }
    if (this.#record === null) return { kind: 'missing' }
    if (this.#record !== expect) return { kind: 'conflict', record: this.#record }
    this.#rows.push(...rows)
    return { kind: 'committed', record: (this.#record = record) }
  }

  upsert({ record, rows }: UpsertRequest): WriteReply {
    if (this.#record === null) return { kind: 'missing' }
    for (const row of rows) {
      const key = row.values[this.#key]!
      const held = this.#latest.get(key)
      const isNewer =
        held === undefined || row.epoch > held.epoch || (row.epoch === held.epoch && row.seq > held.seq)
      if (isNewer) this.#latest.set(key, row)
    }
    if (record > this.#record) this.#record = record
    return { kind: 'committed', record: this.#record }
  }
}

class Shelves<C extends Columns> {
  readonly #key: string | null
  readonly #shelves = new Map<number, Shelf>()

  constructor(key: string | null) {
    this.#key = key
  }

  of(place: SinkPlace): Shelf {
    const known = this.#shelves.get(place.partition)
    if (known !== undefined) return known
    const shelf = new Shelf(place, this.#key)
    this.#shelves.set(place.partition, shelf)
    return shelf
  }

  rows(): readonly RowOf<C>[] {
    const inOrder = [...this.#shelves].sort(([a], [b]) => a - b)
    return inOrder.flatMap(([, shelf]) =>
      shelf.rows().map(({ values }) => {
        return Object.fromEntries(shelf.names.map((name, index) => [name, values[index]])) as RowOf<C>
      }),
    )
  }
}

function writerOf(shelf: Shelf): TransactionalWriter & IdempotentWriter {
  let session: Session | null = null
  return {
    open: (request, answer) => {
      const reply = shelf.open(request)
      if (reply.kind !== 'fenced') session = request
      answer(reply)
    },
    commit: (request, answer) => answer(shelf.commit(request, session)),
    upsert: (request, answer) => answer(shelf.upsert(request)),
    probe: (answer) => answer(shelf.probe()),
    close: () => undefined,
  }
}
