export {
  schema,
  RowSchema,
  type Columns,
  type RowInput,
  type RowOf,
  type TimestampName,
} from './schema/row-schema.ts'
export type { ColumnType, ValueOf } from './schema/column-type.ts'
export { t } from './schema/t.ts'
export { pipeline, type Pipeline } from './pipeline/pipeline.ts'
export type {
  FallibleResults,
  FallibleStream,
  KeyedStream,
  Results,
  Stream,
  WindowedStream,
} from './pipeline/stream.ts'
export type { IngressStream } from './pipeline/ingress-stream.ts'
export type {
  BatchColumns,
  BatchOut,
  Cells,
  CellsOut,
  Numbers,
  OptionalNumbers,
  OptionalNumbersOut,
  SymbolCells,
} from './batch/batch-columns.ts'
export { type BatchTrial, type Division } from './batch/division.ts'
export type { FailedColumns } from './program/failed-rows.ts'
export type { WindowOptions } from './pipeline/window-options.ts'
export {
  countWindow,
  cumulative,
  hopping,
  landmark,
  session,
  sliding,
  tumbling,
} from './window/window-spec.ts'
export { count, countDistinct, first, last, max, mean, min, sum } from './aggregate/aggregate.ts'
export { ownAggregate } from './aggregate/own-aggregate.ts'
export { operator, type OperatorContext, type OwnOperator, type Timer } from './process/operator.ts'
export { value } from './state/plain-value.ts'
export { checkOptions, type OptionNames } from './errors/check-options.ts'
export { nearest } from './errors/nearest.ts'
export { here } from './errors/call-site.ts'
export { readsLike } from './program/generated/reads-like.ts'
export { describePlan } from './compile/describe-plan.ts'
export { ERROR_CODES, type ErrorCode } from './errors/error-codes.ts'
export { PipelineError } from './errors/pipeline-error.ts'
export { compile, type Compiled, type CompileOptions } from './compile/compile.ts'
export { type Duration, durationMs } from './window/duration.ts'
export type {
  AnySource,
  BadRecords,
  DeadLetterSource,
  ProbeReply,
  ReadReply,
  ReadRequest,
  RejectedRecord,
  Source,
  SourcePlace,
  SourceReader,
} from './io/source.ts'
export { type SourceAnswer, SourceAdapter, type SourceAsk } from './io/source-adapter.ts'
export { Rejected, type RejectedColumns } from './io/rejected.ts'
export { IngressRows } from './io/ingress-rows.ts'
export { rowsDigest } from './io/rows-digest.ts'
export {
  type AnySink,
  type CommitRequest,
  type IdempotentSink,
  type IdempotentWriter,
  isStored,
  type OpenReply,
  type OpenRequest,
  type RecordReply,
  type Sink,
  type SinkAnswer,
  type SinkAsk,
  type SinkPlace,
  type SinkSession,
  type StoredSink,
  type TransactionalSink,
  type TransactionalWriter,
  type UpsertRequest,
  type WriteReply,
} from './io/sink.ts'
export { askSink } from './io/ask-sink.ts'
export type { Claim, Done } from './io/contract/claim.ts'
export { SOURCE_CLAIMS } from './io/contract/source-claims.ts'
export { REJECTED_CLAIMS } from './io/contract/rejected-claims.ts'
export { checkSource } from './io/contract/source-steps.ts'
export { SINK_CLAIMS } from './io/contract/sink-claims.ts'
export { checkSink, type SinkUnderTest } from './io/contract/sink-steps.ts'
// What authors of sources, sinks and operators make rows with.
export {
  BatchBuilder,
  type Column,
  type ColumnBuilder,
  type ColumnData,
  ColumnError,
  Dictionary,
  type Epoch,
  epoch,
  type Generation,
  generation,
  hashText,
  type PendingRow,
  type RowSet,
  type Run,
  run,
  type Schema,
  type SourcePosition,
  type Value,
} from '@pollux/protocol'
