import {
  type BatchBuilder,
  ColumnError,
  type Epoch,
  EPOCH_END,
  type PairId,
  type PairPlace,
  type RowSet,
} from '@pollux/protocol'
import { compile, type Compiled, type CompileOptions, durationMs, type Pipeline } from '@pollux/sdk'
import { assert } from '@pollux/std'
import { type AuthorRow, GivenRows, type PlainRow } from './given-rows.ts'
import { lateCounts, lateOf } from './late-counts.ts'
import { type EpochInput, PipelineInProcess } from './pipeline-in-process.ts'

/**
 * A pipeline in a test's hand, in one process: rows are pushed into its ingresses, time moves when it is told
 * to, and what has come out so far can be read.
 */
export class Driver {
  readonly compiled: Compiled
  readonly #process: PipelineInProcess
  readonly #waiting = new Map<PairId, BatchBuilder>()
  readonly #newest = new Map<PairId, number>()
  /** Told to have nothing to read, until they are given rows. */
  readonly #idle = new Set<PairId>()
  /** In which epoch they were given rows last. */
  readonly #read = new Map<PairId, Epoch>()
  readonly #output = new Map<string, PlainRow[]>()

  constructor(compiled: Compiled) {
    this.compiled = compiled
    this.#process = new PipelineInProcess(compiled.plan, compiled.operators)
    this.#process.onRows = (place, rows) => this.#collect(place, rows)
  }

  /**
   * Rows for an ingress: they are read at the next `advanceTo`.
   * @example
   * const driver = drive(sales)
   * driver.push('orders', { at: 100, shop: 'tea', amount: 250 }, { at: 2000, shop: 'tea', amount: 90 })
   * driver.advanceTo(5000).output('screen')
   * // -> [ { shop: 'tea', windowStart: 0, windowEnd: 1000, total: 250 } ]
   */
  push(ingress: string, ...rows: readonly AuthorRow[]): this {
    const places = this.#placesOf(ingress)
    const given = new GivenRows(this.compiled.sources.get(ingress)!)
    this.#checkOpen()
    rows.forEach((row, index) => {
      const refuse = (why: string, cause?: unknown): never => {
        throw new TypeError(`push to ${ingress}, row ${index}: ${why}`, { cause })
      }
      if (Array.isArray(row)) refuse('a list, not rows one by one: push(name, ...rows)')
      if (typeof row !== 'object' || row === null) refuse(`${String(row)}, not a row`)
      const stray = given.strayIn(row)
      if (stray !== null) refuse(stray)
      const place = places[index % places.length]!
      const waiting = this.#waiting.get(place.id) ?? given.builder()
      this.#waiting.set(place.id, waiting)
      try {
        given.append(waiting, row)
      } catch (error) {
        if (!(error instanceof ColumnError)) throw error
        // Its own number is that of the row in its partition, among all that wait.
        refuse(error.message.replace(/, row \d+/, ''), error)
      }
      this.#idle.delete(place.id)
    })
    return this
  }

  /**
   * An ingress has nothing to read for a while: from the next `advanceTo` on its partitions hold back
   * nobody's event time, each until it is pushed a row. A source that says `idleAfter` is idle by itself
   * after so long, by the time that `advanceTo` is told.
   * @example
   * const both = pipeline('both', ({ ingress }) => {
   *   const web = ingress('web', collection(Order, [], { eventTime: 'at' }))
   *   const till = ingress('till', collection(Order, [], { eventTime: 'at' }))
   *   const sums = web.merge(till).window(tumbling('1s')).aggregate('sums', { total: sum('amount') })
   *   sums.egress('screen', collect())
   * })
   * const driver = drive(both)
   * driver.push('web', { at: 100, shop: 'tea', amount: 250 }, { at: 2000, shop: 'tea', amount: 90 })
   * driver.advanceTo(1000).output('screen') // -> []
   * driver.idle('till').advanceTo(2000).output('screen')
   * // -> [ { windowStart: 0, windowEnd: 1000, total: 250 } ]
   */
  idle(ingress: string): this {
    const places = this.#placesOf(ingress)
    this.#checkOpen()
    if (this.compiled.sources.get(ingress)!.kind === 'push')
      throw new TypeError(`idle: ${ingress} is pushed to, and in no run is such an ingress idle`)
    for (const { id } of places) this.#idle.add(id)
    return this
  }

