import type { Schema } from '../schema/schema.ts'

/**
 * A pipeline as data: what every process of a run must agree on. Placement and limits are run options and no
 * part of it. Its canonical text is hashed into the run key, so two plans never meet on a wire.
 */
export interface Plan {
  readonly pipeline: string
  /** Key groups, a power of two, fixed at creation: state is held, copied and checkpointed by group. */
  readonly groups: number
  /** Epoch e begins at `originMs + e * tickMs`; `ctx.now` is that and nothing else. */
  readonly tickMs: number
  readonly originMs: number
  /** A part of a checkpoint is taken whenever a multiple of this many epochs is passed. */
  readonly checkpointEvery: number
  readonly stages: readonly Stage[]
  readonly edges: readonly Edge[]
}

export type Stage = IngressStage | ComputeStage | EgressStage

interface StageBase {
  readonly name: string
  readonly partitions: number
  /** Names the step (or fused chain) whose factory builds the operator in each replica. */
  readonly step: string
}

export interface IngressStage extends StageBase {
  readonly kind: 'ingress'
  /** Replayable: twins read the data themselves. Push: the data travels in the decision log. */
  readonly source: 'replayable' | 'push'
  /** Of the rows the source gives. */
  readonly schema: Schema
  /**
   * A pushed request first tried longer ago than this is refused, as is one dated as far ahead; idempotency
   * keys are remembered for twice as long.
   */
  readonly keyWindowEpochs: number
}

export interface ComputeStage extends StageBase {
  readonly kind: 'compute'
}

export interface EgressStage extends StageBase {
  readonly kind: 'egress'
  readonly sink: 'transactional' | 'idempotent' | 'resumable'
}

/** All channels from one stage to another. */
export interface Edge {
  readonly from: string
  /** Which output of the producing operator feeds it. */
  readonly output: number
  readonly to: string
  /** Which input port of the consuming operator it feeds; channel order is (port, upstream partition). */
  readonly port: number
  readonly exchange: Exchange
  /** Lane: own lane's producer, the other's on loss. Race: both, the first copy wins. */
  readonly delivery: 'lane' | 'race'
  readonly schema: Schema
}

export type Exchange =
  | { readonly kind: 'one' }
  | { readonly kind: 'gather' }
  | { readonly kind: 'key'; readonly columns: readonly string[] }
