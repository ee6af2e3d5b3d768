import { Random } from '@pollux/std'
import { type PairId, Topology } from '@pollux/protocol'
import { whyNever } from '../judge/coverage.ts'
import type { Fault, FaultKind } from '../faults/fault.ts'
import { OPENERS } from '../faults/phase-openers.ts'
import { PHASES, type ProtocolPhase } from '../judge/protocol-phase.ts'
import { faultOf } from '../faults/random-faults.ts'
import type { Schedule } from './schedule.ts'
import { SIM_LIMITS, Simulation } from './simulation.ts'
import { FAULT_KINDS, TARGET_OF } from '../faults/struck-slots.ts'
import { straightPlan } from './straight-plan.ts'

/** What is not left to chance: every member of a family of schedules, by number. */
export interface SystematicSchedules {
  readonly length: number
  at(number: number): Schedule
}

const REFERENCE_SEED = 1
const SEEDS_EACH = 4
const HEAL_AT_MS = 360
const ROWS = 24
const SOURCE_MS = 300
const PAIRS = ['in/0', 'count/0', 'out/0'] as const

/**
 * Each kind of fault before each step of a reference run without faults. Up to there the runs are the same,
 * so a fault at the time of step n strikes exactly before step n.
 */
export function faultAtEveryStep(): SystematicSchedules {
  const times = stepTimes()
  const topology = new Topology(REFERENCE)
  return {
    length: times.length * FAULT_KINDS.length,
    at: (number) => {
      const kind = FAULT_KINDS[number % FAULT_KINDS.length]!
      const at = times[Math.floor(number / FAULT_KINDS.length)]!
      const random = new Random(number).fork('systematic')
      return referenceRun(REFERENCE_SEED, [faultNear(random, topology, random.pick(PAIRS), kind, at)])
    },
  }
}

/**
 * Each kind of fault in each phase in which it can strike, and on top of it each other kind: once with one
 * seed, then again with others.
 */
export function faultInEveryPhase(): SystematicSchedules & { readonly once: number } {
  const topology = new Topology(REFERENCE)
  const firsts = everyMeeting()
  const once = firsts.length * FAULT_KINDS.length
  return {
    once,
    length: once * SEEDS_EACH,
    at: (number) => {
      const first = firsts[Math.floor((number % once) / FAULT_KINDS.length)]!
      const second = FAULT_KINDS[number % FAULT_KINDS.length]!
      return referenceRun(number + 1, pileUp(new Random(number).fork('systematic'), topology, first, second))
    },
  }
}

/** Of these, the ones with this kind in this phase: from one number up to another. */
export function numbersInPhase(kind: FaultKind, phase: ProtocolPhase): readonly [from: number, to: number] {
  const place = everyMeeting().findIndex((first) => first.kind === kind && first.phase === phase)
  if (place < 0) throw new RangeError(`${kind} never meets ${phase}`)
  return [place * FAULT_KINDS.length, (place + 1) * FAULT_KINDS.length]
}

function everyMeeting(): { readonly kind: FaultKind; readonly phase: ProtocolPhase }[] {
  return FAULT_KINDS.flatMap((kind) =>
    PHASES.filter((phase) => whyNever(kind, phase) === null).map((phase) => ({ kind, phase })),
  )
}

/** An ingress, a compute stage and an egress: every phase there is, in three pairs. */
const REFERENCE = straightPlan({
  checkpointEvery: 6,
  computes: [{ name: 'count', step: 'chain' }],
  deliveries: ['lane', 'race'],
})

/**
 * An opener, the fault in the phase that it brings about, and a few milliseconds later another one on top.
 */
function pileUp(
  random: Random,
  topology: Topology,
  first: { readonly kind: FaultKind; readonly phase: ProtocolPhase },
  second: FaultKind,
): Fault[] {
  const at = 110 + random.float() * 60
  const pair = random.pick(pairsFor(first.kind, first.phase))
  const opener = OPENERS[first.phase]
  const { phase } = first
  const opening = opener === null ? [] : [faultNear(random, topology, pair, opener, at)]
  const aimed = faultNear(random, topology, pair, first.kind, at + 0.1)
  const onTop = faultNear(random, topology, pair, second, at + 0.1)
  const who = random.chance(0.5) ? 'itself' : 'twin'
  return [
    ...opening,
    { ...aimed, aim: { phase, pair, who: 'itself', lagMs: 0 } },
    canBeAt(second, pair)
      ? { ...onTop, aim: { phase, pair, who, lagMs: 1 + random.float() * 8 } }
      : { ...onTop, at: at + 10 + random.float() * 30 },
  ]
}

/** Where this kind can meet this phase in the reference plan. */
function pairsFor(kind: FaultKind, phase: ProtocolPhase): readonly PairId[] {
  const target = TARGET_OF[kind]
  if (target === 'source' || phase === 'completing') return ['in/0']
  if (target === 'sink' || phase === 'committing') return ['out/0']
  if (phase === 'taking-over') return ['in/0', 'out/0']
  return phase === 'subscribing' ? ['count/0', 'out/0'] : PAIRS
}

/** A fault of this kind at this pair, or, if it cannot strike there, at a pair where it can. */
function faultNear(random: Random, topology: Topology, pair: PairId, kind: FaultKind, at: number): Fault {
  for (const place of [pair, 'in/0', 'out/0']) {
    // A link is drawn with both ends; the same end twice is drawn again.
    for (let tries = 0; tries < 20; tries++) {
      const fault = faultOf(random, topology.pair(place), kind, at)
      if (fault !== null) return fault
    }
  }
  throw new RangeError(`${kind} cannot strike in the reference plan`)
}

function canBeAt(kind: FaultKind, pair: PairId): boolean {
  const target = TARGET_OF[kind]
  return target === 'source' ? pair === 'in/0' : target !== 'sink' || pair === 'out/0'
}

function referenceRun(seed: number, faults: readonly Fault[]): Schedule {
  return {
    seed,
    plan: REFERENCE,
    faults,
    rows: ROWS,
    sourceMs: SOURCE_MS,
    healAt: HEAL_AT_MS,
    endsAfterMs: seed % 2 === 0 ? 0 : null,
    limits: SIM_LIMITS,
    clocksMs: {},
    leastStore: false,
    flaw: null,
  }
}

/** The time of every step of the run without faults, until everything would heal. */
function stepTimes(): readonly number[] {
  const simulation = new Simulation(referenceRun(REFERENCE_SEED, []))
  const times: number[] = []
  while (!simulation.finished && simulation.world.now < HEAL_AT_MS && simulation.world.step()) {
    times.push(simulation.world.now)
  }
  return times
}
