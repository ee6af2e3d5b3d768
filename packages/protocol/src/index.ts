// A member of a union that is not listed here is reached by narrowing on its `kind`.
export {
  EPOCH_END,
  epoch,
  type Epoch,
  generation,
  type Generation,
  incarnation,
  type Incarnation,
  run,
  type Run,
  seq,
  type Seq,
} from './ids.ts'
export {
  comparePositions,
  describeEpoch,
  describePosition,
  earlierPosition,
  type Position,
  samePosition,
  START,
} from './position.ts'

export { crc32c } from './bytes/crc32c.ts'
export {
  combineHash,
  HASH_NULL,
  HASH_START,
  hashBytes,
  hashInt64,
  hashNumber,
  hashText,
} from './bytes/hash.ts'

export {
  type Column,
  type ColumnData,
  ColumnError,
  type ColumnErrorCode,
  type ColumnKind,
  type ColumnSpec,
  type NumberKind,
  type PlainKind,
  type Storage,
  type Value,
} from './schema/column.ts'
export { Dictionary, type DictionaryState } from './schema/dictionary.ts'
export { SchemaError, type SchemaErrorCode } from './schema/schema-columns.ts'
export { defineSchema, describeSchema, parseSchema, Schema } from './schema/schema.ts'

export {
  describeFrame,
  type DigestFunction,
  type Frame,
  type FrameRefusal,
  REFUSAL_NAMES,
  type RefusalName,
  ROWS_MAX,
} from './frame/frame.ts'
export { type Allocate, FrameSlab } from './frame/frame-slab.ts'

export { Batch } from './rows/batch.ts'
export { BatchBuilder } from './rows/batch-builder.ts'
export { copyCell } from './rows/copy-cell.ts'
export { type ColumnBuilder, VALUE_BYTES_MAX } from './rows/column-builder.ts'
export { hashCell, hashKey } from './rows/hash-cell.ts'
export type { Rows } from './rows/rows.ts'

export { FrameDecoder } from './codec/frame-decoder.ts'
export { FrameEncoder } from './codec/frame-encoder.ts'

export { checkPlan, PlanError } from './plan/check-plan.ts'
export { keyGroup, partitionOfHash } from './plan/key-group.ts'
export type { ComputeStage, Edge, EgressStage, Exchange, IngressStage, Plan, Stage } from './plan/plan.ts'
export { type Channel, type Lane, otherLane, type PairId, type PairPlace, Topology } from './plan/topology.ts'

export { GroupTable } from './operator/group-table.ts'
export type {
  BoundaryContext,
  Emitter,
  EpochContext,
  Operator,
  OperatorFactory,
  OperatorState,
  RowSet,
  StateSnapshot,
} from './operator/operator.ts'

export type { FrameMessage, InputPoint, SealMessage } from './message/channel-item.ts'
export type { Decision, Push, SourcePosition, SourceRead } from './message/decision.ts'
export { describeDecision } from './message/describe-decision.ts'
export { describeMessage } from './message/describe-message.ts'
export { describeSpeaker } from './message/describe-speaker.ts'
export type {
  GroupPart,
  Image,
  ImagePart,
  InputPart,
  KeptKey,
  KeysPart,
  OutputPart,
  PendingPart,
  PendingRow,
} from './message/image.ts'
export {
  type CatchUpMessage,
  type ControlMessage,
  type DataMessage,
  type Hello,
  type Message,
  type ProgressMessage,
  PROTOCOL_VERSION,
  type RefusalReason,
  type RefuseMessage,
  type ReportMessage,
  type Speaker,
  type StateSliceMessage,
  type SubscribeHello,
  type TwinHello,
} from './message/message.ts'

export { WIRE_BYTES_MAX } from './wire/wire-limits.ts'
export { decodeMessage, encodeMessage } from './wire/wire-message.ts'
export type { WireRefusal, WireRefusalName } from './wire/wire-refusal.ts'
export {
  decodeDecision,
  decodeImage,
  encodeDecision,
  encodeImage,
  STORED_VERSION,
} from './wire/wire-stored.ts'
