import type { ColumnSpec, Value } from '@pollux/protocol'

/** What a cell of state holds: a value that is never changed in place, only replaced. */
export type Cell = unknown

/** How cells of one column of state are kept, and how they are encoded. Null stands for itself. */
export interface CellType {
  /** Of the encoded cell; its name does not matter. */
  readonly column: ColumnSpec
  readonly initial: Cell
  /** What will be kept; throws where the value does not fit. */
  checked(value: unknown): Cell
  toValue(cell: Cell): Value
  fromValue(value: Value): Cell
  /** About what it takes, from its content alone. */
  bytes(cell: Cell): number
}
