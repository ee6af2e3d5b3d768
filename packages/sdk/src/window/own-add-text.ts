import type { Column, RowSet } from '@pollux/protocol'
import type { OwnPart } from '../aggregate/accumulator-parts.ts'
import { fitsText } from '../program/generated/column-text.ts'
import { columnsFor, objectText, type ReadText } from '../program/generated/read-text.ts'
import type { TextWriter } from '../program/generated/text-writer.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import type { NumberColumn } from '../state/state-columns.ts'
import type { PaneShape } from './pane-shape.ts'

/** What an own aggregate reads of the rows that it is given, which come second. */
export function addedColumns(input: RowSchema, { own }: OwnPart): readonly Column[] {
  return columnsFor(input, own.add, 1)
}

/** How the row at hand is added by the callback of an own aggregate, as text of a loop. */
export function addOwn(
  body: TextWriter,
  reads: ReadText,
  shape: PaneShape,
  part: OwnPart,
  index: number,
): void {
  const row = objectText(addedColumns(reads.schema, part), (column) => reads.value(column))
  const add = body.bind(`add${index}`, part.own.add)
  const failed = body.bind(`failed${index}`, (rows: RowSet, r: number, error: unknown) =>
    shape.accumulators.failedToAdd(index, rows, r, error),
  )
  const call = (state: string): string =>
    `try { ${add}(${state}, ${row}) } catch (error) { ${failed}(rows, r, error) }`
  const { numbers } = part.columns
  if (numbers === null) atView(body, shape, part, index, call)
  else atNumbers(body, numbers, part.at, index, call, () => atView(body, shape, part, index, call))
}

/**
 * State that is all numbers is an object of its own for as long as the callback takes. The engine puts the
 * callback in place of its call, finds that nobody else ever sees the object, and makes none; accessors of
 * one that stays it would have to call. What does not fit is left for a view to find, which tells by what
 * line of the callback it was written.
 */
function atNumbers(
  body: TextWriter,
  columns: readonly NumberColumn[],
  at: number,
  index: number,
  call: (state: string) => string,
  refuse: () => void,
): void {
  const place = (column: NumberColumn): string => `a[at + ${at + column.at}]`
  const [state, value] = [`state${index}`, (column: NumberColumn) => `s${index}_${column.at}`]
  const cells = columns.map((column) => {
    const cell = column.kind === 'bool' ? `${place(column)} === 1` : place(column)
    return `${JSON.stringify(column.name)}: ${cell}`
  })
  body.line(`const ${state} = { ${cells.join(', ')} }`)
  body.line(call(state))
  for (const column of columns) body.line(`const ${value(column)} = ${state}[${JSON.stringify(column.name)}]`)
  body.open(`if (${columns.map((column) => fitsText(column, value(column))).join(' && ')})`)
  for (const column of columns)
    body.line(`${place(column)} = ${value(column)}${column.kind === 'bool' ? ' ? 1 : 0' : ''}`)
  body.close('else')
  refuse()
  body.close()
}

function atView(
  body: TextWriter,
  shape: PaneShape,
  part: OwnPart,
  index: number,
  call: (state: string) => string,
): void {
  const view = shape.accumulators.ours[index]!
  const [place, point] = [`place${index}`, `point${index}`]
  body.bind(point, view.point)
  body.line(`${point}(a, at)`)
  if (part.columns.cells.length > 0) {
    body.bind(place, view.place)
    body.line(`${place}.rows = group`)
    body.line(`${place}.slot = slot`)
  }
  body.line(call(body.bind(`view${index}`, view.columns)))
}
