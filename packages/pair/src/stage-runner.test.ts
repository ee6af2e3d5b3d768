import { ColumnError, epoch, EPOCH_END } from '@pollux/protocol'
import type { BoundaryContext, Emitter, EpochContext, ImagePart, Operator, RowSet } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../test-kit/context-at.ts'
import { rowsOf } from '../test-kit/items.ts'
import type { StageOutput } from './stage-output.ts'
import { type RowsPlace, StageRunner } from './stage-runner.ts'

/** Writes down what it is told. */
class Notes implements StageOutput {
  readonly overMark = false
  readonly settledPoints = null
  readonly lines: string[] = []
  /** Thrown where a frame is cut. */
  refuses: Error | null = null

  begin(at: number): void {
    this.lines.push(`begin ${at}`)
  }

  emit(output: number, rows: RowSet): void {
    this.lines.push(`emit ${output}: ${rows.rows} rows`)
  }

  endSlice(): void {
    if (this.refuses !== null) throw this.refuses
    this.lines.push('end of a slice')
  }

  seal(to: number, watermark: number, idle: boolean): void {
    if (this.refuses !== null) throw this.refuses
    this.lines.push(`seal ${to} ${watermark} ${idle}`)
  }

  image(): ImagePart[] {
    return []
  }

  load(part: ImagePart): void {
    this.lines.push(`load ${part.kind}`)
  }

  settledOutside(): boolean {
    return true
  }
}

/** Notes what it sees, and fails at the row 13 and at the watermark 13. */
class Touchy implements Operator {
  readonly state = null
  readonly seen: (EpochContext | BoundaryContext)[] = []

  process(_port: number, rows: RowSet, context: EpochContext, out: Emitter): void {
    this.seen.push(context)
    out.emit(0, rows)
    if (rows.value(0, 0) === 13) throw new RangeError('13')
    if (rows.value(0, 0) === 14) throw 'a text' as unknown as Error
  }

  boundary(context: BoundaryContext): void {
    this.seen.push(context)
    if (context.watermark === 13) throw new TypeError('late 13')
  }
}

class Bench {
  readonly output = new Notes()
  readonly operator = new Touchy()
  readonly runner = new StageRunner(contextAt('sums/0', { operator: this.operator }), this.output)
}

function rowsAt(at: number, seq: number): RowsPlace {
  return { at: epoch(at), epoch: epoch(at), seq }
}

