import type { Operator } from '@pollux/protocol'
import type { Compiled } from '@pollux/sdk'
import { must } from '@pollux/std'
import type { PipelineInProcess } from './pipeline-in-process.ts'

/** An operator that counts, step by step, as those do that are made of a program. */
export interface Counting extends Operator {
  readonly counters: readonly Readonly<Record<string, number>>[]
}

/** Rows that came too late, by step: of each that has windows of event time, in all partitions together. */
export type LateCounts = ReadonlyMap<string, number>

/**
 * As of now. Nothing is lost or repeated in one process, so every row is counted once; what replicas count is
 * no part of their state, and begins anew in each successor.
 */
export function lateCounts({ programs }: Pick<Compiled, 'programs'>, whole: PipelineInProcess): LateCounts {
  const counts = new Map<string, number>()
  for (const [stage, { states }] of programs) {
    states.forEach(({ node: { name, step } }, index) => {
      if (step.kind !== 'window' || step.window.kind === 'count') return
      const each = whole.operatorsOf(stage).map((operator) => {
        const counters = must((operator as Partial<Counting>).counters, () => `${stage} counts nothing`)
        return must(counters[index]?.['late'], () => `${name} counts no late rows`)
      })
      counts.set(
        name,
        each.reduce((all, count) => all + count, 0),
      )
    })
  }
  return counts
}

/** Of one step, or an error where there is no such step. */
export function lateOf(counts: LateCounts, step: string): number {
  const count = counts.get(step)
  if (count !== undefined) return count
  const there = counts.size === 0 ? 'there is none' : `there is ${[...counts.keys()].join(', ')}`
  throw new Error(`there is no step ${step} with windows of event time; ${there}`)
}
