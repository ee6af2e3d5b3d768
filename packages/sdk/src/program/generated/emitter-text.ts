import type { BatchBuilder } from '@pollux/protocol'
import type { RowSchema } from '../../schema/row-schema.ts'
import { refuseNoRow } from '../row-object.ts'
import { shapeText } from './column-text.ts'
import { MadeText } from './made-text.ts'
import { TextWriter } from './text-writer.ts'
import type { AnyRow } from '../../pipeline/graph.ts'

/** Where rows are kept that a callback emits. */
export interface EmitRoom {
  readonly rows: BatchBuilder
  /** Room for one row; its number. */
  room(): number
}

/**
 * What a callback is given as `emit`: checks a row and writes it where rows are kept. It is named apart from
 * loops: in a stack, an author's callback is above the loop but below this. Null where no code is generated.
 */
export function emitterOf(name: string, schema: RowSchema, place: EmitRoom): ((row: AnyRow) => void) | null {
  const writer = new TextWriter()
  const made = new MadeText(writer, schema, 0)
  writer.bind('place', place)
  const rows = writer.bind('rows', place.rows)
  place.rows.columns.forEach((column, index) => writer.bind(`columns_${index}`, column))
  writer.line(shapeText(schema.wire.columns))
  writer.open('return function emit(row)')
  writer.line('const next = place.room()')
  writer.line(made.declaration)
  made.take('row', `${writer.bind('refuseNoRow', refuseNoRow)}()`, made.test())
  made.write('columns', 'next', (index) => `columns_${index}.data`)
  writer.line(`${rows}.rows = next + 1`)
  writer.close()
  return writer.made(name.replace('pollux/', 'pollux-emit/')) as ((row: AnyRow) => void) | null
}
