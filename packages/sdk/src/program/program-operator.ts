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
import { IngressRows } from '../io/ingress-rows.ts'
import { FAILED_RECORDS } from '../io/rejected.ts'
import { OwnFailure } from '../aggregate/own-failure.ts'
import { placed } from '../errors/halt.ts'
import { withoutFolder } from '../errors/call-site.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import { ProgramState } from '../state/program-state.ts'
import { MapBatch, type Made } from '../batch/map-batch.ts'
import { type Division, undivided } from '../batch/division.ts'
import type { MapBatchNode } from '../pipeline/graph.ts'
import { loopOf } from './loop-of.ts'
import { sinkSchemas } from './sink-of.ts'
import type { RowLoop } from './row-loop.ts'
import { statefulOf } from './stateful-of.ts'
import type { Stateful, StatefulOut } from './stateful.ts'

/** A builder is handed on when it holds so many rows: a step that makes many of one does not fill memory. */
const FLUSH_ROWS = 4096

/** So often it is looked at how much states keep, in epochs. */
const MEASURE_EVERY = 16

/** Runs the program of one stage in one replica. */
export class ProgramOperator implements Operator {
  readonly state: OperatorState | null
  readonly #program: StageProgram
  readonly #outputs: readonly BatchBuilder[]
  readonly #ports: readonly RowLoop[]
  /** Null unless bad records come among the rows. */
  readonly #ingress: IngressRows | null
  readonly #states: readonly Stateful[]
  /** What follows each state, output by output. */
  readonly #after: readonly StatefulOut[]
  readonly #batches: readonly MapBatch[]
  /** What follows each of them. */
  readonly #made: readonly Made[]
  readonly #loops: readonly RowLoop[]
  /** Outputs, then what states and batch steps will be given of rows that steps have made. */
  readonly #sinks: readonly BatchBuilder[]
  #out: Emitter | null = null
  #context: EpochContext | null = null

  constructor(program: StageProgram, groups: number, partition: number, divide: Division = undivided) {
    const { pipeline, stage, source, ports, states, outputs, batches } = program
    this.#program = program
    this.#ingress = source === undefined ? null : IngressRows.of(source)
    this.#outputs = outputs.map((schema) => new BatchBuilder(schema.wire))
    this.#states = states.map((state) => statefulOf(state, { groups, partition, pipeline }))
    this.#batches = batches.map((step) => new MapBatch(pipeline, step, step.node as MapBatchNode, divide))
    const others = sinkSchemas(program).slice(outputs.length)
    this.#sinks = [...this.#outputs, ...others.map(({ wire }) => new BatchBuilder(wire))]
    const sinks = { rows: this.#sinks, added: this.#added }
    const name = `pollux/${pipeline}/${stage}`
    this.#ports = ports.map((feed, port) => loopOf(program, feed, sinks, `${name}/port-${port}`))
    const after = states.map(({ feeds, node }) =>
      feeds.map((feed, output) => loopOf(program, feed, sinks, `${name}/after-${node.name}-${output}`)),
    )
    this.#after = after.map((loops) => ({ emit: (output, rows) => this.#run(loops[output]!, rows) }))
    const made = batches.map(({ feeds }, index) =>
      feeds.map((feed, output) => loopOf(program, feed, sinks, `${name}/batch-${index}-${output}`)),
    )
    this.#made = made.map((loops) => (output, rows) => this.#run(loops[output]!, rows))
    this.#loops = [...this.#ports, ...after.flat(), ...made.flat()]
    const kept = this.#states.flatMap(({ state }) => (state === null ? [] : [state]))
    this.state = kept.length === 0 ? null : new ProgramState(kept)
  }

  /** How its rows are gone through, port by port, then behind each state, then behind each batch step. */
  get loops(): readonly RowLoop['kind'][] {
    return this.#loops.map(({ kind }) => kind)
  }

  /** What its states count, by their step. */
  get counters(): readonly Stateful['counters'][] {
    return this.#states.map(({ counters }) => counters)
  }

  process(port: number, rows: RowSet, context: EpochContext, out: Emitter): void {
    this.#out = out
    this.#context = context
    const parts = this.#ingress === null ? null : this.#ingress.part(rows)
    if (parts === null) this.#run(this.#ports[port]!, rows)
    else {
      if (parts.rows.rows > 0) this.#run(this.#ports[0]!, parts.rows)
      if (parts.rejected.rows > 0) this.#run(this.#ports[FAILED_RECORDS]!, parts.rejected)
    }
    this.#flush()
  }

  boundary(context: BoundaryContext, out: Emitter): void {
    this.#out = out
    this.#context = context
    this.#states.forEach((state, index) => {
      this.#inStep(index, () => state.boundary(context, this.#after[index]!))
      // Rows of this epoch, to states behind.
      this.#flushInside()
    })
    this.#flush()
    const { epochFrom, epochTo } = context
    if (Math.floor(epochTo / MEASURE_EVERY) > Math.floor(epochFrom / MEASURE_EVERY)) this.#measure()
  }

  #measure(): void {
    const { pipeline, states } = this.#program
    states.forEach(({ node }, index) => {
      const { bytes } = this.#states[index]!
      const { stateBytesMax } = node.step
      if (bytes > stateBytesMax) {
        const which = `${pipeline}, ${node.name}: about ${bytes} bytes, of ${stateBytesMax}`
        throw new PipelineError('PLX2001', which, withoutFolder(node.where))
      }
    })
  }

  #run(loop: RowLoop, rows: RowSet): void {
    if (loop.passes !== null) this.#out!.emit(loop.passes, rows)
    else if (loop.collects !== null) {
      // Rows that came to it before, by another way.
      if (this.#sinks[loop.collects]!.rows > 0) this.#handOn(loop.collects)
      this.#collect(loop.collects, rows)
    } else loop.run(rows)
  }

  #collect(sink: number, rows: RowSet): void {
    const index = sink - this.#outputs.length
    const batch = index - this.#states.length
    if (batch >= 0) this.#batches[batch]!.run(rows, this.#made[batch]!)
    else this.#inStep(index, () => this.#states[index]!.process(rows, this.#context!, this.#after[index]!))
  }

  /** A step that cannot go on says which one it is. */
  #inStep(index: number, act: () => void): void {
    try {
      act()
    } catch (error) {
      const { node } = this.#program.states[index]!
      if (error instanceof OwnFailure) throw error.in(this.#program.pipeline, node)
      throw placed(error, this.#program.pipeline, node.name, node.where)
    }
  }

  /** Rows have been added to a sink. */
  readonly #added = (sink: number): void => {
    if (this.#sinks[sink]!.rows >= FLUSH_ROWS) this.#handOn(sink)
  }

  #flush(): void {
    this.#flushInside()
    this.#outputs.forEach((rows, sink) => {
      if (rows.rows > 0) this.#handOn(sink)
    })
    this.#out = null
    this.#context = null
  }

  /** What a state or a batch step makes at once goes to outputs, or to those of them behind it. */
  #flushInside(): void {
    const inside = (rows: BatchBuilder, sink: number): boolean =>
      sink >= this.#outputs.length && rows.rows > 0
    for (;;) {
      const sink = this.#sinks.findIndex(inside)
      if (sink < 0) return
      this.#handOn(sink)
    }
  }

  #handOn(sink: number): void {
    const rows = this.#sinks[sink]!
    if (sink < this.#outputs.length) this.#out!.emit(sink, rows)
    else this.#collect(sink, rows)
    rows.reset()
  }
}
