import { PipelineError } from '../errors/pipeline-error.ts'
import type { AnyFill, BatchFill } from '../batch/batch-columns.ts'
import type { AggregateOf } from '../aggregate/aggregated.ts'
import type { Windowed } from '../aggregate/windowed.ts'
import { here } from '../errors/call-site.ts'
import { checkCallbacks } from '../errors/check-callbacks.ts'
import type { Sink } from '../io/sink.ts'
import { FAILED, type FailedColumns } from '../program/failed-rows.ts'
import { needColumn } from '../schema/need-column.ts'
import type {
  Columns,
  NoOther,
  Nothing,
  RowInput,
  RowOf,
  RowSchema,
  TimestampName,
} from '../schema/row-schema.ts'
import type { AnyKey, OwnOperator } from '../process/operator.ts'
import type { WindowSpec } from '../window/window-spec.ts'
import type { EgressOptions } from './delivery.ts'
import { needTime, timeIn } from './event-time.ts'
import type { AnyRow, Graph, Node, Shape, Tap } from './graph.ts'
import { failedShapes } from './failed-shapes.ts'
import { checkMerged } from './merge-check.ts'
import { checkName } from './names.ts'
import type { OnError } from './on-error.ts'
import { processNode } from './process-node.ts'
import { checkConditions, checkEgress, checkSchema, checkWindow } from './step-check.ts'
import { type BatchOptions, onErrorOf, rowsMostOf, type StepMade, type StepOptions } from './step-options.ts'
import { type WindowCall, windowNode } from './window-node.ts'
import type { OptionsOf } from './window-options.ts'

type Branches<C extends Columns, Name extends string, O extends StepOptions> = Readonly<
  Record<Name | 'rest', Stream<C>>
> &
  (O extends { readonly onError: 'deadLetter' } ? { readonly failed: Stream<FailedColumns> } : unknown)

/** What a step makes: with `failed` beside it by the policy `deadLetter`. */
type Made<C extends Columns, O extends StepOptions> = O extends { readonly onError: 'deadLetter' }
  ? FallibleStream<C>
  : Stream<C>

/** Rows on their way. Every step makes a new stream, and a stream may have any number of steps. */
export class Stream<C extends Columns> {
  readonly schema: RowSchema<C>
  /** @internal */
  readonly tap: Tap
  /** @internal */
  readonly graph: Graph

  constructor(graph: Graph, tap: Tap, schema: RowSchema<C>) {
    this.graph = graph
    this.tap = tap
    this.schema = schema
  }

  /** @internal */
  get shape(): Shape {
    return this.tap.node.shapes[this.tap.output]!
  }

  /**
   * Keeps the rows for which the condition holds.
   * @example
   * orders.filter(({ amount }) => amount > 100)
   * // -> { at: 100, shop: 'tea', amount: 250 }
   * // -> { at: 1300, shop: 'tea', amount: 150 }
   */
  filter<O extends StepOptions>(keeps: (row: RowOf<C>) => boolean, options?: O): Made<C, O> {
    checkCallbacks('filter', { keeps })
    const made = { kind: 'filter', keeps: keeps as (row: AnyRow) => boolean } as const
    return this.#one(this.#stateless(made, [this.shape], options), this.schema)
  }

  /**
   * Makes one row of each, of the columns that `to` says.
   * @example
   * const Price = schema({ shop: t.text(), yuan: t.float64() })
   * orders.map(Price, ({ shop, amount }) => ({ shop, yuan: amount / 100 }))
   * // -> { shop: 'tea', yuan: 2.5 }
   * // -> { shop: 'ink', yuan: 0.9 }
   * // -> { shop: 'tea', yuan: 1.5 }
   */
  map<D extends Columns, O extends StepOptions, const R extends RowInput<D> = RowInput<D>>(
    to: RowSchema<D>,
    change: (row: RowOf<C>) => R & NoOther<R, keyof C | keyof D>,
    options?: O,
  ): Made<D, O> {
    const shape = this.#shapeOf('map', to)
    checkCallbacks('map', { change })
    const made = { kind: 'map', change: change as unknown as (row: AnyRow) => AnyRow } as const
    return this.#one(this.#stateless(made, [shape], options), to)
  }

