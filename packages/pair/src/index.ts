export { Replica } from './replica.ts'
export type { Identity } from './context.ts'
export type { Effect, ExitReason, Input, PushAnswer, PushRequest, ReplicaEvent } from './effect.ts'
export { DEFAULT_LIMITS, type Limits } from './limits.ts'
export type {
  DisplayEvent,
  EventId,
  SinkReply,
  SinkRequest,
  SourceReply,
  SourceRequest,
} from './outside.ts'
export { SOURCE_START } from './outside.ts'
export type { StoreReply, StoreRequest } from './buffer-store.ts'
export { MemoryStore } from './memory-store.ts'
export type { CoordinatorReply, CoordinatorRequest, CoordinatorValue, FailureRecord } from './coordinator.ts'
export { failureKey, RUN_KEY, viewKey } from './coordinator.ts'
export { MemoryCoordinator } from './memory-coordinator.ts'
export { type Checkpoint, firstRun, isEnded, nextRun, type RunKey, type RunState } from './run-key.ts'
export type { Member, View } from './view.ts'
