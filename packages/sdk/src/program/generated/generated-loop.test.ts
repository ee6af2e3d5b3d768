import { BatchBuilder, type RowSet } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import type { Feed, StageProgram, StepProgram } from '../../compile/stage-program.ts'
import type { AnyRow, StatelessNode } from '../../pipeline/graph.ts'
import type { OnError } from '../../pipeline/on-error.ts'
import { type RowSchema, schema } from '../../schema/row-schema.ts'
import { t } from '../../schema/t.ts'
import { MADE_MAX } from '../emission.ts'
import { FAILED } from '../failed-rows.ts'
import { InterpretedLoop } from '../interpreted-loop.ts'
import { loopOf } from '../loop-of.ts'
import type { RowLoop, Sinks } from '../row-loop.ts'
import { readRow } from '../row-object.ts'
import { StepError } from '../step-error.ts'

const Numbers = schema({ value: t.int32() }) as RowSchema

type Step = Partial<StatelessNode> & Pick<StatelessNode, 'kind'>

/** One step from numbers to numbers, then to output 0; rows that fail go to output 1. */
function programOf(step: Step, onError: OnError = 'fail'): StageProgram {
  const base = { from: [], where: '/somewhere/sales.ts:12', shapes: [] }
  const node = { ...base, ...step, onError } as unknown as StatelessNode
  const failed: Feed = { schema: FAILED, next: [{ to: 'output', index: 1 }] }
  const made: Feed = { schema: Numbers, next: [{ to: 'output', index: 0 }] }
  const feeds = onError === 'deadLetter' ? [made, failed] : [made]
  const steps: StepProgram[] = [{ node, input: Numbers, feeds }]
  const ports: Feed[] = [{ schema: Numbers, next: [{ to: 'step', index: 0 }] }]
  const outputs = [Numbers, failed.schema]
  return { pipeline: 'sales', stage: 'orders', ports, steps, batches: [], states: [], outputs }
}

function numbers(...values: readonly number[]): BatchBuilder {
  const rows = new BatchBuilder(Numbers.wire)
  for (const value of values) rows.appendValues([value])
  return rows
}

type Make = (program: StageProgram, sinks: Sinks) => RowLoop
const LOOPS: readonly { readonly kind: string; readonly make: Make }[] = [
  {
    kind: 'generated',
    make: (program, sinks) => loopOf(program, program.ports[0]!, sinks, 'pollux/sales/orders'),
  },
  { kind: 'interpreted', make: (program, sinks) => new InterpretedLoop(program, program.ports[0]!, sinks) },
]

/** What comes out, row by row, and how many rows were in a sink at most. */
function run(make: Make, program: StageProgram, rows: RowSet, full = 4096) {
  const sinks = program.outputs.map(({ wire }) => new BatchBuilder(wire))
  const out: AnyRow[][] = sinks.map(() => [])
  let most = 0
  const handOn = (sink: number): void => {
    const from = sinks[sink]!
    most = Math.max(most, from.rows)
    for (let row = 0; row < from.rows; row++) out[sink]!.push(readRow(from, row))
    from.reset()
  }
  const added = (sink: number): void => {
    if (sinks[sink]!.rows >= full) handOn(sink)
  }
  const loop = make(program, { rows: sinks, added })
  loop.run(rows)
  sinks.forEach((_, sink) => handOn(sink))
  return { kind: loop.kind, made: out[0]!.map((row) => row['value']), failed: out[1]!, most }
}

