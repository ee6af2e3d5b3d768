import type { Column, RowSet } from '@pollux/protocol'
import { ReadText } from '../program/generated/read-text.ts'
import { TextWriter } from '../program/generated/text-writer.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import { hashOf } from '../state/hash-of.ts'
import { keyNumbers } from '../state/key-numbers.ts'
import { KeyText } from '../state/key-text.ts'
import type { KeyedStore } from '../state/keyed-store.ts'
import type { AddAttempt } from './add-attempt.ts'
import { addedShapes, addParts, tryParts } from './add-text.ts'
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

/** What a loop is made for. */
export interface FoldParts {
  readonly shape: PaneShape
  readonly input: RowSchema
  readonly turn: Turn
  readonly name: string
  /** Null: the pipeline halts where a row cannot be added. */
  readonly attempt: AddAttempt | null
}

/** Adds rows to the panes that they belong to. */
export type PaneFold = (rows: RowSet, from: number, to: number) => void

/** One loop for these keys and aggregates; generated where that is allowed. */
export function paneFold(parts: FoldParts): PaneFold {
  return generatedFold(parts) ?? plainFold(parts)
}

function generatedFold({ shape, input, turn, name, attempt }: FoldParts): PaneFold | null {
  const writer = new TextWriter()
  const body = new TextWriter(writer)
  const keys = new KeyText(shape.key, body)
  const reads = new ReadText(input, body, shape.layout.cells.length > 0)
  const numbers = keyNumbers(shape.key)
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
  if (numbers === null) body.line('groups = store.groups')
  else {
    body.line(`places = target.pane.placesOf(${body.bind('numbers', numbers)}, rows)`)
    body.line('slots = places.slots')
    body.line('homes = places.homes')
  }
  body.close()
  const placed = keys.place(numbers, attempt !== null)
  body.line(`const a = group.own(), at = slot * ${shape.layout.width}`)
  if (attempt === null) addParts(body, reads, shape)
  else tryParts(body, reads, shape, { attempt, ...placed })
  if (shape.distinct.length > 0) distinctText(shape, body)
  body.line(`if (target.flags !== 0) a[at + ${shape.flagsAt}] |= target.flags`)
  body.close()

  addedShapes(input, shape).forEach((text) => writer.line(text))
  writer.open('return function fold(rows, from, to)')
  writer.line('let target = none, other = none, store')
  writer.line(numbers === null ? 'let groups' : 'let places, slots, homes')
  writer.line(`const lastGroup = ${shape.groups - 1}`)
  keys.open(writer)
  new KeyText(countedColumns(shape), body).open(writer)
  reads.open(writer)
  writer.part(body)
  writer.close()
  return writer.made(name) as PaneFold | null
}

/** Columns whose different values are counted, but for those of the key. */
function countedColumns({ key, distinct }: PaneShape): readonly Column[] {
  const counted = new Set(distinct.map(({ columns }) => columns.at(-1)!))
  return [...counted].filter((column) => !key.includes(column))
}

/** Counts values that have not been there before. Most have: for those nothing is called. */
function distinctText({ distinct }: PaneShape, body: TextWriter): void {
  body.line('let isDifferent = false')
  distinct.forEach(({ columns }, index) => {
    const value = columns.at(-1)!
    if (value.optional) body.open(`if (!rows.isNull(${value.index}, r))`)
    const known = `known${index}`
    body.bind('valuesOf', valuesOf)
    body.line(`const ${known} = valuesOf(target.pane, ${index}).groups[group.hashes[slot] & lastGroup]`)
    new KeyText(columns, body).unlessAmong(known, 'isDifferent')
    if (value.optional) body.close()
  })
  body.line('if (isDifferent) target.pane.countDistinct(rows, r, group.hashes[slot], group, slot)')
}

function valuesOf({ distinct }: Pane, index: number): KeyedStore {
  return distinct[index]!.store
}

/** The same, where no code is generated. */
function plainFold({ shape, turn, attempt }: FoldParts): PaneFold {
  return (rows, from, to) => {
    let target: FoldTarget | null = null
    for (let row = from; row < to; row++) {
      const time = shape.timeOf(rows, row)
      if (target === null || time < target.from || time >= target.to) {
        const found = turn(time, rows, row)
        if (found === null) continue
        target = found
      }
      const { pane, flags } = target
      pane.add(rows, row, hashOf(rows, row, shape.key), { time, flags, attempt })
    }
  }
}
