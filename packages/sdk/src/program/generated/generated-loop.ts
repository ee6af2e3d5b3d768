import { BatchBuilder, type RowSet } from '@pollux/protocol'
import type { Feed, StageProgram } from '../../compile/stage-program.ts'
import { InterpretedLoop } from '../interpreted-loop.ts'
import type { RowLoop, Sinks } from '../row-loop.ts'
import { sinkSchemas } from '../sink-of.ts'
import { describeCause } from '../step-error.ts'
import { generatedFunction } from './generated-function.ts'
import { planSegment, type SegmentPlan } from './segment-plan.ts'
import { Segment } from './segment.ts'

/**
 * The steps behind one place of a stage as one generated function, and one more behind each step that makes
 * rows in numbers that nobody knows before. What comes out is what an `InterpretedLoop` makes, to the bit.
 */
export class GeneratedLoop implements RowLoop {
  readonly kind = 'generated'
  readonly passes = null
  readonly collects = null
  readonly #program: StageProgram
  readonly #feed: Feed
  readonly #segment: Segment
  /** What whoever takes full sinks has thrown: no callback's fault. */
  #fromOutside: unknown = null

  /** Null where a loop that is interpreted must do. */
  static of(program: StageProgram, feed: Feed, sinks: Sinks, name: string): GeneratedLoop | null {
    const isAllowed = generatedFunction(name, [], '') !== null
    const plan = isAllowed ? planSegment(program, feed) : null
    return plan === null ? null : new GeneratedLoop(program, feed, plan, sinks, name)
  }

  private constructor(program: StageProgram, feed: Feed, plan: SegmentPlan, sinks: Sinks, name: string) {
    this.#program = program
    this.#feed = feed
    const added = (sink: number): void => {
      try {
        sinks.added(sink)
      } catch (error) {
        this.#fromOutside = error
        throw error
      }
    }
    this.#segment = new Segment(program, plan, { rows: sinks.rows, added }, name)
  }

  run(rows: RowSet): void {
    let from = 0
    while (from < rows.rows) {
      const to = this.#segment.endOfSome(rows, from)
      try {
        this.#segment.runSome(rows, from, to)
      } catch (error) {
        if (error === this.#fromOutside) throw error
        this.#findFailure(rows, from, to)
        const why =
          'tried once more, the same rows did not fail: does a callback depend on more than its row?'
        throw new Error(`${this.#program.pipeline}: ${describeCause(error)}; ${why}`, { cause: error })
      }
      from = to
    }
  }

  /**
   * A generated loop does not keep account of where it is, nor does it take every row all the way before the
   * next. The same rows once more, one by one, lead to the first that fails: its error is thrown, as if
   * nothing had been generated. Of what they make nothing is kept, since the pipeline halts.
   */
  #findFailure(rows: RowSet, from: number, to: number): void {
    const nowhere = sinkSchemas(this.#program).map(({ wire }) => new BatchBuilder(wire))
    const added = (sink: number): void => nowhere[sink]!.reset()
    new InterpretedLoop(this.#program, this.#feed, { rows: nowhere, added }).run(rows, from, to)
  }
}