  /**
   * Makes any number of rows of each: every one that is passed to `emit`.
   * @example
   * orders.flatMap(schema({ letter: t.text() }), ({ shop, amount }, emit) => {
   *   if (amount < 100) for (const letter of shop) emit({ letter })
   * })
   * // -> { letter: 'i' }
   * // -> { letter: 'n' }
   * // -> { letter: 'k' }
   */
  flatMap<D extends Columns, O extends StepOptions>(
    to: RowSchema<D>,
    spread: (row: RowOf<C>, emit: (row: RowInput<D>) => void) => Nothing | readonly Nothing[],
    options?: O,
  ): Made<D, O> {
    const shape = this.#shapeOf('flatMap', to)
    checkCallbacks('flatMap', { spread })
    const made = { kind: 'flat-map', spread: spread as unknown as FlatMap } as const
    return this.#one(this.#stateless(made, [shape], options), to)
  }

  /**
   * Makes rows of many at once, column by column. It must make of them what it makes of each alone, one
   * behind the other: where batches begin and end differs from one run to the next, and from twin to twin.
   * @example
   * orders.mapBatch(Order, ({ at, shop, amount }, made, rows) => {
   *   for (let row = 0; row < rows; row++) {
   *     made.at[row] = at[row]!
   *     made.shop.copy(row, shop, row)
   *     made.amount[row] = 2 * amount[row]!
   *   }
   * })
   * // -> { at: 100, shop: 'tea', amount: 500 }
   * // -> { at: 900, shop: 'ink', amount: 180 }
   * // -> { at: 1300, shop: 'tea', amount: 300 }
   */
  mapBatch<D extends Columns, O extends BatchOptions>(
    to: RowSchema<D>,
    fill: BatchFill<C, D>,
    options?: O,
  ): Made<D, O> {
    const shape = this.#shapeOf('mapBatch', to)
    checkCallbacks('mapBatch', { fill })
    const rowsMost = rowsMostOf(options, here())
    const made = { kind: 'map-batch', fill: fill as unknown as AnyFill, rowsMost } as const
    return this.#one(this.#stateless(made, [shape], options), to)
  }

  /**
   * Each row goes to the first branch whose condition holds, or to `rest`.
   * @example
   * const { large, rest } = orders.branch({ large: ({ amount }) => amount >= 200 })
   * large
   * // -> { at: 100, shop: 'tea', amount: 250 }
   * rest
   * // -> { at: 900, shop: 'ink', amount: 90 }
   * // -> { at: 1300, shop: 'tea', amount: 150 }
   */
  branch<Name extends string, O extends StepOptions>(
    conditions: Readonly<Record<Name, (row: RowOf<C>) => boolean>>,
    options?: O,
  ): Branches<C, Name, O> {
    checkConditions(conditions, options?.onError)
    const names = Object.keys(conditions) as Name[]
    const tests = names.map((name) => conditions[name] as (row: AnyRow) => boolean)
    const shapes = [...names, 'rest'].map(() => this.shape)
    const node = this.#stateless({ kind: 'branch', conditions: tests }, shapes, options)
    const of = (output: number): Stream<C> => new Stream(this.graph, { node, output }, this.schema)
    const streams = [...names, 'rest'].map((name, output) => [name, of(output)])
    const failed = options?.onError === 'deadLetter' ? { failed: failedOf(this.graph, node) } : {}
    return { ...Object.fromEntries(streams), ...failed } as Branches<C, Name, O>
  }

  /**
   * The rows of several streams of one schema: within an epoch first ours, then theirs, in order.
   * @example
   * const large = orders.filter(({ amount }) => amount >= 200)
   * const early = orders.filter(({ at }) => at < 1000)
   * large.merge(early)
   * // -> { at: 100, shop: 'tea', amount: 250 }
   * // -> { at: 100, shop: 'tea', amount: 250 }
   * // -> { at: 900, shop: 'ink', amount: 90 }
   */
  merge(...others: readonly Stream<C>[]): Stream<C> {
    const where = here()
    checkMerged(this, others, where)
    const shapes = [this.shape]
    const from = [this, ...others].map((stream) => stream.tap)
    const node = this.graph.add<Node>({ kind: 'merge', from, where, shapes })
    return new Stream(this.graph, { node, output: 0 }, this.schema)
  }

