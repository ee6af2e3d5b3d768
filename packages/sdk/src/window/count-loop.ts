import type { RowSet } from '@pollux/protocol'
import { ROWS } from '../aggregate/accumulator-parts.ts'
import { ReadText } from '../program/generated/read-text.ts'
import { TextWriter } from '../program/generated/text-writer.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import type { KeyExpiry } from '../state/key-expiry.ts'
import { keyNumbers } from '../state/key-numbers.ts'
import { KeyText } from '../state/key-text.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import type { AddAttempt } from './add-attempt.ts'
import { addedShapes, addParts, tryParts } from './add-text.ts'
import type { Pane } from './pane.ts'
import type { PaneShape } from './pane-shape.ts'

/** Adds rows to the windows of their keys that are being filled. `now`: the time of the epoch. */
export type CountLoop = (rows: RowSet, from: number, to: number, now: number) => void

/** What a loop is made for. */
export interface CountParts {
  readonly name: string
  readonly input: RowSchema
  readonly shape: PaneShape
  readonly open: Pane
  readonly rowsOfWindow: number
  /** Null where keys are kept for ever. */
  readonly expiry: KeyExpiry | null
  /** Null: the pipeline halts where a row cannot be added. */
  readonly attempt: AddAttempt | null
  /** Before each row, where keys may be forgotten and rows left out: nothing has ended for it. */
  readonly begin: () => void
  /** What is kept of a key, at this slot, has been forgotten before the row at hand. */
  readonly end: (rows: KeyedRows, slot: number) => void
  /** The window at this slot has all its rows. */
  readonly fill: (rows: KeyedRows, slot: number) => void
}

/** Null where no code is generated. */
export function generatedCounts(parts: CountParts): CountLoop | null {
  const { name, input, shape, open, rowsOfWindow, expiry, attempt } = parts
  const writer = new TextWriter()
  const body = new TextWriter(writer)
  const keys = new KeyText(shape.key, body)
  const reads = new ReadText(input, body, shape.layout.cells.length > 0)
  // What is forgotten before a row has to be looked for before the row is at home.
  const numbers = expiry === null ? keyNumbers(shape.key) : null
  writer.bind('store', open.store)
  for (const one of ['begin', 'end', 'fill'] as const) writer.bind(one, parts[one])

  body.open('for (let r = from; r < to; r++)')
  const { time } = shape
  body.line(`const time = ${time === null ? '0' : `${reads.value(time.index)} + ${shape.plusMs}`}`)
  const placed = keys.place(numbers, attempt !== null, () => {
    if (expiry !== null) endText(body, parts)
  })
  body.line(`const a = group.own(), at = slot * ${shape.layout.width}`)
  if (attempt === null) addParts(body, reads, shape)
  else {
    tryParts(body, reads, shape, { attempt, ...placed })
    body.line('attempt.taken()')
  }
  if (shape.distinct.length > 0)
    body.line(`${body.bind('open', open)}.countDistinct(rows, r, group.hashes[slot], group, slot)`)
  if (expiry !== null) body.line(`expiry.touch(group, slot, ${livedText(shape)})`)
  body.line(`if (a[at + ${ROWS}] === ${rowsOfWindow}) fill(group, slot)`)
  body.close()

  addedShapes(input, shape).forEach((text) => writer.line(text))
  writer.open('return function counts(rows, from, to, now)')
  if (numbers === null) writer.line('const groups = store.groups, lastGroup = groups.length - 1')
  else {
    const bound = writer.bind('numbers', numbers)
    writer.line(`const places = ${writer.bind('open', open)}.placesOf(${bound}, rows), homes = places.homes`)
    writer.line('let slots = places.slots')
  }
  keys.open(writer)
  reads.open(writer)
  writer.part(body)
  writer.close()
  return writer.made(name) as CountLoop | null
}

/** A key that had been forgotten before this row, though no watermark has said so yet, begins anew. */
function endText(body: TextWriter, { shape, expiry, attempt }: CountParts): void {
  if (attempt !== null) body.line('begin()')
  const isOver = `${body.bind('expiry', expiry)}.isOver(group, slot, ${livedText(shape)})`
  body.open(`if (slot >= 0 && ${isOver})`)
  body.line('end(group, slot)')
  body.line('slot = -1')
  body.close()
}

/** Rows without event time live by that of epochs. */
function livedText({ time }: PaneShape): string {
  return time === null ? 'now' : 'time'
}
