import type { Limits, RunKey } from '@pollux/pair'
import type { PairId, Topology } from '@pollux/protocol'
import type { Checker } from './checker.ts'
import type { CoordinatorModel } from '../world/coordinator-model.ts'
import type { FaultKind } from '../faults/fault.ts'
import type { ProcessModel } from '../world/process-model.ts'
import type { PushClients } from '../world/push-clients.ts'
import type { SourceModel } from '../world/source-model.ts'
import type { StoreModel } from '../world/store-model.ts'
import type { World } from '../world/world.ts'

/** A run, as far as those look at it who judge it while it goes on. */
export interface ObservedRun {
  readonly topology: Topology
  readonly slots: readonly string[]
  readonly coordinator: CoordinatorModel
  /** As the coordinator has it. */
  readonly runKey: RunKey
  readonly store: StoreModel
  readonly world: World
  readonly checker: Checker
  readonly options: {
    readonly limits: Pick<
      Limits,
      | 'undurableMax'
      | 'attemptsMax'
      | 'followerWindowMax'
      | 'logReserveBytes'
      | 'replyMs'
      | 'lostMs'
      | 'sliceBytes'
    >
  }
  readonly pushClients: Pick<PushClients, 'owedBy' | 'mostOwedBy'>
  /** What has struck so far. */
  readonly faults: { readonly kinds: ReadonlySet<FaultKind> }
  source(pair: PairId): SourceModel
  /** Since when every pair has been whole, everything having healed. */
  readonly wholeSince: number
  find(slot: string): ProcessModel | null
}