  /**
   * All rows in one partition: what follows sees the rows of all.
   * @example
   * orders.gather().filter(({ shop }) => shop === 'ink')
   * // -> { at: 900, shop: 'ink', amount: 90 }
   */
  gather(): Stream<C> {
    const node = this.graph.add<Node>({
      kind: 'gather',
      from: [this.tap],
      where: here(),
      shapes: [this.shape],
    })
    return new Stream(this.graph, { node, output: 0 }, this.schema)
  }

  /**
   * Rows of equal key meet in one partition, in order; what is kept of them is kept by key.
   * @example
   * orders.keyBy('shop').window(landmark(0, '1s')).aggregate('so-far', { total: sum('amount') })
   * // -> { shop: 'ink', windowStart: 0, windowEnd: 1000, total: 90 }
   * // -> { shop: 'tea', windowStart: 0, windowEnd: 1000, total: 250 }
   * // -> { shop: 'tea', windowStart: 0, windowEnd: 2000, total: 400 }
   */
  keyBy<K extends keyof C & string>(...columns: readonly [K, ...K[]]): KeyedStream<C, K> {
    const where = here()
    if (columns.length === 0) throw new PipelineError('PLX1027', 'keyBy', where)
    for (const column of columns) needColumn(this.schema, column, where)
    return new KeyedStream(this, [...new Set(columns)] as readonly K[])
  }

  /**
   * An operator of one's own over all rows, in one partition.
   * @example
   * orders.process('numbered', {
   *   output: schema({ n: t.int32(), shop: t.text() }),
   *   state: { n: t.int32() },
   *   process: ({ shop }, { state, emit }) => emit({ n: state.n++, shop }),
   * })
   * // -> { n: 0, shop: 'tea' }
   * // -> { n: 1, shop: 'ink' }
   * // -> { n: 2, shop: 'tea' }
   */
  process<S extends Columns, D extends Columns, P extends OnError = 'fail'>(
    name: string,
    own: OwnOperator<RowOf<C>, S, D, AnyKey, P>,
  ): Made<D, { readonly onError: P }> {
    return new KeyedStream<C, never>(this, null).process(name, own)
  }

  /**
   * Windows over all rows, in one partition.
   * @example
   * orders.window(tumbling('1s')).aggregate('sums', { total: sum('amount'), orders: count() })
   * // -> { windowStart: 0, windowEnd: 1000, total: 340, orders: 2 }
   * // -> { windowStart: 1000, windowEnd: 2000, total: 150, orders: 1 }
   */
  window<W extends WindowSpec, O extends OptionsOf<W> = OptionsOf<W>>(
    window: W,
    options?: O,
  ): WindowedStream<C, never, W, O> {
    return new WindowedStream(this, { key: null, window, options: options ?? {}, where: here() })
  }

  /**
   * Says which column holds when a row happened, where a step has lost that.
   * @example
   * const Paid = schema({ paidAt: t.timestamp(), amount: t.money() })
   * orders
   *   .map(Paid, ({ at, amount }) => ({ paidAt: at + 500, amount }))
   *   .eventTime('paidAt')
   *   .window(tumbling('1s'))
   *   .aggregate('paid', { total: sum('amount') })
   * // -> { windowStart: 0, windowEnd: 1000, total: 250 }
   * // -> { windowStart: 1000, windowEnd: 2000, total: 240 }
   */
  eventTime(column: TimestampName<C>): Stream<C> {
    const where = here()
    needTime(this.schema, column, `eventTime(${JSON.stringify(column)})`, where)
    const shapes = [{ schema: this.schema as RowSchema, time: { column, plusMs: 0 } }]
    const node = this.graph.add<Node>({ kind: 'merge', from: [this.tap], where, shapes })
    return new Stream(this.graph, { node, output: 0 }, this.schema)
  }

  /**
   * Passes the stream to a step that is written elsewhere: a stock one, or a function of one's own.
   * @example
   * const cheap = (stream: Stream<typeof Order.columns>) => stream.filter(({ amount }) => amount < 100)
   * orders.use(cheap)
   * // -> { at: 900, shop: 'ink', amount: 90 }
   */
  use<Out>(step: (stream: this) => Out): Out {
    checkCallbacks('use', { step })
    return step(this)
  }

