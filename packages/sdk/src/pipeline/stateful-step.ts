import type { ProcessStep } from '../process/process-step.ts'
import type { AddStep } from '../window/partial/add-step.ts'
import type { WindowStep } from '../window/window-step.ts'

/** What a stateful step does; how it does it is made at compile time. */
export type StatefulStep = WindowStep | ProcessStep | AddStep
