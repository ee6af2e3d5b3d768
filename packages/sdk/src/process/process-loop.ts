import type { Column, RowSet } from '@pollux/protocol'
import type { EventTime } from '../pipeline/graph.ts'
import { shapeText } from '../program/generated/column-text.ts'
import { columnsFor, objectText, ReadText } from '../program/generated/read-text.ts'
import { TextWriter } from '../program/generated/text-writer.ts'
import { readRow } from '../program/row-object.ts'
import type { RowSchema } from '../schema/row-schema.ts'
import { hashOf } from '../state/hash-of.ts'
import { keyNumbers } from '../state/key-numbers.ts'
import { PlacesByDictionary } from '../state/key-places.ts'
import { KeyText } from '../state/key-text.ts'
import type { KeyedRows } from '../state/keyed-rows.ts'
import type { KeyedStore } from '../state/keyed-store.ts'
import type { StateView } from '../state/state-view.ts'
import type { Attempt } from './attempt.ts'
import type { Due } from './due.ts'

/** Calls an author's callback with rows, each at the state of its key. */
export interface ProcessLoop {
  run(rows: RowSet, from: number, to: number, now: number): void
  /** Slots of the store are other ones. */
  moved(): void
}

/** What a loop is made for. */
export interface ProcessParts {
  readonly name: string
  readonly input: RowSchema
  readonly key: readonly Column[]
  readonly time: EventTime | null
  readonly store: KeyedStore
  readonly view: StateView
  readonly due: Due
  readonly callback: (row: never, context: never) => void
  readonly context: object
  /** Where the time of rows is kept: a key has one at this time. */
  readonly touch: ((rows: KeyedRows, slot: number, time: number) => void) | null
  /** Does what is due once the callback has returned. */
  readonly after: () => void
  /** Null: the pipeline halts where a callback throws. */
  readonly attempt: Attempt | null
  /** The callback has thrown at this row. If this returns, the call was undone, and the next row comes. */
  readonly failed: (rows: RowSet, row: number, error: unknown) => void
}

export function processLoop(parts: ProcessParts): ProcessLoop {
  return generatedLoop(parts) ?? new PlainLoop(parts)
}

function generatedLoop(parts: ProcessParts): ProcessLoop | null {
  const { input, key, store, view, time, touch, attempt } = parts
  const writer = new TextWriter()
  const body = new TextWriter(writer)
  const keys = new KeyText(key, body)
  const reads = new ReadText(input, body, store.layout.cells.length > 0)
  const numbers = keyNumbers(key)
  const places = numbers === null ? null : new PlacesByDictionary(key, store, numbers)
  writer.bind('store', store)
  writer.bind('place', view.place)
  writer.bind('point', view.point)
  for (const name of ['callback', 'context', 'due', 'after', 'failed'] as const)
    writer.bind(name, parts[name])
  const columns = columnsFor(input, parts.callback)

  body.open('for (let r = from; r < to; r++)')
  const { isNew, forget } = keys.place(numbers, attempt !== null)
  if (attempt !== null) body.line(`${body.bind('attempt', attempt)}.begin(group, slot, ${isNew})`)
  if (touch !== null) {
    const at = time === null ? 'now' : `${reads.value(input.wire.column(time.column).index)} + ${time.plusMs}`
    body.line(`${body.bind('touch', touch)}(group, slot, ${at})`)
  }
  body.line('place.rows = group')
  body.line('place.slot = slot')
  body.line(`point(group.own(), slot * ${store.layout.width})`)
  const row = objectText(columns, (index) => reads.value(index))
  const left = attempt === null ? '' : `${forget === '' ? '' : `; ${forget}`}; continue`
  body.line(`try { callback(${row}, context) } catch (error) { failed(rows, r, error)${left} }`)
  body.line('if (due.is) after()')
  body.close()

  writer.line(shapeText(columns))
  writer.open('return function loop(rows, from, to, now)')
  if (places === null) writer.line('const groups = store.groups, lastGroup = groups.length - 1')
  else {
    writer.line(`const places = ${writer.bind('byDictionary', places)}.of(rows), homes = places.homes`)
    writer.line(`${numbers?.sizes === null ? 'let' : 'const'} slots = places.slots`)
  }
  keys.open(writer)
  reads.open(writer)
  writer.part(body)
  writer.close()
  const run = writer.made(parts.name) as ProcessLoop['run'] | null
  return run === null ? null : { run, moved: () => places?.forget() }
}

/** The same, where no code is generated. */
class PlainLoop implements ProcessLoop {
  readonly #parts: ProcessParts

  constructor(parts: ProcessParts) {
    this.#parts = parts
  }

  run(rows: RowSet, from: number, to: number, now: number): void {
    const { input, key, time, store, view, due, callback, context, touch, attempt, after, failed } =
      this.#parts
    const timeAt = time === null ? null : input.wire.column(time.column).index
    for (let row = from; row < to; row++) {
      const hash = hashOf(rows, row, key)
      const group = store.of(hash)
      const { size } = group
      const slot = store.place(group, hash, rows, row, key)
      attempt?.begin(group, slot, slot === size)
      touch?.(group, slot, timeAt === null ? now : rows.data(timeAt)[row]! + time!.plusMs)
      view.to(group, slot)
      try {
        callback(readRow(rows, row) as never, context as never)
      } catch (error) {
        failed(rows, row, error)
        continue
      }
      if (due.is) after()
    }
  }

  moved(): void {}
}
