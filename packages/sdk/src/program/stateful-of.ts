import type { StateProgram } from '../compile/stage-program.ts'
import { KeyedProcess } from '../process/keyed-process.ts'
import { CountWindows } from '../window/count-windows.ts'
import { GrowingWindows } from '../window/growing-windows.ts'
import { HoppingWindows } from '../window/hopping-windows.ts'
import { SessionWindows } from '../window/session-windows.ts'
import { AddingUp } from '../window/partial/adding-up.ts'
import type { Stateful } from './stateful.ts'

/** Where a stateful step runs. */
export interface StatefulPlace {
  readonly pipeline: string
  readonly groups: number
  readonly partition: number
}

export function statefulOf(program: StateProgram, { groups, partition, pipeline }: StatefulPlace): Stateful {
  const { step } = program.node
  if (step.kind === 'process') return new KeyedProcess(program, groups, partition, pipeline)
  if (step.kind === 'add') return new AddingUp(program)
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
