import type { Decision, OperatorFactory, PairId, PairPlace, Topology } from '@pollux/protocol'
import type { Random } from '@pollux/std'
import type { ExpectedOutput } from '../judge/expected-output.ts'
import type { SinkKeys } from '../world/sink-model.ts'
import type { SourceRows } from '../world/source-rows.ts'

/** What a simulated pipeline reads, does, and must have shown. */
export interface Workload {
  readonly sinkKeys: SinkKeys
  /** Of an ingress partition, the `index`th of all; about the last of its rows arrives at `endMs`. */
  sourceRows(place: PairPlace, index: number, random: Random, endMs: number): SourceRows
  /** For one replica; `random` decides what may differ from twin to twin, and must not show. */
  operators(random: Random): OperatorFactory
  /** By egress partition, from the decisions that became durable; `rowsOf` tells rows by their numbers. */
  expected(
    topology: Topology,
    decisions: ReadonlyMap<PairId, readonly Decision[]>,
    rowsOf: RowNumbers,
  ): ReadonlyMap<PairId, ExpectedOutput>
}

export type RowNumbers = (pair: PairId, decision: Decision) => readonly number[]
