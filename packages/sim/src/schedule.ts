import { Random } from '@pollux/std'
import { type Plan, Topology } from '@pollux/protocol'
import type { Limits } from '@pollux/pair'
import type { Fault } from './fault.ts'
import { randomFaults } from './random-faults.ts'
import { randomPlan } from './random-plan.ts'
import { SIM_LIMITS } from './simulation.ts'

/**
 * One run, whole, as plain data: it can be printed, cut down, sent to a thread and run again. `seed` also draws
 * everything that is not written here: delays, clocks, arrivals, lost answers.
 */
export interface Schedule {
  readonly seed: number
  readonly plan: Plan
  readonly faults: readonly Fault[]
  /** Rows of each source. */
  readonly rows: number
  /** When about the last of them arrives. */
  readonly sourceMs: number
  /** All faults are over by then; everything must converge afterwards. */
  readonly healAt: number
  readonly limits: Limits
}

/** Everything heals at this moment; the last fault strikes a little earlier. */
export const HEAL_AT_MS = 450
const FAULTS_UNTIL_MS = 370
const ROWS = 36

export function randomSchedule(seed: number): Schedule {
  const random = new Random(seed)
  const plan = randomPlan(random.fork('plan'))
  const faults = randomFaults(random.fork('faults'), new Topology(plan), FAULTS_UNTIL_MS)
  // Some sources end while faults still strike, some only after everything has healed.
  const sourceMs = HEAL_AT_MS * (0.4 + random.fork('source').float() * 0.6)
  return { seed, plan, faults, rows: ROWS, sourceMs, healAt: HEAL_AT_MS, limits: SIM_LIMITS }
}

/** `in:ingress*2(push) count:compute(chain) out:egress(idempotent); in->count key lane, count->out gather race` */
export function describePlan(plan: Plan): string {
  const stages = plan.stages.map((stage) => {
    const kind = stage.kind === 'ingress' ? stage.source : stage.kind === 'egress' ? stage.sink : stage.step
    return `${stage.name}:${stage.kind}${stage.partitions === 1 ? '' : `*${stage.partitions}`}(${kind})`
  })
  const edges = plan.edges.map((edge) => `${edge.from}->${edge.to} ${edge.exchange.kind} ${edge.delivery}`)
  return `${stages.join(' ')}; ${edges.join(', ')}; checkpoint every ${plan.checkpointEvery}`
}
