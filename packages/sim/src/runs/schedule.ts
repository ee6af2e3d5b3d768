import { Random } from '@pollux/std'
import { type PairId, type Plan, Topology } from '@pollux/protocol'
import type { Limits } from '@pollux/pair'
import type { Fault } from '../faults/fault.ts'
import { type Flaw, randomFlaw } from '../faults/flaw.ts'
import { randomFaults } from '../faults/random-faults.ts'
import { randomPlan } from './random-plan.ts'
import { SIM_LIMITS } from './simulation.ts'

/**
 * One run, whole, as plain data: it can be printed, cut down, sent to a thread and run again. `seed` also
 * draws everything that is not written here: delays, clocks, arrivals, lost answers.
 */
export interface Schedule {
  readonly seed: number
  readonly plan: Plan
  readonly faults: readonly Fault[]
  /** Rows of each source of toys. */
  readonly rows: number
  /** When about the last of them arrives. */
  readonly sourceMs: number
  /** All faults are over by then; everything must converge afterwards. */
  readonly healAt: number
  /** How long all must have been healed and whole before the input ends; null: it ends anyway. */
  readonly endsAfterMs: number | null
  readonly limits: Limits
  /** By how much the wall clocks of a pair are ahead, beside what all differ by. */
  readonly clocksMs: Readonly<Record<PairId, number>>
  /** The store is only as large as it must be, for the whole run. */
  readonly leastStore: boolean
  /** What is wrong with the user's code; null in most runs. */
  readonly flaw: Flaw | null
}

/** Everything heals at this moment; the last fault strikes a little earlier. */
export const HEAL_AT_MS = 360
export const FAULTS_UNTIL_MS = 300
const ROWS = 32
/** How large it must be is found by running it, so these take three times as long. */
const LEAST_STORE_SHARE = 0.01
const FLAWED_SHARE = 0.04
/** More than the pipeline can hold, and nothing wrong with it: nobody may come to harm by load alone. */
const CROWDED_SHARE = 0.005
const CROWD = 300
/** Long enough that nothing which has struck may still have effects. */
const REST_MS = 1200
const RESTING_SHARE = 0.06
const CROWD_MS = 60
/** Of the runs with more than one ingress partition. */
const FAR_CLOCK_SHARE = 0.1
/** Less than the key window, as is assumed, and longer than a run may take: time alone mends nothing. */
const FAR_CLOCK_MS = 8000

export function randomSchedule(seed: number): Schedule {
  const random = new Random(seed)
  const plan = randomPlan(random.fork('plan'))
  const crowded = random.fork('crowd').chance(CROWDED_SHARE)
  const flaw = someFlaw(random.fork('flaw'), plan)
  const leastStore = flaw === null && random.fork('store').chance(LEAST_STORE_SHARE)
  const drawn = crowded ? [] : randomFaults(random.fork('faults'), new Topology(plan), FAULTS_UNTIL_MS)
  // Such a fault ends with all the room there can be.
  const faults = leastStore ? drawn.filter(({ kind }) => kind !== 'store-full') : drawn
  // Some sources end while faults still strike, some only after everything has healed.
  const sourceMs = crowded ? CROWD_MS : HEAL_AT_MS * (0.4 + random.fork('source').float() * 0.6)
  return {
    seed,
    plan,
    faults,
    rows: crowded ? CROWD : ROWS,
    sourceMs,
    healAt: HEAL_AT_MS,
    endsAfterMs: someRest(random.fork('whole')),
    limits: { ...someLimits(random.fork('limits')), ...someKeys(random.fork('keys'), plan) },
    clocksMs: someClocks(random.fork('clocks'), plan),
    leastStore,
    flaw,
  }
}

/** Half of all inputs end in the middle of whatever is being repaired; a few stay for a while in health. */
function someRest(random: Random): number | null {
  if (random.chance(0.5)) return null
  return random.chance(RESTING_SHARE) ? REST_MS : 0
}

/** Where keys are forgotten while a run lasts there may be fewer than clients. */
function someKeys(random: Random, { stages }: Plan): Partial<Limits> {
  const forgets = stages.some((stage) => stage.kind === 'ingress' && stage.keyWindowEpochs < 1000)
  return forgets && random.chance(0.5) ? { keysMax: random.between(2, 8) } : {}
}

export function someClocks(random: Random, plan: Plan): Readonly<Record<PairId, number>> {
  const pairs = plan.stages.flatMap(({ kind, name, partitions }) =>
    kind === 'ingress' ? Array.from({ length: partitions }, (_, number) => `${name}/${number}`) : [],
  )
  if (pairs.length === 1 || !random.chance(FAR_CLOCK_SHARE)) return {}
  return { [random.pick(pairs)]: FAR_CLOCK_MS }
}

function someFlaw(random: Random, plan: Plan): Flaw | null {
  return random.chance(FLAWED_SHARE) ? randomFlaw(random, plan) : null
}

/** Some bounds are drawn too: what never fills at one size may fill at another. */
export function someLimits(random: Random): Limits {
  return {
    ...SIM_LIMITS,
    imageSliceBytes: random.pick([40, 80, 300, 1000]),
    imageSlicesInFlight: random.between(1, 2),
    windowBytes: random.pick([400, 800, 800, 3000]),
    markBytes: random.pick([1500, 3000, 3000]),
    undurableMax: random.pick([5, 20]),
    appendMax: random.pick([2, 8]),
    followerWindowMax: random.pick([1, 4, 4]),
  }
}

/**
 * `in:ingress*2(push) count:compute(chain) out:egress(idempotent); in->count key lane, count->out gather
 * race`
 */
export function describePlan(plan: Plan): string {
  const stages = plan.stages.map((stage) => {
    const kind = stage.kind === 'ingress' ? stage.source : stage.kind === 'egress' ? stage.sink : stage.step
    return `${stage.name}:${stage.kind}${stage.partitions === 1 ? '' : `*${stage.partitions}`}(${kind})`
  })
  const edges = plan.edges.map((edge) => `${edge.from}->${edge.to} ${edge.exchange.kind} ${edge.delivery}`)
  return `${stages.join(' ')}; ${edges.join(', ')}; checkpoint every ${plan.checkpointEvery}`
}
