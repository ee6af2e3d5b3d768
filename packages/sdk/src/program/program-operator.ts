import type {
  BoundaryContext,
  Emitter,
  EpochContext,
  Operator,
  OperatorState,
  RowSet,
} from '@pollux/protocol'
import { BatchBuilder } from '@pollux/protocol'
import type { StageProgram } from '../compile/stage-program.ts'
import { ProgramState } from '../state/program-state.ts'
import { HoppingWindows } from '../window/hopping-windows.ts'
import { loopOf } from './loop-of.ts'
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
  /** Outputs, then what the states will be given of rows that steps have made. */
  readonly #sinks: readonly BatchBuilder[]
  #out: Emitter | null = null
  #context: EpochContext | null = null

  /** How its rows are gone through, port by port and then behind each state. */
  get loops(): readonly RowLoop['kind'][] {
    return [...this.#ports, ...this.#after].map(({ kind }) => kind)
  }

  constructor(program: StageProgram, groups: number) {
    const { pipeline, stage, ports, states, outputs } = program
    this.#outputs = outputs.map((schema) => new BatchBuilder(schema.wire))
    this.#states = states.map((state) => new HoppingWindows(state, groups))
    this.#sinks = [...this.#outputs, ...states.map(({ input }) => new BatchBuilder(input.wire))]
    const sinks = { rows: this.#sinks, added: this.#added }
    const name = `pollux/${pipeline}/${stage}`
    this.#ports = ports.map((feed, port) => loopOf(program, feed, sinks, `${name}/port-${port}`))
    this.#after = states.map(({ feed, node }) => loopOf(program, feed, sinks, `${name}/after-${node.name}`))
    this.state = this.#states.length === 0 ? null : new ProgramState(this.#states.map(({ state }) => state))
  }

  process(port: number, rows: RowSet, context: EpochContext, out: Emitter): void {
    this.#out = out
    this.#context = context
    const loop = this.#ports[port]!
    if (loop.passes !== null) out.emit(loop.passes, rows)
    else if (loop.collects !== null) this.#states[loop.collects]!.process(rows, context)
    else loop.run(rows)
    this.#flush()
  }

  boundary(context: BoundaryContext, out: Emitter): void {
    this.#out = out
    this.#context = context
    this.#states.forEach((state, index) => {
      const after = this.#after[index]!
      state.boundary(context, (rows) => {
        if (after.passes !== null) out.emit(after.passes, rows)
        else after.run(rows)
      })
    })
    this.#flush()
  }

  /** Rows have been added to a sink. */
  readonly #added = (sink: number): void => {
    if (this.#sinks[sink]!.rows >= FLUSH_ROWS) this.#handOn(sink)
  }

  #flush(): void {
    this.#sinks.forEach((rows, sink) => {
      if (rows.rows > 0) this.#handOn(sink)
    })
    this.#out = null
    this.#context = null
  }

  #handOn(sink: number): void {
    const rows = this.#sinks[sink]!
    const outputs = this.#outputs.length
    if (sink < outputs) this.#out!.emit(sink, rows)
    else this.#states[sink - outputs]!.process(rows, this.#context!)
    rows.reset()
  }
}
