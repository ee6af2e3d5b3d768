import type { Column, ColumnData } from '../schema/column.ts'

/**
 * Room for the values of so many rows: `pairs` take two elements a row, `bits` a whole byte while they are
 * built.
 */
export function newColumnData(column: Column, capacity: number): ColumnData {
  switch (column.storage) {
    case 'float64':
      return new Float64Array(capacity)
    case 'int32':
      return new Int32Array(capacity)
    case 'pairs':
      return new Int32Array(capacity * 2)
    case 'uint16':
      return new Uint16Array(capacity)
    case 'uint8':
    case 'bits':
    case 'variable':
      return new Uint8Array(capacity)
  }
}
