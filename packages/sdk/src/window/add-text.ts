import type { Part } from '../aggregate/accumulator-parts.ts'
import { InexactError } from '../aggregate/inexact-error.ts'
import { partText } from '../aggregate/part-text.ts'
import { shapeText } from '../program/generated/column-text.ts'
import type { ReadText } from '../program/generated/read-text.ts'
import type { TextWriter } from '../program/generated/text-writer.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import type { PlaceText } from '../state/key-text.ts'
import { addedColumns, addOwn } from './own-add-text.ts'
import type { AddAttempt } from './add-attempt.ts'
import type { PaneShape } from './pane-shape.ts'

/**
 * How the row at hand is added to the one at `slot` of `group`, as text of a loop: what `Accumulators.add`
 * does. The numbers of the latter begin at `at` in `a`; `time` is that of the row.
 */
export function addParts(body: TextWriter, reads: ReadText, shape: PaneShape): void {
  body.line('a[at] += 1')
  const { order, parts } = shape.accumulators
  for (const index of order) addPart(body, reads, shape, parts.parts[index]!, index)
}

/** The same of a row that an own aggregate may refuse: then it is left out, and the next one comes. */
export function tryParts(
  body: TextWriter,
  reads: ReadText,
  shape: PaneShape,
  { attempt, isNew, forget }: PlaceText & { readonly attempt: AddAttempt },
): void {
  body.line(`${body.bind('attempt', attempt)}.begin(group, slot, ${isNew})`)
  body.open('try')
  addParts(body, reads, shape)
  body.close('catch (error)')
  body.line('attempt.left(rows, r, error)')
  if (forget !== '') body.line(forget)
  body.line('continue')
  body.close()
}

/** Shapes of the rows that own aggregates are given, to be named before the loop. */
export function addedShapes(input: RowSchema, { accumulators }: PaneShape): readonly string[] {
  return accumulators.parts.parts.flatMap((part) =>
    part.op === 'own' ? [shapeText(addedColumns(input, part))] : [],
  )
}

function addPart(body: TextWriter, reads: ReadText, shape: PaneShape, part: Part, index: number): void {
  if (part.op === 'distinct') return
  if (part.op === 'own') return addOwn(body, reads, shape, part, index)
  const { column } = part
  if (column.optional) body.open(`if (${reads.isThere(column.index)})`)
  if ('cell' in part && part.cell !== null) {
    const place = `a[at + ${part.at}]`
    body.open(`if (time ${part.op === 'first' ? '<' : '>='} ${place})`)
    body.line(`${place} = time`)
    const value = reads.value(column.index)
    const set = `group.setCell(slot, ${part.cell}, ${value})`
    // A symbol is the same text each time: nothing changes where it has come again.
    body.line(column.kind === 'symbol' ? `if (group.cell(slot, ${part.cell}) !== ${value}) ${set}` : set)
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
