import type { Mutation } from './mutation.ts'
import { runTrial } from './run-trial.ts'
import type { Means, TrialResult } from './trial.ts'

/** Cores of the smallest machine this is meant for. */
const AT_ONCE = 2
const SCENARIO = 'scenario: '

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
    const result = await runTrial({ mutation: mutation.name, means: meansFor(mutation) })
    const judged = { ...result, mutation, caught: mutation.caughtBy.some((check) => check === result.by) }
    onJudged(judged)
    return judged
  })
}

/**
 * The core as it is, over the very schedules and scenarios that caught the mutations: a check that also fails
 * without the bug says nothing about it. What it finds is a bug that nobody planted. Nothing being planted, a
 * process does for many of them: to begin one takes longer than most of what it would do.
 */
export async function tryBaseline(judged: readonly Judged[]): Promise<readonly string[]> {
  const every = new Map<string, Means>()
  for (const { mutation, after } of judged) {
    const means = meansFor(mutation)
    const caught: Means = means.kind === 'schedules' ? { ...means, from: after, schedules: after } : means
    every.set(JSON.stringify(caught), caught)
  }
  const all = [...every.values()]
  const half = Math.ceil(all.length / AT_ONCE)
  const shares = Array.from({ length: AT_ONCE }, (_, lane) => all.slice(lane * half, (lane + 1) * half))
  const results = await inLanes(shares, async (share) => {
    const { by, detail } = await runTrial({ mutation: null, means: { kind: 'several', share } })
    return by === null && detail === '' ? [] : [`${by ?? ''} ${detail}`]
  })
  return results.flat()
}

/** What is to catch it says how it is tried. */
function meansFor({ caughtBy, schedules, focus = {} }: Mutation): Means {
  if (schedules > 0) return { kind: 'schedules', from: 1, schedules, focus }
  const [check] = caughtBy
  const scenario = check?.startsWith(SCENARIO) === true ? check.slice(SCENARIO.length) : null
  return scenario === null ? { kind: 'self-test' } : { kind: 'scenario', scenario }
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