  /**
   * Reads what waits, and closes every epoch before this time. Windows close by event time, which rows bring.
   * @example
   * const driver = drive(sales).push('orders', { at: 999, shop: 'tea', amount: 250 }).advanceTo(1000)
   * driver.output('screen').length // -> 0
   * driver.push('orders', { at: 1000, shop: 'ink', amount: 90 }).advanceTo(2000)
   * driver.output('screen').length // -> 1
   */
  advanceTo(ms: number): this {
    const { originMs, tickMs } = this.compiled.plan
    if (typeof ms !== 'number' || Number.isNaN(ms))
      throw new TypeError(`advanceTo takes milliseconds, not ${String(ms)}`)
    this.#checkOpen()
    const to = Math.max(this.#process.next + 1, Math.floor((ms - originMs) / tickMs))
    return this.#run(to as Epoch)
  }

  /**
   * The input has ended: all windows close.
   * @example
   * drive(sales).push('orders', { at: 100, shop: 'tea', amount: 250 }).finish().output('screen')
   * // -> [ { shop: 'tea', windowStart: 0, windowEnd: 1000, total: 250 } ]
   */
  finish(): this {
    this.#checkOpen()
    return this.#run(EPOCH_END)
  }

  /**
   * All rows that have come to an egress so far.
   * @example
   * drive(sales).output('screen') // -> []
   */
  output(egress: string): readonly PlainRow[] {
    const known = this.compiled.sinks.has(egress)
    assert(
      known,
      () => `there is no egress ${egress}; there are ${[...this.compiled.sinks.keys()].join(', ')}`,
    )
    return this.#output.get(egress) ?? []
  }

  /**
   * How many rows have come too late for a step with windows so far, in all its partitions: they are in no
   * result, but in `.late`.
   * @example
   * const driver = drive(sales).push('orders', { at: 5000, shop: 'tea', amount: 250 }).advanceTo(1000)
   * driver.push('orders', { at: 900, shop: 'tea', amount: 90 }).advanceTo(2000).late('sums') // -> 1
   */
  late(step: string): number {
    return lateOf(lateCounts(this.compiled, this.#process), step)
  }

  #checkOpen(): void {
    if (this.#process.next === EPOCH_END) throw new Error('the input has ended: drive the pipeline anew')
  }

  #run(to: Epoch): this {
    const inputs = new Map<PairId, EpochInput>()
    for (const ingress of this.compiled.sources.keys()) {
      for (const { id } of this.#placesOf(ingress)) inputs.set(id, this.#inputOf(ingress, id, to))
    }
    this.#process.run(to, inputs)
    for (const waiting of this.#waiting.values()) waiting.reset()
    return this
  }

  #inputOf(ingress: string, pair: PairId, to: Epoch): EpochInput {
    const rows = this.#waiting.get(pair) ?? null
    const { eventTime } = this.compiled.sources.get(ingress)!
    let newest = this.#newest.get(pair) ?? Number.MIN_SAFE_INTEGER
    if (eventTime !== undefined && rows !== null) {
      const { index } = rows.schema.column(eventTime.column)
      const times = rows.data(index)
      for (let row = 0; row < rows.rows; row++)
        if (!rows.isNull(index, row)) newest = Math.max(newest, times[row]!)
    }
    this.#newest.set(pair, newest)
    const late = durationMs(eventTime?.outOfOrder ?? 0, 0)
    const watermark = newest === Number.MIN_SAFE_INTEGER ? newest : newest - late
    if (to === EPOCH_END) return { rows, watermark: Number.MAX_SAFE_INTEGER, idle: false }
    if (rows !== null && rows.rows > 0) this.#read.set(pair, to)
    return { rows, watermark, idle: this.#isIdle(ingress, pair, to) }
  }

  /** As the partitions of a run find it; those of a source that is pushed to never do. */
  #isIdle(ingress: string, pair: PairId, to: Epoch): boolean {
    if (this.#idle.has(pair)) return true
    const { idleAfter, kind } = this.compiled.sources.get(ingress)!
    if (idleAfter === undefined || kind === 'push') return false
    const quietMs = (to - (this.#read.get(pair) ?? 0)) * this.compiled.plan.tickMs
    return quietMs >= durationMs(idleAfter, 0)
  }

  #collect(place: PairPlace, rows: RowSet): void {
    const name = place.stage.name
    const output = this.#output.get(name) ?? []
    this.#output.set(name, output)
    for (let row = 0; row < rows.rows; row++) {
      const values = rows.schema.columns.map((column) => [column.name, rows.value(column.index, row)])
      output.push(Object.fromEntries(values) as PlainRow)
    }
  }

  #placesOf(ingress: string): readonly PairPlace[] {
    const places = [...this.#process.topology.pairs.values()].filter(({ stage }) => stage.name === ingress)
    const isOne = this.compiled.sources.has(ingress)
    assert(
      isOne,
      () => `there is no ingress ${ingress}; there are ${[...this.compiled.sources.keys()].join(', ')}`,
    )
    return places
  }
}

/**
 * A pipeline to be driven by hand, in one process.
 * @example
 * drive(sales).push('orders', { at: 100, shop: 'tea', amount: 250 }).finish().output('screen').length // -> 1
 */
export function drive(pipeline: Pipeline<undefined>, config?: undefined, options?: CompileOptions): Driver
export function drive<Config>(pipeline: Pipeline<Config>, config: Config, options?: CompileOptions): Driver
export function drive<Config>(
  pipeline: Pipeline<Config>,
  config: Config,
  options: CompileOptions = {},
): Driver {
  return new Driver(compile(pipeline, config, options))
}
