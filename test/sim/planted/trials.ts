import type { Focus, Mutation } from './mutation.ts'
import { runTrial } from './run-trial.ts'
import type { TrialResult } from './trial.ts'

/** Cores of the smallest machine this is meant for. */
const AT_ONCE = 2

export interface Judged extends TrialResult {
  readonly mutation: Mutation
  /** By what is to catch it. */
  readonly caught: boolean
}

/** Tries out every mutation, a few at a time, and tells of each as it is done. */
export async function tryMutations(
  mutations: readonly Mutation[],
  onJudged: (judged: Judged) => void = () => {},
): Promise<readonly Judged[]> {
  return inLanes(mutations, async (mutation) => {
    const { name, schedules, focus = {} } = mutation
    const result = await runTrial({ mutation: name, schedules, focus })
    const judged = { ...result, mutation, caught: mutation.caughtBy.some((check) => check === result.by) }
    onJudged(judged)
    return judged
  })
}

/**
 * The core as it is, over the very schedules that caught the mutations: a check that also fails without the
 * bug says nothing about it. What it finds is a bug that nobody planted.
 */
export async function tryBaseline(judged: readonly Judged[]): Promise<readonly string[]> {
  const families = new Map<string, number>()
  for (const { mutation, after } of judged) {
    const family = JSON.stringify(mutation.focus ?? {})
    families.set(family, Math.max(families.get(family) ?? 0, after))
  }
  const results = await inLanes([...families], async ([family, schedules]) => {
    const focus = JSON.parse(family) as Focus
    const { by, after, detail } = await runTrial({ mutation: null, schedules, focus })
    return by === null && detail === '' ? [] : [`schedule ${after} of ${family}: ${by ?? ''} ${detail}`]
  })
  return results.flat()
}

async function inLanes<T, R>(tasks: readonly T[], run: (task: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(tasks.length)
  let next = 0
  const lane = async (): Promise<void> => {
    for (let at = next++; at < tasks.length; at = next++) results[at] = await run(tasks[at]!)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return results
}
