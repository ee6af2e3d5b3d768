import type { RowSet } from '@pollux/protocol'
import type { Part } from '../aggregate/accumulator-parts.ts'
import { InexactError } from '../aggregate/inexact-error.ts'
import { partText } from '../aggregate/part-text.ts'
import { shapeText } from '../program/generated/column-text.ts'
import { columnsFor, objectText, type ReadText } from '../program/generated/read-text.ts'
import type { TextWriter } from '../program/generated/text-writer.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import type { PaneShape } from './pane-shape.ts'

/**
 * How the row at hand is added to the one at `slot` of `group`, as text of a loop: what `Accumulators.add`
 * does. The numbers of the latter begin at `at` in `a`; `time` is that of the row.
 */
export function addParts(body: TextWriter, reads: ReadText, shape: PaneShape): void {
  body.line('a[at] += 1')
  shape.accumulators.parts.parts.forEach((part, index) => addPart(body, reads, shape, part, index))
}

/** Shapes of the rows that own aggregates are given, to be named before the loop. */
export function addedShapes(input: RowSchema, { accumulators }: PaneShape): readonly string[] {
  return accumulators.parts.parts.flatMap((part) =>
    part.op === 'own' ? [shapeText(columnsFor(input, part.own.add))] : [],
  )
}

function addPart(body: TextWriter, reads: ReadText, shape: PaneShape, part: Part, index: number): void {
  if (part.op === 'distinct') return
  if (part.op === 'own') {
    const view = shape.accumulators.ours[index]!
    const [add, place, point] = [`add${index}`, `place${index}`, `point${index}`]
    body.bind(add, part.own.add)
    body.bind(point, view.point)
    body.line(`${point}(a, at)`)
    if (part.columns.cells.length > 0) {
      body.bind(place, view.place)
      body.line(`${place}.rows = group`)
      body.line(`${place}.slot = slot`)
    }
    const columns = columnsFor(reads.schema, part.own.add)
    const row = objectText(columns, (column) => reads.value(column))
    const failed = body.bind(`failed${index}`, (rows: RowSet, r: number, error: unknown) =>
      shape.accumulators.failedToAdd(index, rows, r, error),
    )
    const call = `${add}(${body.bind(`view${index}`, view.columns)}, ${row})`
    body.line(`try { ${call} } catch (error) { ${failed}(rows, r, error) }`)
    return
  }
  const { column } = part
  if (column.optional) body.open(`if (${reads.isThere(column.index)})`)
  if ('cell' in part && part.cell !== null) {
    const place = `a[at + ${part.at}]`
    body.open(`if (time ${part.op === 'first' ? '<' : '>='} ${place})`)
    body.line(`${place} = time`)
    body.line(`group.setCell(slot, ${part.cell}, rows.value(${column.index}, r))`)
    body.close()
  } else {
    const value = part.op === 'count' ? '1' : reads.number(column.index)
    const inexact = body.bind(`inexact${index}`, () => {
      throw new InexactError(column.name)
    })
    body.line(partText(part, value, `${inexact}()`))
  }
  if (column.optional) body.close()
}
