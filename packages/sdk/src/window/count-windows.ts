import type { BoundaryContext, EpochContext, OperatorState, RowSet } from '@pollux/protocol'
import { must } from '@pollux/std'
import type { StateProgram } from '../compile/stage-program.ts'
import type { Stateful, StatefulOut } from '../program/stateful.ts'
import { hashOf } from '../state/hash-of.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import type { KeyedStore } from '../state/keyed-store.ts'
import { bytesOf, type Section, SectionedState } from '../state/sectioned-state.ts'
import { ROWS } from '../aggregate/accumulator-parts.ts'
import { Pane } from './pane.ts'
import { PaneShape } from './pane-shape.ts'
import { ResultWriter } from './result-writer.ts'
import type { CountSpec } from './window-spec.ts'
import type { WindowStep } from './window-step.ts'

/**
 * Windows of so many rows of a key, numbered per key: shown with the row that fills them. What the input
 * leaves unfinished is not shown.
 */
export class CountWindows implements Stateful {
  readonly state: OperatorState
  readonly counters = {}
  readonly #shape: PaneShape
  readonly #rowsOfWindow: number
  /** The window of each key that is being filled, and behind its flags which number that has. */
  readonly #open: Pane
  readonly #results: ResultWriter

  constructor(program: StateProgram, groups: number) {
    const step = program.node.step as WindowStep
    this.#shape = new PaneShape(program, groups, [0])
    this.#rowsOfWindow = (step.window as CountSpec).rows
    this.#open = new Pane(0, this.#shape)
    const { accumulators, key } = this.#shape
    this.#results = new ResultWriter(program.node.shapes[0]!.schema, accumulators, key.length, false)
    this.state = new SectionedState(this)
  }

  get bytes(): number {
    return bytesOf(this)
  }

  process(rows: RowSet, _context: EpochContext, out: StatefulOut): void {
    this.#results.to(out)
    for (let row = 0; row < rows.rows; row++) {
      const hash = hashOf(rows, row, this.#shape.key)
      const slot = this.#open.add(rows, row, hash, this.#shape.timeOf(rows, row), 0)
      const group = this.#open.store.of(hash)
      const { width } = group.layout
      const count = group.numbers[slot * width + ROWS]
      if (count === this.#rowsOfWindow) this.#fill(group, slot)
    }
    this.#results.flush()
  }

  boundary(_context: BoundaryContext, _out: StatefulOut): void {
    this.#open.compact()
  }

  #fill(group: KeyedRows, slot: number): void {
    const at = slot * group.layout.width + this.#shape.flagsAt + 1
    const number = group.numbers[at]!
    this.#results.putNumbered(group, slot, number)
    this.#open.clear(group, slot)
    group.own()[at] = number + 1
  }

  /** @internal */
  sections(): readonly Section[] {
    const { store, distinct } = this.#open
    const tables = [store, ...distinct.map((values) => values.store)]
    return tables.map((one, kind) => ({ kind, tag: 0, store: one }))
  }

  /** @internal */
  storeFor(kind: number): KeyedStore {
    const { store, distinct } = this.#open
    return kind === 0 ? store : must(distinct[kind - 1], 'there is a table for each column told apart').store
  }

  /** @internal */
  onLoaded(kind: number, _tag: number, group: number): void {
    if (kind > 0) this.#open.distinct[kind - 1]!.onLoaded(group)
  }
}
