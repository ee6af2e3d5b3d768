import type { FaultKind } from '@pollux/sim'
import type { Fault, Simulation } from '@pollux/sim/simulator'
import { type Complaint, runUntil, simulationOf } from './bench.ts'
import { deliveryMs, garbledShare, isReachedAs } from './network-probes.ts'

const AT = 100
const SLOT = 'in/0/a'
const OTHER = 'out/0/b'

interface Probe {
  readonly fault: Fault
  /** What is to be seen of it just after it has struck, and not to be seen without it. */
  readonly shows: (simulation: Simulation) => boolean
  /** It is over later on; absent where nothing lasts. */
  readonly ends?: number
}

/**
 * Each kind of fault, by what it does. A total table: a kind without a probe could be switched off
 * unnoticed.
 */
const PROBES: Readonly<Record<FaultKind, Probe>> = {
  crash: {
    fault: { kind: 'crash', at: AT, slot: SLOT, restartMs: 20 },
    shows: (s) => isDown(s, SLOT),
    ends: 30,
  },
  hang: { fault: { kind: 'hang', at: AT, slot: SLOT, forMs: 20 }, shows: (s) => hangs(s), ends: 30 },
  slow: {
    fault: { kind: 'slow', at: AT, slot: SLOT, forMs: 20, stepMs: 3 },
    shows: (s) => s.find(SLOT)?.slowMs === 3,
    ends: 30,
  },
  busy: {
    fault: { kind: 'busy', at: AT, slot: SLOT, forMs: 20, stallMs: 9 },
    shows: (s) => s.find(SLOT)?.stallMs === 9,
    ends: 30,
  },
  cut: {
    fault: { kind: 'cut', at: AT, a: SLOT, b: OTHER, forMs: 20 },
    shows: (s) => isCut(s, true, true),
    ends: 30,
  },
  'one-way': {
    fault: { kind: 'one-way', at: AT, a: SLOT, b: OTHER, forMs: 20 },
    shows: (s) => isCut(s, true, false),
    ends: 30,
  },
  isolate: {
    fault: { kind: 'isolate', at: AT, slot: SLOT, forMs: 20 },
    shows: (s) => isCut(s, true, true),
    ends: 30,
  },
  reset: {
    fault: { kind: 'reset', at: AT + 2, a: OTHER, b: SLOT },
    shows: (s) => inputsWithin(s, OTHER, 12, (kind) => kind === 'closed') > 0,
  },
  garble: {
    fault: { kind: 'garble', at: AT, slot: SLOT, forMs: 300 },
    shows: (s) => garbledShare(s.network, s.world, SLOT, 'elsewhere') > 0,
  },
  astray: {
    fault: { kind: 'astray', at: AT, a: SLOT, b: 'elsewhere', forMs: 300 },
    shows: (s) => isReachedAs(s.network, s.world, SLOT, 'elsewhere'),
  },
  'slow-link': {
    fault: { kind: 'slow-link', at: AT, slot: SLOT, forMs: 300, ms: 30 },
    shows: (s) => deliveryMs(s.network, s.world, SLOT, 'elsewhere') > 25,
  },
  'pair-loss': {
    fault: { kind: 'pair-loss', at: AT, pair: 'in/0', restartMs: 20 },
    shows: (s) => isDown(s, SLOT) && isDown(s, 'in/0/b') && !isDown(s, OTHER),
    ends: 100,
  },
  'total-loss': {
    fault: { kind: 'total-loss', at: AT, restartMs: 20 },
    shows: (s) => s.slots.every((slot) => isDown(s, slot)),
    ends: 60,
  },
  'coordinator-pause': {
    fault: { kind: 'coordinator-pause', at: AT, forMs: 20 },
    shows: (s) => !coordinatorAnswers(s, 12),
  },
  'coordinator-flaky': {
    fault: { kind: 'coordinator-flaky', at: AT, forMs: 60, refused: 0 },
    shows: (s) => coordinatorIsFlaky(s),
  },
  'coordinator-cut': {
    fault: { kind: 'coordinator-cut', at: AT, slot: SLOT, forMs: 20 },
    shows: (s) => !coordinatorAnswers(s, 12),
  },
  'coordinator-slow': {
    fault: { kind: 'coordinator-slow', at: AT, forMs: 20, ms: 15 },
    shows: (s) => !coordinatorAnswers(s, 12),
  },
  'store-slow': {
    fault: { kind: 'store-slow', at: AT, forMs: 20, ms: 15, entryMs: 0 },
    shows: (s) => !storeAnswers(s, 12),
  },
  'store-crash': {
    fault: { kind: 'store-crash', at: AT, forMs: 20 },
    shows: (s) => !storeAnswers(s, 12),
  },
  'store-pause': { fault: { kind: 'store-pause', at: AT, forMs: 20 }, shows: (s) => !storeAnswers(s, 12) },
  'store-flaky': {
    fault: { kind: 'store-flaky', at: AT, forMs: 60, refused: 0 },
    shows: (s) => storeIsFlaky(s),
  },
  'store-full': {
    fault: { kind: 'store-full', at: AT, forMs: 20 },
    shows: (s) => s.store.machine.capacityBytes < 1e9,
    ends: 30,
  },
  'store-cut': {
    fault: { kind: 'store-cut', at: AT, slot: SLOT, forMs: 20 },
    shows: (s) => !storeAnswers(s, 12),
  },
  'source-pause': {
    fault: { kind: 'source-pause', at: AT, pair: 'in/0', forMs: 20 },
    shows: (s) => !sourceAnswers(s),
  },
  'source-slow': {
    fault: { kind: 'source-slow', at: AT, pair: 'in/0', forMs: 20, ms: 15 },
    shows: (s) => !sourceAnswers(s),
  },
  'source-flaky': {
    fault: { kind: 'source-flaky', at: AT, pair: 'in/0', forMs: 60, refused: 0 },
    shows: (s) => sourceIsFlaky(s),
  },
  'source-cut': {
    fault: { kind: 'source-cut', at: AT, slot: SLOT, forMs: 20 },
    shows: (s) => !sourceAnswers(s),
  },
  'sink-pause': {
    fault: { kind: 'sink-pause', at: AT, pair: 'out/0', forMs: 20 },
    shows: (s) => !sinkAnswers(s),
  },
  'sink-slow': {
    fault: { kind: 'sink-slow', at: AT, pair: 'out/0', forMs: 20, ms: 15 },
    shows: (s) => !sinkAnswers(s),
  },
  'sink-flaky': {
    fault: { kind: 'sink-flaky', at: AT, pair: 'out/0', forMs: 60, refused: 0 },
    shows: (s) => sinkIsFlaky(s),
  },
  'sink-cut': { fault: { kind: 'sink-cut', at: AT, slot: OTHER, forMs: 20 }, shows: (s) => !sinkAnswers(s) },
  drain: { fault: { kind: 'drain', at: AT }, shows: (s) => s.runKey.state.kind !== 'running' },
}

