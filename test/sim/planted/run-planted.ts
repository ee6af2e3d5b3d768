import { UsageError } from '../../command-line.ts'
import { CATALOGUE } from './catalogue.ts'
import type { Mutation } from './mutation.ts'
import { type Judged, tryBaseline, tryMutations } from './trials.ts'

const NAME_WIDTH = Math.max(...CATALOGUE.map(({ name }) => name.length))

interface Wish {
  /** Null: every bug. */
  readonly only: string | null
  readonly json: boolean
}

/**
 * Plants every bug in turn and says what caught it. Returns the exit code: 1 if one was not caught, or if the
 * core fails without any.
 */
export async function runPlanted({ only, json }: Wish): Promise<number> {
  const chosen = only === null ? CATALOGUE : [bugCalled(only)]
  const judged = await tryMutations(chosen, (one) => {
    if (!json) console.log(describeJudged(one))
  })
  const baseline = await tryBaseline(judged)
  const missed = judged.filter(({ caught }) => !caught).map(({ mutation }) => mutation.name)
  if (json)
    console.log(JSON.stringify({ planted: judged.length, missed, baseline, bugs: judged.map(asLine) }))
  else {
    for (const line of baseline) console.log(`without any bug planted, ${line}`)
    const well = baseline.length === 0 ? 'clean' : 'not clean'
    const caught = `${judged.length - missed.length} of ${judged.length} planted bugs caught`
    console.log(`${caught}, the core without them is ${well}`)
  }
  return missed.length === 0 && baseline.length === 0 ? 0 : 1
}

function bugCalled(wanted: string): Mutation {
  const bug = CATALOGUE.find(({ name }) => name === wanted)
  if (bug !== undefined) return bug
  const near = CATALOGUE.filter(({ name }) => name.includes(wanted)).map(({ name }) => name)
  const known = near.length > 0 ? near.join(', ') : 'what test/sim/planted/catalogue holds'
  throw new UsageError(`no planted bug is called ${wanted}; there is ${known}`)
}

/** `evict-on-one-ack            caught after 2 schedules: unserved` */
function describeJudged({ mutation, caught, by, after, detail }: Judged): string {
  const { caughtBy, schedules, story } = mutation
  const name = mutation.name.padEnd(NAME_WIDTH)
  const meant = caughtBy.join(' or ')
  if (schedules === 0)
    return `${name}  ${caught ? `caught by ${by}` : `NOT CAUGHT by ${meant}: ${story} ${detail}`}`
  const when = `after ${after} schedule${after === 1 ? '' : 's'}`
  if (caught) return `${name}  caught ${when}: ${by}`
  if (by === null) return `${name}  NOT CAUGHT ${when}: ${story} ${detail}`
  return `${name}  NOT CAUGHT by ${meant} but ${when} by ${by}: ${detail}`
}

function asLine({ mutation, caught, by, after }: Judged): object {
  return { name: mutation.name, file: mutation.file, caught, after, by }
}
