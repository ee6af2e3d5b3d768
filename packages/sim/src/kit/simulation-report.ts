import type { PairId } from '@pollux/protocol'
import type { Violation } from '../judge/checker.ts'
import type { ExpectedOutput } from '../judge/expected-output.ts'
import type { PlainRow } from './given-rows.ts'
import { lateOf } from './late-counts.ts'
import type { OutputBook } from './output-book.ts'

/** What the simulated runs of a pipeline came to. */
export class SimulationReport {
  /** `ok`; or what went wrong, by the name of the broken promise, and all there is to know of it. */
  readonly verdict: string
  /** Of the run that went wrong. */
  readonly violations: readonly Violation[]
  /** Runs made. */
  readonly schedules: number
  /** That struck, in all runs. */
  readonly faults: number
  /** @internal */
  readonly book: OutputBook
  /** @internal What comes out of one process that is given all input at once. */
  readonly batch: () => ReadonlyMap<PairId, ExpectedOutput>

  constructor(
    parts: Pick<SimulationReport, 'verdict' | 'violations' | 'schedules' | 'faults' | 'book' | 'batch'>,
  ) {
    this.verdict = parts.verdict
    this.violations = parts.violations
    this.schedules = parts.schedules
    this.faults = parts.faults
    this.book = parts.book
    this.batch = parts.batch
  }

  /**
   * What an egress came to hold in the first run, partition by partition, in order.
   * @example
   * const orders = [{ at: 100, shop: 'tea', amount: 250 }, { at: 900, shop: 'tea', amount: 150 }]
   * simulate(sales, { input: { orders }, schedules: 5 }).output('screen')
   * // -> [ { shop: 'tea', windowStart: 0, windowEnd: 1000, total: 400 } ]
   */
  output(egress: string): readonly PlainRow[] {
    this.#checkOk('output')
    return this.book.booked(egress)[0]!.rows
  }

  /**
   * How many rows came too late for a step with windows, in the first run, as its output goes with that: each
   * once, in all partitions together, whatever crashed and began anew. It is counted where it is worked out
   * what must come out, from what the run has decided to read, and when: another run may have others.
   * @example
   * const orders = [{ at: 5000, shop: 'tea', amount: 250 }, { at: 5100, shop: 'ink', amount: 90 }]
   * simulate(sales, { input: { orders }, schedules: 5 }).late('sums') // -> 0
   */
  late(step: string): number {
    this.#checkOk('count of late rows')
    return lateOf(this.book.booked(this.book.egresses[0]!)[0]!.late, step)
  }

  #checkOk(what: string): void {
    if (this.verdict !== 'ok') throw new Error(`there is no ${what}, for the verdict is ${this.verdict}`)
  }
}