export function* faultComplaints(): Generator<Complaint> {
  for (const [kind, { fault, shows, ends }] of Object.entries(PROBES)) {
    const showsAfter = (ms: number, ...faults: readonly Fault[]): boolean => {
      const simulation = simulationOf(...faults)
      runUntil(simulation, AT + ms)
      return shows(simulation)
    }
    if (!showsAfter(1, fault))
      yield { claim: 'every fault does what its name says', detail: `${kind} shows no effect` }
    if (showsAfter(1))
      yield { claim: 'every probe tells a fault from none', detail: `${kind} shows without it` }
    if (ends === undefined || !showsAfter(ends, fault)) continue
    yield { claim: 'every fault is over when it should be', detail: `${kind} still shows` }
  }
}

function isDown(s: Simulation, slot: string): boolean {
  return s.find(slot) === null
}

/** What comes to a process that is stopped waits. */
function hangs(s: Simulation): boolean {
  return inputsWithin(s, SLOT, 15, () => true) === 0
}

function inputsWithin(s: Simulation, slot: string, ms: number, wanted: (kind: string) => boolean): number {
  let seen = 0
  s.observer = (_at, where, what) => {
    if (where === slot && what.kind === 'step' && wanted(what.input.kind)) seen++
  }
  runUntil(s, s.world.now + ms)
  s.observer = null
  return seen
}

function isCut(s: Simulation, there: boolean, back: boolean): boolean {
  return s.network.isCut(SLOT, OTHER) === there && s.network.isCut(OTHER, SLOT) === back
}

function coordinatorAnswers(s: Simulation, ms: number): boolean {
  let answered = false
  s.coordinator.request(SLOT, { kind: 'read', key: 'run' }, () => (answered = true))
  runUntil(s, s.world.now + ms)
  return answered
}

function coordinatorIsFlaky(s: Simulation): boolean {
  return shareAnswered((answer) => s.coordinator.request(SLOT, { kind: 'read', key: 'run' }, answer), s) < 1
}

function storeAnswers(s: Simulation, ms: number): boolean {
  let answered = false
  s.store.request(SLOT, { kind: 'list', prefix: 'none' }, () => (answered = true))
  runUntil(s, s.world.now + ms)
  return answered
}

function storeIsFlaky(s: Simulation): boolean {
  return shareAnswered((answer) => s.store.request(SLOT, { kind: 'list', prefix: 'none' }, answer), s) < 1
}

function sourceAnswers(s: Simulation): boolean {
  let answered = false
  s.source('in/0').request(SLOT, { kind: 'probe' }, () => (answered = true))
  runUntil(s, s.world.now + 12)
  return answered
}

function sourceIsFlaky(s: Simulation): boolean {
  const request = { kind: 'read', from: '', to: '1', bytes: 1000, waitMs: 0 } as const
  return shareAnswered((answer) => s.source('in/0').request(SLOT, request, answer), s) < 1
}

function sinkAnswers(s: Simulation): boolean {
  let answered = false
  s.sink('out/0').request(OTHER, { kind: 'probe' }, () => (answered = true))
  runUntil(s, s.world.now + 12)
  return answered
}

function sinkIsFlaky(s: Simulation): boolean {
  return shareAnswered((answer) => s.sink('out/0').request(OTHER, { kind: 'probe' }, answer), s) < 1
}

function shareAnswered(ask: (answer: () => void) => void, s: Simulation): number {
  const asked = 60
  let answered = 0
  for (let count = 0; count < asked; count++) ask(() => answered++)
  runUntil(s, s.world.now + 12)
  return answered / asked
}
