import { Random } from '@pollux/std'
import { type Plan, Topology } from '@pollux/protocol'
import { whyNever } from './coverage.ts'
import type { Aim, Fault, FaultKind } from './fault.ts'
import { PHASES, type ProtocolPhase } from './protocol-phase.ts'
import { faultOf } from './random-faults.ts'
import type { Schedule } from './schedule.ts'
import { SIM_LIMITS, Simulation } from './simulation.ts'
import { FAULT_KINDS } from './struck-slots.ts'
import { TOY_SCHEMA } from './toy-rows.ts'

const SEED = 1
/** The fault of a run over steps may last a little longer than the run itself would. */
const HEAL_AT_MS = 450
const ROWS = 24

/** What is not left to chance: every member of a family of schedules, by number. */
export class SystematicSchedules {
  readonly length: number
  readonly #at: (number: number) => Schedule

  private constructor(length: number, at: (number: number) => Schedule) {
    this.length = length
    this.#at = at
  }

  at(number: number): Schedule {
    return this.#at(number)
  }

  /**
   * Each kind of fault before each step of a reference run without faults. Up to there the runs are the same, so a
   * fault at the time of step n strikes exactly before step n.
   */
  static steps(): SystematicSchedules {
    const times = stepTimes()
    const topology = new Topology(REFERENCE)
    return new SystematicSchedules(times.length * FAULT_KINDS.length, (number) => {
      const kind = FAULT_KINDS[number % FAULT_KINDS.length]!
      const at = times[Math.floor(number / FAULT_KINDS.length)]!
      const random = new Random(number).fork('systematic')
      return referenceRun(SEED, [somewhere(random, topology, kind, at)])
    })
  }

  /** Each kind of fault in each phase in which it can strike, and then, close by and soon, each other kind. */
  static phases(): SystematicSchedules {
    const topology = new Topology(REFERENCE)
    const firsts = FAULT_KINDS.flatMap((kind) =>
      PHASES.filter((phase) => whyNever(kind, phase) === null).map((phase) => ({ kind, phase })),
    )
    return new SystematicSchedules(firsts.length * FAULT_KINDS.length, (number) => {
      const first = firsts[Math.floor(number / FAULT_KINDS.length)]!
      const second = FAULT_KINDS[number % FAULT_KINDS.length]!
      return referenceRun(number + 1, threeFaults(new Random(number).fork('systematic'), topology, first, second))
    })
  }
}

/** An opener that brings the phase about, the fault in it, and another one on top. */
function threeFaults(
  random: Random,
  topology: Topology,
  first: { readonly kind: FaultKind; readonly phase: ProtocolPhase },
  second: FaultKind,
): Fault[] {
  const at = 100 + random.float() * 60
  const opener = OPENERS[first.phase]
  const met = somewhere(random, topology, first.kind, at + 0.1)
  const near = 'pair' in met || 'slot' in met ? placeOfFault(met) : null
  const aim: Aim = { phase: first.phase, pair: near, lagMs: 0 }
  const pair = topology.pair(near ?? random.pick([...topology.pairs.keys()]))
  const follower = faultOf(random, pair, second, at + 1) ?? somewhere(random, topology, second, at + 1)
  const on: Aim = { phase: first.phase, pair: near, lagMs: 1 + random.float() * 8 }
  const place = placeOfFault(follower)
  const opened = opener === null ? [] : [faultOf(random, pair, opener, at)]
  return [
    ...opened.filter((fault) => fault !== null),
    { ...met, aim },
    place === null || place === near ? { ...follower, aim: on } : { ...follower, at: at + 10 },
  ]
}
