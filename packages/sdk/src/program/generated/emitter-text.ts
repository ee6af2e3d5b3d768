import type { RowSchema } from '../../schema/row-schema.ts'
import { shapeText } from './column-text.ts'
import { generatedFunction } from './generated-function.ts'
import { MadeText } from './made-text.ts'
import type { Relay } from './relay.ts'
import { TextWriter } from './text-writer.ts'
import type { AnyRow } from '../../pipeline/graph.ts'
import { must } from '@pollux/std'

/**
 * What a flatMap is given as `emit`: checks a row and writes it where rows are kept. It is named apart from
 * loops: in a stack, an author's callback is above the loop but below this.
 */
export function emitterOf(name: string, schema: RowSchema, relay: Relay): (row: AnyRow) => void {
  const writer = new TextWriter()
  const made = new MadeText(writer, schema, 0)
  writer.bind('relay', relay)
  relay.rows.columns.forEach((column, index) => writer.bind(`columns_${index}`, column))
  writer.line(shapeText(schema.wire.columns))
  writer.open('return function emit(row)')
  writer.line('const next = relay.room()')
  writer.line(made.declaration)
  made.take('row', made.test())
  made.write('columns', 'next', (index) => `columns_${index}.data`)
  writer.line('relay.rows.rows = next + 1')
  writer.close()
  const generated = must(
    generatedFunction(name.replace('pollux/', 'pollux-emit/'), writer.parameters, writer.text),
    'code can be generated',
  )
  return generated(...writer.values) as (row: AnyRow) => void
}
