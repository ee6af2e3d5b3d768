import { Random } from '@pollux/std'
import { type Edge, type Plan, Topology } from '@pollux/protocol'
import {
  type Fault,
  faultOf,
  type Flaw,
  randomSchedule,
  type Schedule,
  SIM_LIMITS,
} from '@pollux/sim/simulator'
import type { Focus, PlanFocus } from './mutation.ts'

const FAULTS_UNTIL_MS = 370
/** Later faults of a schedule strike while the one before is being repaired. */
const CLOSE_MS = 60

/**
 * The schedule of this seed within a focus: a random one, with what the focus says in place of what was
 * drawn.
 */
export function focusedSchedule(seed: number, focus: Focus): Schedule {
  const drawn = randomSchedule(seed)
  const random = new Random(seed).fork('focus')
  const plan =
    focus.plan === undefined ? drawn.plan : focusedPlan(random.fork('plan'), focus.plan, drawn.plan)
  return {
    ...drawn,
    plan,
    faults: focus.faults === undefined ? drawn.faults : focusedFaults(random.fork('faults'), plan, focus),
    // Fewer keys than clients go with a window that expires, and that was drawn with the plan.
    limits: { ...drawn.limits, keysMax: SIM_LIMITS.keysMax, ...focus.limits },
    rows: focus.rows ?? drawn.rows,
    sourceMs: focus.sourceMs ?? drawn.sourceMs,
    leastStore: focus.leastStore ?? false,
    flaw: focus.flaw === undefined ? null : flawOf(random.fork('flaw'), focus.flaw),
  }
}

function flawOf(random: Random, kind: NonNullable<Focus['flaw']>): Flaw {
  const flaw = { pair: 'middle/0', epoch: random.between(5, 25) }
  if (kind === 'throws') return { ...flaw, kind, where: random.pick(['rows', 'boundary', 'boundary']) }
  if (kind === 'differs') return { ...flaw, kind, lane: random.pick(['a', 'b']) }
  return { ...flaw, kind: 'throws', where: kind }
}

function focusedFaults(random: Random, plan: Plan, focus: Focus): Fault[] {
  const [least, most] = focus.count ?? [2, 5]
  const places = [...new Topology(plan).pairs.values()]
  const near = places.filter((place) => focus.at?.includes(place.stage.name) ?? true)
  const faults: Fault[] = []
  let at = random.float() * FAULTS_UNTIL_MS
  for (let left = random.between(least, most); left > 0; left--) {
    const fault = faultOf(random, random.pick(near), random.pick(focus.faults ?? []), at)
    const aim: NonNullable<Fault['aim']> = {
      phase: random.pick(focus.aims ?? ['steady']),
      pair: null,
      who: random.pick(['itself', 'twin'] as const),
      lagMs: random.float() * 2,
    }
    const aims = random.chance(0.7) && focus.aims !== undefined
    if (fault !== null) faults.push(aims ? { ...fault, aim } : fault)
    const close = random.chance(0.7)
    at = close ? Math.min(at + random.float() * CLOSE_MS, FAULTS_UNTIL_MS) : random.float() * FAULTS_UNTIL_MS
  }
  return faults.sort((a, b) => a.at - b.at)
}

/** `in` (one or several), maybe `middle`, `out`: the smallest pipeline in which the mistake can show. */
function focusedPlan(random: Random, focus: PlanFocus, drawn: Plan): Plan {
  const schema = drawn.edges[0]!.schema
  const ingresses = Array.from({ length: focus.sources ?? 1 }, (_, port) =>
    port === 0 ? 'in' : `in-${port}`,
  )
  const middle = focus.step === undefined ? [] : ['middle']
  const edge = (from: string, to: string, port: number): Edge => {
    const delivery = focus.delivery ?? (random.chance(0.5) ? 'lane' : 'race')
    return { from, output: 0, to, port, exchange: { kind: 'one' }, delivery, schema }
  }
  const second = middle[0] ?? 'out'
  return {
    ...drawn,
    checkpointEvery: focus.checkpointEvery ?? drawn.checkpointEvery,
    stages: [
      ...ingresses.map((name) => ({
        kind: 'ingress' as const,
        name,
        partitions: 1,
        step: 'pass',
        source: focus.source,
        schema,
        keyWindowEpochs: focus.keyWindowEpochs ?? 1000,
      })),
      ...middle.map((name) => ({
        kind: 'compute' as const,
        name,
        partitions: 1,
        step: focus.step ?? 'pass',
      })),
      {
        kind: 'egress',
        name: 'out',
        partitions: 1,
        step: focus.sink === 'resumable' ? 'chain' : 'pass',
        sink: focus.sink,
      },
    ],
    edges: [
      ...ingresses.map((name, port) => edge(name, second, port)),
      ...middle.map((name) => edge(name, 'out', 0)),
    ],
  }
}
