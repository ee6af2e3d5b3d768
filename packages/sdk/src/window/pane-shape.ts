import type { Column, RowSet } from '@pollux/protocol'
import { Accumulators } from '../aggregate/accumulators.ts'
import type { StateProgram } from '../compile/stage-program.ts'
import { keySpecs, RowLayout } from '../state/row-layout.ts'
import type { WindowStep } from './window-step.ts'

/** Rows of this key and pane were added for a window that has been shown already. */
export const LATE = 1
/** Rows were added since open windows were shown last. */
export const CHANGED = 2

/** What all panes of a step have in common: how their rows lie, and what of a row of input is the key. */
export class PaneShape {
  readonly groups: number
  /** Columns of the input. */
  readonly key: readonly Column[]
  readonly accumulators: Accumulators
  readonly layout: RowLayout
  /** Per column whose different values are counted. */
  readonly distinct: readonly {
    readonly columns: readonly Column[]
    readonly layout: RowLayout
    readonly at: number
  }[]
  /** Where the flags stand in a row of numbers. */
  readonly flagsAt: number
  /** The event time of the input's rows; null where it has none. */
  readonly time: Column | null
  readonly plusMs: number

  /** `extra`: numbers that a kind of window keeps beside, behind the flags. */
  constructor(
    program: Pick<StateProgram, 'node' | 'input' | 'time'>,
    groups: number,
    extra: readonly number[] = [],
  ) {
    const { node, input, time } = program
    const step = node.step as WindowStep
    this.groups = groups
    this.key = (node.key ?? []).map((name) => input.wire.column(name))
    this.accumulators = new Accumulators(input, step.aggregates, this.key)
    const { initial, cells, distinct, parts } = this.accumulators.parts
    this.flagsAt = initial.length
    this.layout = new RowLayout(keySpecs(this.key), [...initial, 0, ...extra], cells)
    this.distinct = distinct.map((column, table) => {
      const columns = [...this.key, column]
      const part = parts.find((one) => one.op === 'distinct' && one.table === table)!
      return { columns, layout: new RowLayout(keySpecs(columns), []), at: part.at }
    })
    this.time = time === null ? null : input.wire.column(time.column)
    this.plusMs = time?.plusMs ?? 0
  }

  timeOf(rows: RowSet, row: number): number {
    return this.time === null ? 0 : rows.data(this.time.index)[row]! + this.plusMs
  }
}
