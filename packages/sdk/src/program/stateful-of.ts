import type { StateProgram } from '../compile/stage-program.ts'
import { CountWindows } from '../window/count-windows.ts'
import { GrowingWindows } from '../window/growing-windows.ts'
import { HoppingWindows } from '../window/hopping-windows.ts'
import { SessionWindows } from '../window/session-windows.ts'
import type { Stateful } from './stateful.ts'

/** What of a plan a stateful step depends on. */
export interface StatefulPlan {
  readonly groups: number
}

export function statefulOf(program: StateProgram, { groups }: StatefulPlan): Stateful {
  const { step } = program.node
  switch (step.window.kind) {
    case 'hopping':
      return new HoppingWindows(program, groups)
    case 'growing':
      return new GrowingWindows(program, groups)
    case 'session':
      return new SessionWindows(program, groups)
    case 'count':
      return new CountWindows(program, groups)
  }
}
