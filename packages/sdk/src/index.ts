export { schema, RowSchema, type Columns, type RowInput, type RowOf } from './schema/row-schema.ts'
export { t } from './schema/t.ts'
export { pipeline, type Pipeline } from './pipeline/pipeline.ts'
export type { Results, Stream } from './pipeline/stream.ts'
export type { WindowOptions } from './pipeline/window-node.ts'
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
export { describePlan } from './compile/describe-plan.ts'
export { ERROR_CODES, type ErrorCode } from './errors/error-codes.ts'
export { PipelineError } from './errors/pipeline-error.ts'
export { compile, type Compiled, type CompileOptions } from './compile/compile.ts'
export { type Duration, durationMs } from './window/duration.ts'
export type { Source } from './io/source.ts'
export type { Sink } from './io/sink.ts'
