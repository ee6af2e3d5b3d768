import type { PairId } from '@pollux/protocol'
import type { DisplayEvent, Effect, Input, PushAnswer, ReplicaEvent } from '@pollux/pair'
import type { CoordinatorModel } from './coordinator-model.ts'
import type { Network } from './network.ts'
import type { ProcessModel } from './process-model.ts'
import type { SinkModel } from './sink-model.ts'
import type { SourceModel } from './source-model.ts'
import type { StoreModel } from './store-model.ts'

/** Everything around a simulated process. */
export interface Outside {
  readonly network: Network
  readonly coordinator: CoordinatorModel
  readonly store: StoreModel
  source(pair: PairId): SourceModel
  sink(pair: PairId): SinkModel
  onStep(process: ProcessModel, input: Input, effects: readonly Effect[]): void
  onEvent(process: ProcessModel, event: ReplicaEvent): void
  onExit(process: ProcessModel): void
  onCrash(process: ProcessModel, error: unknown): void
  onAnswer(request: number, answer: PushAnswer): void
  onDisplay(connection: number, event: DisplayEvent): void
}
