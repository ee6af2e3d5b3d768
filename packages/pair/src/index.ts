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
} from './ports/outside.ts'
export { SOURCE_START } from './ports/outside.ts'
export type { StoreReply, StoreRequest } from './ports/buffer-store.ts'
export { MemoryStore } from './ports/memory-store.ts'
export type {
  CoordinatorReply,
  CoordinatorRequest,
  CoordinatorValue,
  FailureRecord,
} from './ports/coordinator.ts'
export { failureKey, RUN_KEY, viewKey } from './ports/coordinator.ts'
export { MemoryCoordinator } from './ports/memory-coordinator.ts'
export {
  type Checkpoint,
  firstRun,
  isEnded,
  nextRun,
  type RunKey,
  type RunState,
} from './checkpoint/run-key.ts'
export type { Member, View } from './life/view.ts'