/** What is thrown. */
function failure(make: Make, program: StageProgram, rows: RowSet): Error {
  try {
    run(make, program, rows)
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

function noLess(row: AnyRow): AnyRow {
  if ((row['value'] as number) < 0) throw new RangeError('less than nothing')
  return { value: (row['value'] as number) * 2 }
}

describe.each(LOOPS)('a loop that is $kind', ({ kind, make }) => {
  it('is what it says it is', () => {
    const { made, kind: said } = run(make, programOf({ kind: 'map', change: noLess }), numbers(1, 2))
    expect([said, ...made]).toEqual([kind, 2, 4])
  })

  it('halts at the first row that a callback cannot take, and says where all of it is', () => {
    const error = failure(make, programOf({ kind: 'map', change: noLess }), numbers(1, -5, -6))
    expect(error).toBeInstanceOf(StepError)
    expect(error).toMatchObject({
      pipeline: 'sales',
      step: 'map (sales.ts:12)',
      about: 'row {value -5}',
    })
    expect((error as StepError).thrownAt).toMatch(/generated-loop\.test\.ts:\d+$/)
    expect(error.message).toMatch(
      /^sales, map \(.*:12\), at row \{value -5\}: RangeError: less than nothing \(thrown at .*:\d+\)$/,
    )
  })

  it('names no line where a callback has returned what does not fit', () => {
    const error = failure(make, programOf({ kind: 'map', change: () => ({ value: 0.5 }) }), numbers(1))
    expect((error as StepError).thrownAt).toBe('')
    expect(error.message).toContain(
      'ColumnError: column.range: column value, row 0: a whole number of 32 bits',
    )
  })

  it('names the line that emits what does not fit', () => {
    const spread = (_: AnyRow, emit: (row: AnyRow) => void): void => emit({ value: 'text' })
    const error = failure(make, programOf({ kind: 'flat-map', spread }), numbers(1))
    expect((error as StepError).thrownAt).toMatch(/generated-loop\.test\.ts:\d+$/)
  })

  it('goes on without the row by the policy skip', () => {
    const { made } = run(make, programOf({ kind: 'map', change: noLess }, 'skip'), numbers(1, -5, 3))
    expect(made).toEqual([2, 6])
  })

  it('sends it to an output of its own by the policy deadLetter, without folders', () => {
    const { made, failed } = run(
      make,
      programOf({ kind: 'map', change: noLess }, 'deadLetter'),
      numbers(-5, 3),
    )
    expect(made).toEqual([6])
    expect(failed).toMatchObject([
      { at: 0, step: 'map (sales.ts:12)', error: 'RangeError: less than nothing', row: '{value -5}' },
    ])
    expect(failed[0]!['where']).toMatch(/^generated-loop\.test\.ts:\d+$/)
  })

  it('says what does not fit, also where the row was made within the loop', () => {
    const change = (): AnyRow => ({ value: 'text' })
    const { failed } = run(make, programOf({ kind: 'map', change }, 'deadLetter'), numbers(1))
    expect(failed).toMatchObject([
      {
        where: '',
        error: 'ColumnError: column.type: column value, row 0: a value of type int32, not "text"',
      },
    ])
  })

  it('takes texts and symbols that are as long as they may be, and none that is longer', () => {
    const Texts = schema({ text: t.text(), name: t.symbol({ cap: 9 }).optional() })
    const mapped = (text: string, name: string): string => {
      const program = programOf({ kind: 'map', change: () => ({ text, name }) })
      const [step] = program.steps
      const wide = {
        ...step!,
        feeds: [{ schema: Texts as RowSchema, next: [{ to: 'output' as const, index: 0 }] }],
      }
      const outputs = [Texts as RowSchema, program.outputs[1]!]
      const sinks = outputs.map(({ wire }) => new BatchBuilder(wire))
      const added = (): void => undefined
      make({ ...program, steps: [wide], outputs }, { rows: sinks, added }).run(numbers(1))
      return `${String(sinks[0]!.value(0, 0)).length} ${String(sinks[0]!.value(1, 0)).length}`
    }
    expect(mapped('x'.repeat(1_048_576), 'y'.repeat(256))).toBe('1048576 256')
    expect(() => mapped('x'.repeat(1_048_577), 'y')).toThrow('column.length: column text')
    expect(() => mapped('x', 'y'.repeat(257))).toThrow('column.length: column name')
    expect(() => mapped('x', 'é'.repeat(129))).toThrow('column.length: column name')
  })

  it('leaves nothing behind of a row that fails after some of it was emitted', () => {
    const spread = (row: AnyRow, emit: (row: AnyRow) => void): void => {
      emit({ value: row['value'] })
      emit(noLess(row))
    }
    for (const policy of ['skip', 'deadLetter'] as const) {
      const { made } = run(make, programOf({ kind: 'flat-map', spread }, policy), numbers(1, -5, 3))
      expect(made).toEqual([1, 2, 3, 6])
    }
  })

  it('takes anything that is thrown', () => {
    for (const thrown of ['a text', undefined, Object.create(null), Symbol('s')]) {
      const change = (): AnyRow => {
        throw thrown
      }
      const { failed } = run(make, programOf({ kind: 'map', change }, 'deadLetter'), numbers(1))
      expect(failed).toHaveLength(1)
      expect(() => run(make, programOf({ kind: 'map', change }), numbers(1))).toThrow(StepError)
    }
  })

  it('refuses what is emitted when the callback has returned', () => {
    const kept: ((row: AnyRow) => void)[] = []
    const spread = (_: AnyRow, emit: (row: AnyRow) => void): void => void kept.push(emit)
    expect(run(make, programOf({ kind: 'flat-map', spread }), numbers(1)).made).toEqual([])
    expect(() => kept[0]!({ value: 1 })).toThrow('emit was called after its callback had returned')
  })

  it('refuses to make rows of one without an end', () => {
    const spread = (_: AnyRow, emit: (row: AnyRow) => void): void => {
      for (;;) emit({ value: 1 })
    }
    const error = failure(make, programOf({ kind: 'flat-map', spread }), numbers(1))
    expect(error.message).toContain(`more than ${MADE_MAX} rows were made of one`)
  })

  it('hands on what it makes while it runs, be it more than a batch can hold, and keeps the order', () => {
    const spread = (row: AnyRow, emit: (row: AnyRow) => void): void => {
      for (let copy = 0; copy < 2000; copy++) emit(row)
    }
    const values = Array.from({ length: 270 }, (_, value) => value)
    const { made, most } = run(make, programOf({ kind: 'flat-map', spread }), numbers(...values))
    expect(made).toHaveLength(540_000)
    expect(made.every((value, at) => value === Math.floor(at / 2000))).toBe(true)
    expect(most).toBeLessThan(4 * 4096)
  })

  it('passes on what whoever takes its rows throws', () => {
    const program = programOf({ kind: 'map', change: noLess })
    const sinks = program.outputs.map(({ wire }) => new BatchBuilder(wire))
    const full = new Error('no room')
    const added = (): never => {
      throw full
    }
    expect(() => make(program, { rows: sinks, added }).run(numbers(1))).toThrow(full)
  })
})

describe('a generated loop', () => {
  it('says so when rows that failed do not fail once more', () => {
    let calls = 0
    const change = (): AnyRow => {
      if (calls++ === 0) throw new Error('once')
      return { value: 1 }
    }
    const error = failure(LOOPS[0]!.make, programOf({ kind: 'map', change }), numbers(1))
    expect(error.message).toBe(
      'sales: Error: once; tried once more, the same rows did not fail: ' +
        'does a callback depend on more than its row?',
    )
  })

  it('is left to the interpreter where its steps are too many for one function', () => {
    const steps = Array.from({ length: 70 }, (_, index): StepProgram => {
      const { node } = programOf({ kind: 'filter', keeps: () => true }).steps[0]!
      const next =
        index < 69 ? { to: 'step' as const, index: index + 1 } : { to: 'output' as const, index: 0 }
      return { node, input: Numbers, feeds: [{ schema: Numbers, next: [next] }] }
    })
    const program = { ...programOf({ kind: 'filter', keeps: () => true }), steps }
    const { kind, made } = run(LOOPS[0]!.make, program, numbers(1, 2))
    expect([kind, ...made]).toEqual(['interpreted', 1, 2])
  })
})