  /**
   * Ends the stream in a sink.
   * @example
   * const large = pipeline('large', ({ ingress }) => {
   *   ingress('orders', collection(Order, [])).egress('out', collect())
   * })
   * drive(large).push('orders', { at: 0, shop: 'tea', amount: 250 }).finish().output('out')
   * // -> [ { at: 0, shop: 'tea', amount: 250 } ]
   */
  egress(name: string, sink: Sink<C>, options: EgressOptions = {}): void {
    const where = here()
    checkName(this.graph, name, where)
    checkEgress(name, sink, options)
    for (const column of sink.needs ?? []) needColumn(this.schema, column, where)
    const delivery = options.delivery ?? null
    const base = { from: [this.tap], where, shapes: [] }
    this.graph.add<Node>({ kind: 'egress', name, sink, delivery, ...base })
  }

  /** Of what a step makes. */
  #shapeOf(step: string, to: RowSchema): Shape {
    checkSchema(step, to)
    return { schema: to, time: timeIn(to, this.shape) }
  }

  #stateless(made: StepMade, shapes: readonly Shape[], options: StepOptions = {}): Node {
    const onError = onErrorOf(made.kind, options)
    const all = [...shapes, ...failedShapes(onError, this.shape)]
    const base = { from: [this.tap], where: here(), shapes: all, onError }
    return this.graph.add<Node>({ ...made, ...base })
  }

  #one<D extends Columns, O extends StepOptions>(node: Node, schema: RowSchema<D>): Made<D, O> {
    return streamOf(this.graph, node, schema) as Made<D, O>
  }
}

/** What a step makes by the policy `deadLetter`. */
export class FallibleStream<C extends Columns> extends Stream<C> {
  /**
   * The rows that the step could not take: where, why, and what they were.
   * @example
   * const shares = orders.map(
   *   schema({ share: t.float64() }),
   *   ({ amount }) => {
   *     if (amount === 90) throw new Error('no ink')
   *     return { share: amount / 400 }
   *   },
   *   { onError: 'deadLetter' },
   * )
   * shares
   * // -> { share: 0.625 }
   * // -> { share: 0.375 }
   * shares.failed.map(schema({ error: t.text(), row: t.text() }), ({ error, row }) => ({ error, row }))
   * // -> { error: 'Error: no ink', row: '{at 900, shop "ink", amount 90}' }
   */
  get failed(): Stream<FailedColumns> {
    return failedOf(this.graph, this.tap.node)
  }
}

function streamOf<C extends Columns>(graph: Graph, node: Node, schema: RowSchema<C>): Stream<C> {
  const tap = { node, output: 0 }
  const isFallible = 'onError' in node && node.onError === 'deadLetter'
  return isFallible ? new FallibleStream(graph, tap, schema) : new Stream(graph, tap, schema)
}

function failedOf(graph: Graph, node: Node): Stream<FailedColumns> {
  return new Stream(graph, { node, output: node.shapes.length - 1 }, FAILED)
}

/** Rows by key, before it is said what is to be done with them. */
export class KeyedStream<C extends Columns, K extends keyof C & string> {
  readonly #stream: Stream<C>
  /** Null: all rows are of one key. */
  readonly #key: readonly K[] | null

  constructor(stream: Stream<C>, key: readonly K[] | null) {
    this.#stream = stream
    this.#key = key
  }

