import type { WindowStep } from '../window-step.ts'
import type { PartialSchema } from './partial-schema.ts'

/** Rows of an epoch are added up, for windows that are in a later stage. */
export interface AddStep {
  readonly kind: 'add'
  /** What they are added up for, and by what name that goes. */
  readonly windows: WindowStep
  readonly partial: PartialSchema
  readonly stateBytesMax: number
}
