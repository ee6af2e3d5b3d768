import type { RowSet } from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type End, type PlainRow, rowsOf, throughStage } from '../../test-kit/one-stage.ts'
import type { OnError } from '../pipeline/on-error.ts'
import { FallibleStream, type Stream } from '../pipeline/stream.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'

const Row = schema({
  at: t.timestamp(),
  kind: t.symbol(['a', 'b', 'c']),
  brand: t.symbol({ cap: 5 }).optional(),
  amount: t.money(),
  weight: t.float64().optional(),
  small: t.uint8(),
  ok: t.bool(),
  note: t.text().optional(),
})
type Rows = Stream<typeof Row.columns>

const rows: fc.Arbitrary<PlainRow[]> = fc.array(
  fc.record({
    at: fc.integer(),
    kind: fc.constantFrom('a', 'b', 'c'),
    brand: fc.option(fc.constantFrom('x', 'y', 'é')),
    amount: fc.integer({ min: -9, max: 300 }),
    weight: fc.option(fc.double()),
    small: fc.integer({ min: 0, max: 255 }),
    ok: fc.boolean(),
    note: fc.option(fc.string({ unit: 'binary', maxLength: 5 })),
  }),
  { maxLength: 30 },
)

/** How a row is changed, how many it becomes, and which cannot be taken. */
interface Change {
  readonly copies: number
  readonly drops: number
  readonly fails: number
  readonly onError: OnError
}

const change: fc.Arbitrary<Change> = fc.record({
  copies: fc.integer({ min: 1, max: 3 }),
  drops: fc.integer({ min: 2, max: 5 }),
  fails: fc.integer({ min: 3, max: 200 }),
  onError: fc.constantFrom<OnError>('fail', 'skip', 'deadLetter'),
})

/** Fails by what does not fit (a byte beyond 255), and by a throw. */
function asBatch(stream: Rows, { copies, drops, fails, onError }: Change): Stream<typeof Row.columns> {
  return stream.mapBatch(
    Row,
    (from, to, count) => {
      let made = 0
      for (let row = 0; row < count; row++) {
        const amount = from.amount[row]!
        if (amount % fails === 1) throw new TypeError(`no ${amount}`)
        if (amount % drops === 0) continue
        for (let copy = 0; copy < copies; copy++) {
          to.at[made] = from.at[row]!
          to.kind.put(made, from.kind.texts[from.kind.codes[row]!]!)
          to.brand.copy(made, from.brand, row)
          to.amount[made] = amount + copy
          to.weight.values[made] = from.weight.values[row]!
          to.weight.valid[made] = from.weight.valid[row]!
          to.small[made] = from.small[row]! + copy
          to.ok[made] = from.ok[row]!
          if (copy === 1) to.note.put(made, from.note.get(row))
          else to.note.copy(made, from.note, row)
          made++
        }
      }
      return made
    },
    { rowsMost: copies, onError },
  )
}

function rowByRow(stream: Rows, { copies, drops, fails, onError }: Change): Stream<typeof Row.columns> {
  return stream.flatMap(
    Row,
    (row, emit) => {
      if (row.amount % fails === 1) throw new TypeError(`no ${row.amount}`)
      if (row.amount % drops === 0) return
      for (let copy = 0; copy < copies; copy++)
        emit({ ...row, amount: row.amount + copy, small: row.small + copy })
    },
    { onError },
  )
}

type Step = typeof asBatch

/** Of what is told of a failure: the row, which is the same whichever step has failed. */
const Failed = schema({ row: t.text() })

/** What comes out, and what is told of failures: of the one that halts, or of those that are passed on. */
function outcome(
  changes: readonly Change[],
  step: Step,
  batches: readonly RowSet[],
  portion: number,
): unknown {
  const define = (stream: Rows): readonly End[] => {
    const ends: End[] = []
    let last = stream.filter((row) => row.ok || row.amount > 5)
    for (const one of changes) {
      const made: Rows = step(last, one)
      last = made.map(Row, (row) => ({ ...row, at: Math.min(row.at + 1, 9) }))
      ends.push(last)
      if (made instanceof FallibleStream) ends.push(made.failed.map(Failed, ({ row }) => ({ row })))
    }
    return ends
  }
  try {
    return throughStage(Row, define, batches, (waiting) => Math.min(waiting, portion))
  } catch (error) {
    // The step and its place differ, the row and what is wrong do not.
    const { message } = error as Error
    return /at row (\{.*\})(?:, row \d+ of a batch of \d+)?: (\w+: (?:no \d+|column\.\w+))/s
      .exec(message)!
      .slice(1)
  }
}

it('a batch callback makes what a flatMap makes row by row, and fails at the rows where that fails', () => {
  const tally = { halted: 0, went: 0 }
  fc.assert(
    fc.property(
      fc.array(rows, { minLength: 1, maxLength: 3 }),
      fc.array(change, { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 1, max: 40 }),
      (batches, changes, portion) => {
        const built = batches.map((some) => rowsOf(Row, some))
        const plain = outcome(changes, rowByRow, built, 1)
        const fast = outcome(changes, asBatch, built, portion)
        // Of several steps that fail, the one that gets to a bad row first halts.
        if (changes.length === 1) expect(fast).toEqual(plain)
        else expect(Array.isArray(fast)).toBe(Array.isArray(plain))
        if (typeof (fast as unknown[])[0] === 'string') tally.halted++
        else {
          expect(fast).toEqual(plain)
          tally.went++
        }
      },
    ),
    { numRuns: 200 },
  )
  expect(tally.halted).toBeGreaterThan(4)
  expect(tally.went).toBeGreaterThan(40)
})