  /**
   * An operator of one's own, per key, with state and timers: see `operator`.
   * @example
   * orders.keyBy('shop').process('growth', {
   *   output: schema({ shop: t.text(), more: t.money() }),
   *   state: { before: t.money() },
   *   process: ({ shop, amount }, { state, emit }) => {
   *     emit({ shop, more: amount - state.before })
   *     state.before = amount
   *   },
   * })
   * // -> { shop: 'tea', more: 250 }
   * // -> { shop: 'ink', more: 90 }
   * // -> { shop: 'tea', more: -100 }
   */
  process<S extends Columns, D extends Columns, P extends OnError = 'fail'>(
    name: string,
    own: OwnOperator<RowOf<C>, S, D, RowOf<Pick<C, K>>, P>,
  ): Made<D, { readonly onError: P }> {
    const { graph, tap } = this.#stream
    const call = { name, key: this.#key, where: here() }
    checkName(graph, name, call.where)
    const node = graph.add(processNode(call, tap, own as unknown as OwnOperator<never, Columns, Columns>))
    return streamOf(graph, node, own.output) as Made<D, { readonly onError: P }>
  }

  /**
   * Windows of the rows of each key.
   * @example
   * orders.keyBy('shop').window(tumbling('2s')).aggregate('sums', { total: sum('amount') })
   * // -> { shop: 'ink', windowStart: 0, windowEnd: 2000, total: 90 }
   * // -> { shop: 'tea', windowStart: 0, windowEnd: 2000, total: 400 }
   */
  window<W extends WindowSpec, O extends OptionsOf<W> = OptionsOf<W>>(
    window: W,
    options?: O,
  ): WindowedStream<C, K, W, O> {
    const said = { key: this.#key, window, options: options ?? {}, where: here() }
    return new WindowedStream(this.#stream, said)
  }
}

/** Windows of rows, before it is said what is computed of them. */
export class WindowedStream<C extends Columns, K extends keyof C & string, W extends WindowSpec, O> {
  readonly #stream: Stream<C>
  readonly #said: Omit<WindowCall, 'name' | 'onError'>

  constructor(stream: Stream<C>, said: Omit<WindowCall, 'name' | 'onError'>) {
    this.#stream = stream
    this.#said = said
    const { window, where } = said
    checkWindow(window, stream.shape, where)
  }

  /**
   * One row a window and key, with these aggregates. `onError` is about rows that the `add` of an
   * `ownAggregate` cannot take: these are then in none of the aggregates.
   * @example
   * orders.window(countWindow(2)).aggregate('pairs', { first: first('shop'), last: last('shop') })
   * // -> { windowNumber: 0, first: 'tea', last: 'ink' }
   */
  aggregate<const A extends Readonly<Record<string, AggregateOf<C>>>, P extends StepOptions>(
    name: string,
    aggregates: A,
    options?: P,
  ): ResultsOf<Windowed<C, K, W, O, A>, C, P> {
    const { graph, tap } = this.#stream
    checkName(graph, name, here())
    const onError = options?.onError ?? 'fail'
    const node = graph.add(windowNode({ name, onError, ...this.#said }, tap, aggregates))
    const schema = node.shapes[0]!.schema as RowSchema<Windowed<C, K, W, O, A> & Columns>
    const Made = onError === 'deadLetter' ? FallibleResults : Results
    return new Made(graph, node, schema, this.#stream.schema) as ResultsOf<Windowed<C, K, W, O, A>, C, P>
  }
}

/**
 * What windows came to: a stream, and beside it the rows that came too late for it.
 * @example
 * const sums = orders.window(tumbling('1s')).aggregate('sums', { total: sum('amount') })
 * sums.filter(({ total }) => total > 200)
 * // -> { windowStart: 0, windowEnd: 1000, total: 340 }
 */
export class Results<R extends Columns, C extends Columns> extends Stream<R> {
  /** Rows that came too late for every window, and are in no result. */
  readonly late: Stream<C>

  constructor(graph: Graph, node: Node, schema: RowSchema<R>, input: RowSchema<C>) {
    super(graph, { node, output: 0 }, schema)
    this.late = new Stream(graph, { node, output: 1 }, input)
  }
}

/** The same by the policy `deadLetter`. */
export class FallibleResults<R extends Columns, C extends Columns> extends Results<R, C> {
  /**
   * The rows that an own aggregate could not add: where, why, and what they were.
   * @example
   * const most = ownAggregate({
   *   state: { most: t.money() },
   *   result: t.money(),
   *   add: (state, { amount }: { readonly amount: number }) => {
   *     if (amount < 100) throw new RangeError('too small')
   *     state.most = Math.max(state.most, amount)
   *   },
   *   merge: (state, other) => {
   *     state.most = Math.max(state.most, other.most)
   *   },
   *   read: (state) => state.most,
   * })
   * const told = orders.window(tumbling('2s')).aggregate('told', { most }, { onError: 'deadLetter' })
   * told.failed.map(schema({ row: t.text() }), ({ row }) => ({ row }))
   * // -> { row: '{at 900, shop "ink", amount 90}' }
   */
  get failed(): Stream<FailedColumns> {
    return failedOf(this.graph, this.tap.node)
  }
}

type ResultsOf<R extends Columns, C extends Columns, O extends StepOptions> = O extends {
  readonly onError: 'deadLetter'
}
  ? FallibleResults<R, C>
  : Results<R, C>

type FlatMap = (row: AnyRow, emit: (row: AnyRow) => void) => void
