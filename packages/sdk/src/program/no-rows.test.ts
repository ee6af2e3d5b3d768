import { describe, expect, it } from 'vitest'
import { type End, type PlainRow, rowsOf, throughStage } from '../../test-kit/one-stage.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import type { OnError } from '../pipeline/on-error.ts'
import type { FallibleStream, Stream } from '../pipeline/stream.ts'
import { type RowSchema, schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'

const Order = schema({ at: t.timestamp(), shop: t.text() })
const Noted = schema({ at: t.timestamp(), note: t.text().optional() })
const Bare = schema({ note: t.text().optional() })
const ROWS = rowsOf(Order, [{ at: 100, shop: 'tea' }])
const NO_ROW = 'TypeError: a row is an object with its columns'

/** A step as it is written where no compiler looks. */
type Step = (
  stream: Stream<typeof Order.columns>,
  given: (row: never, emit: (row: unknown) => void) => unknown,
  onError: OnError,
) => Stream<never>
const step = (name: 'map' | 'flatMap', to: RowSchema): Step =>
  ((stream: Record<string, (...all: readonly unknown[]) => unknown>, given: unknown, onError: OnError) =>
    stream[name]!(to, given, { onError })) as unknown as Step

const LOOPS: readonly (readonly [string, <T>(call: () => T) => T])[] = [
  ['generated', (call) => call()],
  ['interpreted', withoutCode],
]

describe.each(LOOPS)('in a loop that is %s', (_, inLoop) => {
  /** What the failed row says, and what the halt says. */
  function refusals(made: Step, given: (row: never, emit: (row: unknown) => void) => unknown): string[] {
    const told = inLoop(() =>
      throughStage(
        Order,
        (stream) => [(made(stream, given, 'deadLetter') as FallibleStream<never>).failed as unknown as End],
        [ROWS],
      ),
    )
    const said = told[0]!.map(({ error }: PlainRow) => String(error))
    try {
      inLoop(() => throughStage(Order, (stream) => [made(stream, given, 'fail') as unknown as End], [ROWS]))
    } catch (error) {
      said.push((error as Error).message.replace(/^.*?at row \{.*?\}: /, ''))
    }
    return said
  }

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [{ at: 1 }]],
    ['a text', 'at'],
  ])('%s is no row, returned or emitted', (_name, given) => {
    for (const to of [Noted, Bare]) {
      const made = refusals(step('map', to), () => given)
      expect(made).toEqual([expect.stringMatching(NO_ROW), expect.stringMatching(NO_ROW)])
      const emitted = refusals(step('flatMap', to), (_row, emit) => emit(given))
      expect(emitted).toEqual([expect.stringMatching(NO_ROW), expect.stringMatching(NO_ROW)])
    }
  })

  it('nor is a promise, whether all columns may be empty or not', () => {
    const later = () => Promise.resolve({ at: 1, note: 'x' })
    const bare = refusals(step('map', Bare), later)
    expect(bare).toEqual([expect.stringMatching(NO_ROW), expect.stringMatching(NO_ROW)])
    for (const one of refusals(step('map', Noted), later)) expect(one).toMatch(/^ColumnError: .*column at/)
  })

  it('rows that flatMap returns instead of emitting them are missed', () => {
    const said = /^TypeError: what the callback of flatMap returns goes nowhere: call emit\(row\)/
    for (const returned of [[{ at: 1 }], [null, { at: 1 }], { at: 1 }, Promise.resolve(), [].values()]) {
      const made = refusals(step('flatMap', Noted), () => returned)
      expect(made).toEqual([expect.stringMatching(said), expect.stringMatching(said)])
    }
    for (const returned of [false, null, 'x', [], [undefined]])
      expect(refusals(step('flatMap', Noted), () => returned)).toEqual([])
    const mapped = refusals(step('flatMap', Noted), (_row, emit) => [1, 2].map((at) => emit({ at })))
    expect(mapped).toEqual([])
  })

  it('and a name that is no column is left alone: what came in may be passed on with all of it', () => {
    const rows = inLoop(() =>
      throughStage(
        Order,
        (stream) => [step('map', Noted)(stream, () => ({ at: 7, nte: 'x' }), 'fail') as unknown as End],
        [ROWS],
      ),
    )
    expect(rows).toEqual([[{ at: 7, note: null }]])
  })
})
