import type { BatchBuilder, RowSet } from '@pollux/protocol'
import type { Feed, StageProgram, StepProgram, Target } from '../compile/stage-program.ts'
import type { AnyRow } from '../pipeline/graph.ts'
import { appendRow, checked, readRow } from './row-object.ts'
import type { RowLoop } from './row-loop.ts'
import { StepError } from './step-error.ts'

/**
 * The steps behind one place of a stage, row by row, with no code generated: the plain twin of the generated
 * loop, and what runs where generating code is switched off.
 */
export class InterpretedLoop implements RowLoop {
  readonly passes: number | null
  readonly collects: number | null
  readonly #program: StageProgram
  readonly #feed: Feed
  readonly #outputs: readonly BatchBuilder[]
  readonly #added: (output: number) => void

  constructor(
    program: StageProgram,
    feed: Feed,
    outputs: readonly BatchBuilder[],
    added: (output: number) => void,
  ) {
    this.#program = program
    this.#feed = feed
    this.#outputs = outputs
    this.#added = added
    const [only, ...more] = feed.next
    const single = only !== undefined && more.length === 0
    this.passes = single && only.to === 'output' ? only.index : null
    this.collects = single && only.to === 'state' ? only.index : null
  }

  run(rows: RowSet): void {
    for (let row = 0; row < rows.rows; row++) this.#push(this.#feed.next, readRow(rows, row))
  }

  #push(next: readonly Target[], row: AnyRow): void {
    for (const { to, index } of next) {
      if (to === 'step') this.#step(this.#program.steps[index]!, row)
      else if (to === 'output') {
        appendRow(this.#outputs[index]!, row)
        this.#added(index)
      }
    }
  }

  /** All that a callback makes of a row, before any of it goes on: one that fails leaves nothing behind. */
  #step(step: StepProgram, row: AnyRow): void {
    const { node, feeds } = step
    let made: readonly Made[]
    try {
      made = makeOf(step, row)
    } catch (error) {
      if (node.onError === 'skip') return
      const at = node.where === '' ? node.kind : `${node.kind} (${node.where})`
      throw new StepError(this.#program.pipeline, at, row, error)
    }
    for (const one of made) this.#push(feeds[one.output]!.next, one.row)
  }
}

interface Made {
  readonly output: number
  readonly row: AnyRow
}

function makeOf({ node, feeds }: StepProgram, row: AnyRow): readonly Made[] {
  const fresh = (made: AnyRow): Made => ({ output: 0, row: checked(feeds[0]!.schema, made) })
  if (node.kind === 'map') return [fresh(node.change(row))]
  if (node.kind === 'flat-map') {
    const made: Made[] = []
    node.spread(row, (one) => made.push(fresh(one)))
    return made
  }
  if (node.kind === 'filter') return node.keeps(row) ? [{ output: 0, row }] : []
  const found = node.conditions.findIndex((holds) => holds(row))
  return [{ output: found < 0 ? node.conditions.length : found, row }]
}
