import type { Feed, StageProgram } from '../compile/stage-program.ts'
import { generatedFunction } from './generated/generated-function.ts'
import { GeneratedLoop } from './generated/generated-loop.ts'
import { whyNoSegment } from './generated/segment-plan.ts'
import { InterpretedLoop } from './interpreted-loop.ts'
import type { RowLoop, Sinks } from './row-loop.ts'

/**
 * The loop for what is behind one place of a stage: generated, unless there is nothing to be done, or the
 * platform generates no code, or the steps are too many or too tangled for one.
 */
export function loopOf(program: StageProgram, feed: Feed, sinks: Sinks, name: string): RowLoop {
  const plain = new InterpretedLoop(program, feed, sinks)
  if (plain.passes !== null || plain.collects !== null) return plain
  return GeneratedLoop.of(program, feed, sinks, name) ?? plain
}

/** Why no loop can be generated for what is behind one place of a stage; null where one can. */
export function whyInterpreted(program: StageProgram, feed: Feed): string | null {
  return whyNoCode() ?? whyNoSegment(program, feed)
}

/** Why no loop can be generated for anything; null where some can. */
export function whyNoCode(): string | null {
  return generatedFunction('pollux/trial', [], '') === null ? 'the platform makes no code of text' : null
}
