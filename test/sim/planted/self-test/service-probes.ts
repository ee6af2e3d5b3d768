import type { Simulation } from '@pollux/sim/simulator'
import { type Complaint, runUntil, simulationOf } from './bench.ts'

type Front = Simulation['store']['front']
type Faults = Front['faults']

const SOUND: Faults = { lost: 0, unanswered: 0, refused: 0, late: 0, stale: 0 }
const SLOT = 'in/0/a'
/** Nobody waits as long as this for an answer. */
const LATE_MS = 100
const TRIES = 40

/** What became of one request: when it took effect, when it was answered, and whether with an error. */
interface Fate {
  effectAt: number
  answerAt: number
  failed: boolean
}

export function serviceComplaints(): Complaint[] {
  const holds: [string, boolean][] = [
    ['a lost request has no effect', all({ lost: 1 }, (fate) => !happened(fate) && !answered(fate))],
    [
      'a late request takes effect long after its author gave up',
      all({ late: 1 }, (fate) => fate.effectAt > LATE_MS && fate.answerAt >= fate.effectAt),
    ],
    [
      'a request whose answer is lost has taken effect',
      all({ unanswered: 1 }, (fate) => happened(fate) && !answered(fate)),
    ],
    [
      'a stale answer comes long after its request took effect',
      all({ stale: 1 }, (fate) => fate.effectAt < LATE_MS && fate.answerAt > LATE_MS && !fate.failed),
    ],
    ['a refused request is answered with an error', all({ refused: 1 }, (fate) => fate.failed)],
    [
      'a refused request may have taken effect, or not',
      fatesOf({ refused: 1 }).some(happened) && !all({ refused: 1 }, happened),
    ],
    ['a crash forgets what has no effect yet', crashed(0.1).every((fate) => !happened(fate))],
    ['a crash keeps what has an effect', crashed(60).every((fate) => happened(fate))],
    ['whoever is cut off twice comes back when both cuts are over', cutTwice()],
    ['a watch may be lost', isHinted(0) && !isHinted(1)],
  ]
  return holds.flatMap(([claim, held]) => (held ? [] : [{ claim, detail: 'it does not' }]))
}

function all(faults: Partial<Faults>, holds: (fate: Fate) => boolean): boolean {
  return fatesOf(faults).every(holds)
}

function fatesOf(faults: Partial<Faults>): Fate[] {
  const simulation = simulationOf()
  simulation.store.front.faults = { ...SOUND, ...faults }
  const fates = ask(simulation)
  runUntil(simulation, 900)
  return fates
}

/** Requests before a crash that many milliseconds later, as they stand when it is long over. */
function crashed(ms: number): Fate[] {
  const simulation = simulationOf()
  const { store, world } = simulation
  const fates = ask(simulation)
  world.at(ms, () => store.front.crash(world.now + 1))
  runUntil(simulation, 900)
  return fates
}

function ask(simulation: Simulation): Fate[] {
  const { store, world } = simulation
  return Array.from({ length: TRIES }, (_, number) => {
    const fate: Fate = {
      effectAt: Number.POSITIVE_INFINITY,
      answerAt: Number.POSITIVE_INFINITY,
      failed: false,
    }
    const prefix = `probe ${number}`
    const before = store.onHandled
    store.onHandled = (request, reply) => {
      before?.(request, reply)
      if (request.kind === 'list' && request.prefix === prefix) fate.effectAt = world.now
    }
    store.request(SLOT, { kind: 'list', prefix }, (reply) => {
      fate.answerAt = world.now
      fate.failed = reply.kind === 'unavailable'
    })
    return fate
  })
}

function happened(fate: Fate): boolean {
  return Number.isFinite(fate.effectAt)
}

function answered(fate: Fate): boolean {
  return Number.isFinite(fate.answerAt)
}

function cutTwice(): boolean {
  const simulation = simulationOf()
  const { front } = simulation.store
  const isReached = (): boolean => {
    const [fate] = ask(simulation)
    runUntil(simulation, simulation.world.now + 20)
    return answered(fate!)
  }
  front.cutOff(SLOT, true)
  front.cutOff(SLOT, true)
  front.cutOff(SLOT, false)
  const between = isReached()
  front.cutOff(SLOT, false)
  return !between && isReached()
}

function isHinted(watchLoss: number): boolean {
  const simulation = simulationOf()
  const { coordinator } = simulation
  let hints = 0
  coordinator.watchLoss = watchLoss
  coordinator.watch('probe', { alive: true, onHint: () => hints++ })
  const value = { kind: 'failure' as const, epoch: 0, seq: 0, code: '', incarnation: 0 }
  coordinator.apply({ kind: 'swap', key: 'probe', version: 0, value })
  runUntil(simulation, 20)
  return hints > 0
}
