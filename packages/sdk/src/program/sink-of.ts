import type { StageProgram, Target } from '../compile/stage-program.ts'
import type { RowSchema } from '../schema/row-schema.ts'

/** What the sinks of a stage's loops hold: its outputs, then what its states will be given, then batches. */
export function sinkSchemas({ outputs, states, batches }: StageProgram): readonly RowSchema[] {
  return [...outputs, ...states.map(({ input }) => input), ...batches.map(({ input }) => input)]
}

/** The place of a target among them. */
export function sinkOf({ outputs, states }: StageProgram, { to, index }: Target): number {
  if (to === 'output') return index
  return outputs.length + (to === 'state' ? index : states.length + index)
}
