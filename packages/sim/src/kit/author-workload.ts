import {
  BatchBuilder,
  type Decision,
  type Epoch,
  EPOCH_END,
  type OperatorFactory,
  type PairId,
  type PairPlace,
  type RowSet,
  type Topology,
} from '@pollux/protocol'
import { type Compiled, type Division, durationMs } from '@pollux/sdk'
import { must, type Random } from '@pollux/std'
import type { ExpectedOutput, OutputRow } from '../judge/expected-output.ts'
import type { RowNumbers, Workload } from '../runs/workload.ts'
import type { SinkKeys } from '../world/sink-model.ts'
import { AuthorRows, PartitionRows, type RowTime } from './author-rows.ts'
import { type LateCounts, lateCounts } from './late-counts.ts'
import { type EpochInput, PipelineInProcess } from './pipeline-in-process.ts'

/**
 * An author's pipeline over an author's rows. What must come out is what the same operators make of the same
 * decisions in one process, without pairs.
 */
export class AuthorWorkload implements Workload {
  /**
   * A sink does not say by what it keeps rows apart, so every row is one of its own; the first column stands
   * for a key that many are written to.
   */
  readonly sinkKeys: SinkKeys = { single: (_values, seq) => seq, shared: ([first]) => String(first) }
  readonly #operators: OperatorFactory
  readonly #operatorsDivided: Compiled['operatorsDivided']
  readonly #programs: Compiled['programs']
  readonly #partitions = new Map<PairId, PartitionRows>()
  /** By what came out together with them. */
  readonly #late = new WeakMap<ReadonlyMap<PairId, ExpectedOutput>, LateCounts>()

  /** `input`: the rows of each ingress, dealt to its partitions in turn. */
  constructor(
    { sources, operators, operatorsDivided, programs }: Compiled,
    topology: Topology,
    input: ReadonlyMap<string, BatchBuilder>,
  ) {
    this.#operators = operators
    this.#operatorsDivided = operatorsDivided
    this.#programs = programs
    for (const { id, stage, partition } of topology.pairs.values()) {
      if (stage.kind !== 'ingress') continue
      const { eventTime, schema } = must(sources.get(stage.name), () => `no source ${stage.name}`)
      const rows = must(input.get(stage.name), () => `no input ${stage.name}`)
      const time: RowTime | null =
        eventTime === undefined
          ? null
          : {
              column: schema.wire.column(eventTime.column).index,
              outOfOrderMs: durationMs(eventTime.outOfOrder ?? 0, 0),
            }
      this.#partitions.set(id, new PartitionRows(dealt(rows, partition, stage.partitions), time))
    }
  }

  /** About what the rows of the fullest partition take. */
  get bytesMost(): number {
    return Math.max(...[...this.#partitions.values()].map(({ rows }) => rows.byteLength))
  }

  sourceRows({ id }: PairPlace, _index: number, random: Random, endMs: number): AuthorRows {
    return new AuthorRows(this.#partitionOf(id), random.fork(`source ${id}`), endMs)
  }

  operators(random: Random): OperatorFactory {
    return this.#operatorsDivided(divisionOf(random))
  }

  expected(
    topology: Topology,
    decisions: ReadonlyMap<PairId, readonly Decision[]>,
    rowsOf: RowNumbers,
  ): ReadonlyMap<PairId, ExpectedOutput> {
    return this.#outputOf(topology, (whole) => {
      for (const [pair, partition] of this.#partitions) {
        for (const decision of decisions.get(pair) ?? []) {
          whole.read(pair, { ...decision, rows: partition.pick(rowsOf(pair, decision)) })
        }
      }
      whole.settle()
    })
  }

  /** What comes out where all input is there at once. */
  batch(topology: Topology): ReadonlyMap<PairId, ExpectedOutput> {
    return this.#outputOf(topology, (whole) => {
      const inputs = [...this.#partitions].map(([pair, { rows, newest, time }]) => {
        const last = newest.at(-1)
        const watermark =
          last === undefined || last === NEVER || time === null ? NEVER : last - time.outOfOrderMs
        return [pair, { rows, watermark, idle: false }] as const
      })
      whole.run(1 as Epoch, new Map(inputs))
      whole.run(EPOCH_END, new Map(inputs.map(([pair]) => [pair, END])))
    })
  }

  /** Rows that came too late where this came out. */
  lateOf(outputs: ReadonlyMap<PairId, ExpectedOutput>): LateCounts {
    return must(this.#late.get(outputs), 'it came out here')
  }

  #outputOf(
    topology: Topology,
    feed: (whole: PipelineInProcess) => void,
  ): ReadonlyMap<PairId, ExpectedOutput> {
    const whole = new PipelineInProcess(topology.plan, this.#operators)
    const outputs = new Map<PairId, CollectedOutput>()
    for (const { id, stage } of topology.pairs.values())
      if (stage.kind === 'egress') outputs.set(id, new CollectedOutput())
    whole.onRows = ({ id }, rows, epoch) => outputs.get(id)!.add(rows, epoch)
    whole.onBoundary = ({ id }, operator) => outputs.get(id)!.show(operator.current?.() ?? [])
    feed(whole)
    this.#late.set(outputs, lateCounts({ programs: this.#programs }, whole))
    return outputs
  }

  #partitionOf(pair: PairId): PartitionRows {
    return must(this.#partitions.get(pair), () => `${pair} reads nothing`)
  }
}

/** Before every event time. */
const NEVER = Number.MIN_SAFE_INTEGER
/**
 * Rows are given to batch callbacks in other portions in every replica, and all at once where it is worked
 * out what must come: who makes something else of them is found.
 */
function divisionOf(random: Random): Division {
  return (rows) => (random.chance(0.3) ? rows : random.between(1, Math.min(rows, PORTION_MOST)))
}

const PORTION_MOST = 5

const END: EpochInput = { rows: null, watermark: Number.MAX_SAFE_INTEGER, idle: false }

class CollectedOutput implements ExpectedOutput {
  readonly rows: OutputRow[] = []
  /** By number of rows before it: what a display shows at a boundary. */
  readonly #shown = new Map<number, readonly (readonly unknown[])[]>()

  add(rows: RowSet, epoch: Epoch): void {
    const { columns } = rows.schema
    for (let row = 0; row < rows.rows; row++)
      this.rows.push({ epoch, values: columns.map(({ index }) => rows.value(index, row)) })
  }

  show(content: readonly (readonly unknown[])[]): void {
    this.#shown.set(this.rows.length, content)
  }

  readonly contentAfter = (rows: number): readonly (readonly unknown[])[] => this.#shown.get(rows) ?? []
}

/** The rows of one partition, where they are dealt in turn. */
function dealt(rows: BatchBuilder, partition: number, partitions: number): BatchBuilder {
  const builder = new BatchBuilder(rows.schema)
  for (let row = partition; row < rows.rows; row += partitions) builder.appendRow(rows, row)
  return builder
}
