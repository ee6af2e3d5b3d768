import type {
  BoundaryContext,
  Emitter,
  EpochContext,
  Operator,
  OperatorState,
  RowSet,
} from '@pollux/protocol'
import { BatchBuilder } from '@pollux/protocol'
import type { Feed, StageProgram } from '../compile/stage-program.ts'
import { ProgramState } from '../state/program-state.ts'
import { HoppingWindows } from '../window/hopping-windows.ts'
import { InterpretedLoop } from './interpreted-loop.ts'
import type { RowLoop } from './row-loop.ts'
import type { Stateful } from './stateful.ts'

/** A builder is handed on when it holds so many rows: a step that makes many of one does not fill memory. */
const FLUSH_ROWS = 4096

/** Runs the program of one stage in one replica. */
export class ProgramOperator implements Operator {
  readonly state: OperatorState | null
  readonly #outputs: readonly BatchBuilder[]
  readonly #ports: readonly RowLoop[]
  readonly #states: readonly Stateful[]
  /** What follows each state. */
  readonly #after: readonly RowLoop[]
  #out: Emitter | null = null

  constructor(program: StageProgram, groups: number) {
    this.#outputs = program.outputs.map((schema) => new BatchBuilder(schema.wire))
    this.#states = program.states.map((state) => new HoppingWindows(state, groups))
    const loopOf = (feed: Feed): RowLoop => new InterpretedLoop(program, feed, this.#outputs, this.#flushed)
    this.#ports = program.ports.map(loopOf)
    this.#after = program.states.map(({ feed }) => loopOf(feed))
    this.state = this.#states.length === 0 ? null : new ProgramState(this.#states.map(({ state }) => state))
  }

  process(port: number, rows: RowSet, context: EpochContext, out: Emitter): void {
    this.#out = out
    const loop = this.#ports[port]!
    if (loop.passes !== null) out.emit(loop.passes, rows)
    else if (loop.collects !== null) this.#states[loop.collects]!.process(rows, context)
    else loop.run(rows)
    this.#flush()
  }

  boundary(context: BoundaryContext, out: Emitter): void {
    this.#out = out
    this.#states.forEach((state, index) => {
      const after = this.#after[index]!
      state.boundary(context, (rows) => {
        if (after.passes !== null) out.emit(after.passes, rows)
        else after.run(rows)
      })
    })
    this.#flush()
  }

  /** Rows have been added to an output. */
  readonly #flushed = (output: number): void => {
    const rows = this.#outputs[output]!
    if (rows.rows < FLUSH_ROWS) return
    this.#out!.emit(output, rows)
    rows.reset()
  }

  #flush(): void {
    this.#outputs.forEach((rows, output) => {
      if (rows.rows === 0) return
      this.#out!.emit(output, rows)
      rows.reset()
    })
    this.#out = null
  }
}