describe('a stage runner', () => {
  it('tells the output the epoch before rows, and seals after the triggers', () => {
    const { runner, output } = new Bench()
    runner.process(0, rowsOf(1, 2), rowsAt(4, 7))
    runner.boundary(epoch(3), epoch(5), 60, true)
    expect(output.lines).toEqual(['begin 4', 'emit 0: 2 rows', 'begin 4', 'seal 5 60 true'])
  })

  it('shows the operator epoch time and nothing else', () => {
    const { runner, operator } = new Bench()
    runner.watermark = 50
    runner.process(0, rowsOf(1), rowsAt(4, 7))
    runner.boundary(epoch(3), epoch(5), 60, false)
    runner.process(0, rowsOf(1), rowsAt(5, 8))
    expect(operator.seen).toEqual([
      { epoch: 4, now: 1040, watermarkBefore: 50 },
      { epoch: 4, now: 1040, watermarkBefore: 50, epochFrom: 3, epochTo: 5, watermark: 60 },
      { epoch: 5, now: 1050, watermarkBefore: 60 },
    ])
  })

  it('puts what the end of everything brings into the last epoch there is', () => {
    const { runner, output, operator } = new Bench()
    runner.boundary(epoch(7), EPOCH_END, 60, false)
    expect(output.lines).toEqual([`begin ${EPOCH_END - 1}`, `seal ${EPOCH_END} 60 false`])
    expect(operator.seen[0]?.now).toBe(1070)
  })

  it('shows rows of the end the epoch in which the end comes, as the boundary after them', () => {
    const { runner, output, operator } = new Bench()
    runner.boundary(epoch(3), epoch(7), 60, false)
    runner.process(0, rowsOf(1), { at: epoch(7), epoch: epoch(EPOCH_END - 1), seq: 9 })
    runner.boundary(epoch(7), EPOCH_END, 60, false)
    expect(operator.seen.map(({ epoch: of, now }) => [of, now])).toEqual([
      [6, 1060],
      [7, 1070],
      [7, 1070],
    ])
    expect(output.lines).toContain('emit 0: 1 rows')
    expect(output.lines.filter((line) => line === `begin ${EPOCH_END - 1}`).length).toBe(2)
  })

  it('makes an exception a failure at the place of the frame', () => {
    const { runner } = new Bench()
    runner.process(0, rowsOf(13), rowsAt(4, 7))
    expect(runner.failure).toEqual({ epoch: 4, seq: 7, code: 'RangeError: 13' })
  })

  it('makes an exception in a trigger a failure at the boundary, and does not seal', () => {
    const { runner, output } = new Bench()
    runner.boundary(epoch(3), epoch(5), 13, false)
    expect(runner.failure).toEqual({ epoch: 4, seq: 0, code: 'TypeError: late 13' })
    expect(output.lines).toEqual(['begin 4'])
  })

  it('makes a row that no frame can hold a failure where the slice or the epoch ends (P17)', () => {
    const column = rowsOf().schema.columns[0]!
    const misfit = new ColumnError('column.integer', column, 0, 0.5, 'a whole number')
    const sealing = new Bench()
    sealing.output.refuses = misfit
    sealing.runner.boundary(epoch(3), epoch(5), 60, false)
    const slicing = new Bench()
    slicing.output.refuses = misfit
    slicing.runner.endSlice(epoch(4), 9)
    const code = `ColumnError: ${misfit.message}`
    expect(sealing.runner.failure).toEqual({ epoch: 4, seq: 0, code })
    expect(slicing.runner.failure).toEqual({ epoch: 4, seq: 9, code })
  })

  it('takes no mistake of the framework for one of the operator', () => {
    const { runner, output } = new Bench()
    output.refuses = new Error('an assertion')
    expect(() => runner.boundary(epoch(3), epoch(5), 60, false)).toThrow('an assertion')
    expect(runner.failure).toBe(null)
  })

  it('makes what fails beside the stream a failure without a place of its own (P17)', () => {
    const fail = (): never => {
      throw new RangeError('no')
    }
    const snapshot = () => ({ groups: [3], encode: fail, release: () => undefined })
    const code = (operator: Operator | null, act: (runner: StageRunner) => unknown) => {
      const context = contextAt('wall/0')
      const operators = () => operator ?? fail()
      Object.assign(context.identity, { operators })
      const runner = new StageRunner(context, new Notes())
      act(runner)
      expect(runner.failure).toMatchObject({ epoch: null, seq: 0 })
      return runner.failure?.code
    }
    const nothing = () => undefined
    const of = (more: Partial<Operator>): Operator => ({
      process: nothing,
      boundary: nothing,
      state: null,
      ...more,
    })
    expect([
      code(null, () => undefined),
      code(of({ current: fail }), (runner) => runner.current()),
      code(of({ state: { snapshot: fail, load: fail } }), (runner) => runner.state?.snapshot()),
      code(of({ state: { snapshot, load: fail } }), (runner) => runner.state?.snapshot()?.encode(3)),
      code(of({ state: { snapshot, load: fail } }), (runner) =>
        runner.load({ kind: 'group', group: 3, bytes: new Uint8Array() }),
      ),
    ]).toEqual(
      ['factory', 'current', 'state.snapshot', 'state.encode', 'state.load'].map(
        (at) => `${at}: RangeError: no`,
      ),
    )
  })

  it('names what is thrown and is no error', () => {
    const { runner } = new Bench()
    runner.process(0, rowsOf(14), rowsAt(4, 7))
    expect(runner.failure?.code).toBe('a text')
  })

  it('keeps the first failure', () => {
    const { runner } = new Bench()
    runner.process(0, rowsOf(13), rowsAt(4, 7))
    runner.process(0, rowsOf(13), rowsAt(5, 9))
    expect(runner.failure?.seq).toBe(7)
  })

  it('gives the output what is not of a group', () => {
    const { runner, output } = new Bench()
    runner.load({ kind: 'group', group: 1, bytes: new Uint8Array() })
    runner.load({ kind: 'egress', record: epoch(3), nextRow: 0, finalBefore: 0 })
    expect(output.lines).toEqual(['load egress'])
  })
})
