import type { RowSet } from '@pollux/protocol'
import type { Part } from '../aggregate/accumulator-parts.ts'
import { InexactError } from '../aggregate/inexact-error.ts'
import { partText } from '../aggregate/part-text.ts'
import { shapeText } from '../program/generated/column-text.ts'
import { generatedFunction } from '../program/generated/generated-function.ts'
import { columnsFor, objectText, ReadText } from '../program/generated/read-text.ts'
import { TextWriter } from '../program/generated/text-writer.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import { DenseKey } from '../state/dense-key.ts'
import { hashOf } from '../state/hash-of.ts'
import { KeyText } from '../state/key-text.ts'
import type { Pane } from './pane.ts'
import type { PaneShape } from './pane-shape.ts'

/** Where the rows of a span of event time go, and with which flags. */
export interface FoldTarget {
  readonly from: number
  readonly to: number
  readonly pane: Pane
  readonly flags: number
}

/** The target of a row of this time; null where no window takes it. */
export type Turn = (time: number, rows: RowSet, row: number) => FoldTarget | null

/** Adds rows to the panes that they belong to. */
export type PaneFold = (rows: RowSet, from: number, to: number) => void

/** One loop for these keys and aggregates; generated where that is allowed. */
export function paneFold(shape: PaneShape, input: RowSchema, turn: Turn, name: string): PaneFold {
  return generatedFold(shape, input, turn, name) ?? plainFold(shape, turn)
}

function generatedFold(shape: PaneShape, input: RowSchema, turn: Turn, name: string): PaneFold | null {
  const writer = new TextWriter()
  const body = new TextWriter(writer)
  const keys = new KeyText(shape.key, body)
  const reads = new ReadText(input, body)
  const dense = DenseKey.of(shape.key)
  writer.bind('turn', turn)
  writer.bind('none', { from: 0, to: 0 })

  body.open('for (let r = from; r < to; r++)')
  const time = shape.time === null ? '0' : `${reads.value(shape.time.index)} + ${shape.plusMs}`
  body.line(`const time = ${time}`)
  // Around the end of a span rows go to this one and the next in turn.
  body.open('if (time < target.from || time >= target.to)')
  body.line('const found = time >= other.from && time < other.to ? other : turn(time, rows, r)')
  body.line('if (found === null) continue')
  body.line('other = target')
  body.line('target = found')
  body.line('store = target.pane.store')
  if (dense === null) body.line('groups = store.groups')
  else {
    body.line(`places = target.pane.placesOf(${body.bind('dense', dense)})`)
    body.line('slots = places.slots')
    body.line('homes = places.homes')
  }
  body.close()
  if (dense === null) keys.place()
  else keys.placeDense(dense.sizes)
  body.line(`const a = group.own(), at = slot * ${shape.layout.width}`)
  body.line('a[at] += 1')
  for (const [index, part] of shape.accumulators.parts.parts.entries())
    addPart(body, reads, shape, part, index)
  if (shape.distinct.length > 0)
    body.line('target.pane.countDistinct(rows, r, group.hashes[slot], group, slot)')
  body.line(`if (target.flags !== 0) a[at + ${shape.flagsAt}] |= target.flags`)
  body.close()

  for (const part of shape.accumulators.parts.parts)
    if (part.op === 'own') writer.line(shapeText(columnsFor(input, part.own.add)))
  writer.open('return function fold(rows, from, to)')
  writer.line('let target = none, other = none, store')
  writer.line(dense === null ? `let groups, lastGroup = ${shape.groups - 1}` : 'let places, slots, homes')
  keys.open(writer)
  reads.open(writer)
  writer.part(body)
  writer.close()
  const made = generatedFunction(name, writer.parameters, writer.text)
  return made === null ? null : (made(...writer.values) as PaneFold)
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
    body.line(`${add}(${body.bind(`view${index}`, view.columns)}, ${row})`)
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

/** The same, where no code is generated. */
function plainFold(shape: PaneShape, turn: Turn): PaneFold {
  return (rows, from, to) => {
    let target: FoldTarget | null = null
    for (let row = from; row < to; row++) {
      const time = shape.timeOf(rows, row)
      if (target === null || time < target.from || time >= target.to) {
        const found = turn(time, rows, row)
        if (found === null) continue
        target = found
      }
      target.pane.add(rows, row, hashOf(rows, row, shape.key), time, target.flags)
    }
  }
}
