import type { RowSet } from '@pollux/protocol'
import type { Feed, StageProgram, StepProgram, Target } from '../compile/stage-program.ts'
import type { AnyRow } from '../pipeline/graph.ts'
import { Emission } from './emission.ts'
import { failedFeed, failedRow, failureOf } from './failed-rows.ts'
import type { RowLoop, Sinks } from './row-loop.ts'
import { appendRow, checked, ownRow, readRow } from './row-object.ts'
import { sinkOf } from './sink-of.ts'
import { describeRow, describeStep, StepError } from './step-error.ts'

/**
 * The steps behind one place of a stage, row by row, with no code generated: the plain twin of the generated
 * loop, and what runs where generating code is switched off.
 */
export class InterpretedLoop implements RowLoop {
  readonly kind = 'interpreted'
  readonly passes: number | null
  readonly collects: number | null
  readonly #program: StageProgram
  readonly #feed: Feed
  readonly #sinks: Sinks
  readonly #emissions: ReadonlyMap<StepProgram, Emission>

  constructor(program: StageProgram, feed: Feed, sinks: Sinks) {
    this.#program = program
    this.#feed = feed
    this.#sinks = sinks
    this.#emissions = new Map(program.steps.map((step) => [step, new Emission(step.feeds[0]!.schema)]))
    const [only, ...more] = feed.next
    const single = only !== undefined && more.length === 0
    this.passes = single && only.to === 'output' ? only.index : null
    const isKept = single && (only.to === 'state' || only.to === 'batch')
    this.collects = isKept ? sinkOf(program, only) : null
  }

  run(rows: RowSet, from = 0, to = rows.rows): void {
    for (let row = from; row < to; row++) this.#push(this.#feed.next, readRow(rows, row))
  }

  #push(next: readonly Target[], row: AnyRow): void {
    for (const { to, index } of next) {
      if (to === 'step') this.#step(this.#program.steps[index]!, row)
      else {
        const sink = sinkOf(this.#program, { to, index })
        appendRow(this.#sinks.rows[sink]!, row)
        this.#sinks.added(sink)
      }
    }
  }

  /** All that a callback makes of a row, before any of it goes on: one that fails leaves nothing behind. */
  #step(step: StepProgram, row: AnyRow): void {
    const { node, feeds } = step
    let made: readonly AnyRow[]
    let output = 0
    try {
      if (node.kind === 'branch') output = branchOf(node.conditions, row)
      made = this.#makeOf(step, row)
    } catch (error) {
      if (node.onError === 'fail') {
        throw new StepError(this.#program.pipeline, describeStep(node), `row ${describeRow(row)}`, error)
      }
      const failed = failedFeed(step)
      if (failed === null) return
      output = failed
      made = [checked(feeds[failed]!.schema, failedRow(failureOf(step, row, error)))]
    }
    for (const one of made) this.#push(feeds[output]!.next, one)
  }

  #makeOf(step: StepProgram, row: AnyRow): readonly AnyRow[] {
    const { node, feeds } = step
    if (node.kind === 'map') {
      const { change } = node
      return [checked(feeds[0]!.schema, change(ownRow(row)))]
    }
    if (node.kind === 'flat-map') {
      const { spread } = node
      const emission = this.#emissions.get(step)!
      return emission.during(() => spread(ownRow(row), emission.emit))
    }
    if (node.kind === 'branch') return [row]
    if (node.kind === 'filter') return node.keeps(ownRow(row)) ? [row] : []
    throw new Error(`${node.kind} is no step of a loop`)
  }
}

function branchOf(conditions: readonly ((row: AnyRow) => boolean)[], row: AnyRow): number {
  const found = conditions.findIndex((holds) => holds(ownRow(row)))
  return found < 0 ? conditions.length : found
}
