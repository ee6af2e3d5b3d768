import type { RowSet } from '@pollux/protocol'
import { ReadText } from '../program/generated/read-text.ts'
import { TextWriter } from '../program/generated/text-writer.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import { KeyText } from '../state/key-text.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import type { KeyedStore } from '../state/keyed-store.ts'
import type { AddAttempt } from './add-attempt.ts'
import { addedShapes, addParts, tryParts } from './add-text.ts'
import type { PaneShape } from './pane-shape.ts'
import { TimeError } from './time-error.ts'

/** Adds rows to the sessions that they belong to. */
export type SessionLoop = (rows: RowSet, from: number, to: number, watermark: number) => void

/** What a loop is made for. */
export interface SessionParts {
  readonly name: string
  readonly input: RowSchema
  readonly shape: PaneShape
  readonly store: KeyedStore
  readonly gapMs: number
  /** No row is later than this. */
  readonly timeMost: number
  readonly latenessMs: number
  /** Null: the pipeline halts where a row cannot be added. */
  readonly attempt: AddAttempt | null
  /** Where behind the flags the times of the first and the last row stand. */
  readonly first: number
  readonly last: number
  /** Of several sessions of a key the one that a row belongs to, joined of those that it joins; -1: none. */
  readonly among: (group: KeyedRows, hash: number, rows: RowSet, row: number, time: number) => number
  readonly late: (rows: RowSet, row: number) => void
  /** The values of a row that are counted apart, after `extend`. */
  readonly different: (rows: RowSet, row: number, group: KeyedRows, slot: number) => void
  /** A row of this time has been added to a session. */
  readonly extend: (group: KeyedRows, slot: number, time: number, watermark: number, isNew: boolean) => void
}

/** Null where no code is generated. */
export function generatedSessions(parts: SessionParts): SessionLoop | null {
  const { name, input, shape, store, gapMs, latenessMs, timeMost, attempt, first, last } = parts
  const writer = new TextWriter()
  const body = new TextWriter(writer)
  const keys = new KeyText(shape.key, body)
  const reads = new ReadText(input, body, shape.layout.cells.length > 0)
  writer.bind('store', store)
  for (const one of ['among', 'late', 'extend', 'different'] as const) writer.bind(one, parts[one])
  writer.bind('tooLate', (rows: RowSet, row: number) => {
    throw new TimeError(rows, row)
  })
  const { width } = shape.layout

  body.open('for (let r = from; r < to; r++)')
  body.line(
    `const time = ${shape.time === null ? '0' : `${reads.value(shape.time.index)} + ${shape.plusMs}`}`,
  )
  body.line(`if (time > ${timeMost}) tooLate(rows, r)`)
  keys.findSome()
  body.line('if (more) slot = among(group, hash, rows, r, time)')
  body.open('else if (slot >= 0)')
  body.line(`const flagsAt = slot * ${width} + ${shape.flagsAt}`)
  body.line(`const near = time - group.numbers[flagsAt + ${last}] < ${gapMs}`)
  body.line(`if (!(near && group.numbers[flagsAt + ${first}] - time < ${gapMs})) slot = -1`)
  body.close()
  body.line('const isNew = slot < 0')
  body.line(`if (isNew && time + ${gapMs + latenessMs} <= watermark) { late(rows, r); continue }`)
  keys.add()
  body.line(`const a = group.own(), at = slot * ${width}`)
  if (attempt === null) addParts(body, reads, shape)
  else tryParts(body, reads, shape, { attempt, isNew: 'isNew', forget: '' })
  body.line('extend(group, slot, time, watermark, isNew)')
  if (shape.distinct.length > 0) body.line('different(rows, r, group, slot)')
  body.close()

  addedShapes(input, shape).forEach((text) => writer.line(text))
  writer.open('return function sessions(rows, from, to, watermark)')
  writer.line('const groups = store.groups, lastGroup = groups.length - 1')
  keys.open(writer)
  reads.open(writer)
  writer.part(body)
  writer.close()
  return writer.made(name) as SessionLoop | null
}
