import type { Random } from '@pollux/std'
import type { PairId, PairPlace, Topology } from '@pollux/protocol'
import { whyNever } from '../judge/coverage.ts'
import type { Fault, FaultKind } from './fault.ts'
import { OPENERS } from './phase-openers.ts'
import { PHASES } from '../judge/protocol-phase.ts'
import { pairOfSlot, TARGET_OF } from './struck-slots.ts'

/** What an entry of a log takes of a store that is slow, as a share of what the request takes. */
const ENTRY_SHARE = 0.2

type Kinds = readonly (readonly [kind: FaultKind, weight: number])[]

const KINDS: Kinds = [
  ['crash', 30],
  ['hang', 12],
  ['slow', 4],
  ['busy', 4],
  ['cut', 7],
  ['one-way', 5],
  ['astray', 3],
  ['reset', 7],
  ['isolate', 5],
  ['garble', 3],
  ['slow-link', 3],
  ['pair-loss', 5],
  ['total-loss', 2],
  ['coordinator-pause', 3],
  ['coordinator-slow', 2],
  ['coordinator-flaky', 4],
  ['coordinator-cut', 3],
  ['store-pause', 3],
  ['store-slow', 2],
  ['store-crash', 3],
  ['store-flaky', 4],
  ['store-full', 2],
  ['store-cut', 3],
  ['source-pause', 3],
  ['source-slow', 2],
  ['source-flaky', 3],
  ['source-cut', 3],
  ['sink-pause', 3],
  ['sink-slow', 2],
  ['sink-flaky', 3],
  ['sink-cut', 3],
  ['drain', 1],
]

/**
 * Faults that overlap on purpose: later ones often strike where, and while, an earlier one is being repaired.
 * `only`: of these kinds, of which some must be able to strike somewhere.
 */
export function randomFaults(
  random: Random,
  topology: Topology,
  until: number,
  only?: ReadonlySet<FaultKind>,
): Fault[] {
  const kinds = only === undefined ? KINDS : KINDS.filter(([kind]) => only.has(kind))
  const count = random.chance(0.12) ? random.between(0, 1) : random.between(2, 5)
  const pairs = [...topology.pairs.values()]
  const faults: Fault[] = []
  let focus: PairPlace = random.pick(pairs)
  let at = random.float() * until
  for (let index = 0; index < count; index++) {
    const follows = index > 0 && random.chance(0.75)
    if (follows) {
      at += random.float() * (random.chance(0.6) ? 25 : 120)
      focus = random.pick(around(topology, focus))
    } else if (index > 0) {
      at = random.float() * until
      focus = random.pick(pairs)
    }
    const aims = random.chance(follows ? 0.4 : 0.15)
    const when = Math.min(at, until)
    if (aims) faults.push(...aimedFault(random, kinds, topology, focus, when))
    else faults.push(someFault(random, (one) => kindOf(one, kinds), [focus, ...pairs], when))
  }
  return faults.sort((a, b) => a.at - b.at)
}

/** Some pair of the pipeline is such that a fault of this kind can strike there. */
export function canStrike(kind: FaultKind, topology: Topology): boolean {
  const target = TARGET_OF[kind]
  const places = [...topology.pairs.values()]
  if (target === 'source') return places.some(isReadHere)
  return target !== 'sink' || places.some(isWrittenHere)
}

/** At the first of these places where it can strike; a kind that can at none of them is drawn again. */
function someFault(
  random: Random,
  draw: (random: Random) => FaultKind,
  places: readonly PairPlace[],
  at: number,
): Fault {
  for (;;) {
    const kind = draw(random)
    for (const place of places) {
      const fault = faultOf(random, place, kind, at)
      if (fault !== null) return fault
    }
  }
}

/**
 * A fault that waits for a phase, all kinds and phases alike, since here the rare ones are what is wanted;
 * often together with what brings that phase about.
 */
function aimedFault(random: Random, kinds: Kinds, topology: Topology, focus: PairPlace, at: number): Fault[] {
  const places = [focus, ...topology.pairs.values()]
  const fault = someFault(random, () => random.pick(kinds)[0], places, at)
  const phase = random.pick(PHASES.filter((one) => whyNever(fault.kind, one) === null))
  const pair = pairOfFault(fault)
  const target = TARGET_OF[fault.kind]
  const bound = target === 'source' || target === 'sink' || random.chance(0.3)
  const who = random.chance(0.7) ? 'itself' : 'twin'
  const lagMs = random.chance(0.5) ? 0 : random.float() * 4
  const opener = OPENERS[phase]
  const opens = random.chance(0.6) && opener !== null && kinds.some(([kind]) => kind === opener)
  const opening = opens ? faultOf(random, pair === null ? focus : topology.pair(pair), opener, at) : null
  return [
    ...(opening === null ? [] : [opening]),
    { ...fault, aim: { phase, pair: bound ? pair : null, who, lagMs } },
  ]
}

function pairOfFault(fault: Fault): PairId | null {
  if ('pair' in fault) return fault.pair
  if ('slot' in fault) return pairOfSlot(fault.slot)
  return 'a' in fault ? pairOfSlot(fault.a) : null
}

function kindOf(random: Random, kinds: Kinds): FaultKind {
  let left = random.below(kinds.reduce((sum, [, weight]) => sum + weight, 0))
  for (const [kind, weight] of kinds) {
    left -= weight
    if (left < 0) return kind
  }
  return 'crash'
}

/** Mostly at once, sometimes late, and now and then so late that its pair, or its neighbours, gave it up. */
function restartAfter(random: Random): number {
  const [chance, share] = [random.float(), random.float()]
  if (chance < 0.6) return 1 + share * 20
  return chance < 0.96 ? share * 160 : 500 + share * 1000
}

/** A fault of this kind that can strike at this pair; null where it cannot. */
export function faultOf(random: Random, place: PairPlace, kind: FaultKind, at: number): Fault | null {
  const slot = `${place.id}/${random.pick(['a', 'b'] as const)}`
  const forMs = random.chance(0.5) ? random.float() * 50 : random.float() * 600
  const restartMs = restartAfter(random)
  const neighbours = [place.id, ...place.upstream, ...place.downstream]
  const other = `${random.pick(neighbours)}/${random.pick(['a', 'b'] as const)}`
  const pair = place.id
  const reads = isReadHere(place)
  const writes = isWrittenHere(place)
  switch (kind) {
    case 'crash':
      return { kind, at, slot, restartMs }
    case 'hang':
    case 'isolate':
    case 'garble':
    case 'coordinator-cut':
      return { kind, at, slot, forMs }
    case 'store-cut':
      return { kind, at, slot, forMs }
    case 'slow':
      return { kind, at, slot, forMs, stepMs: 0.1 + random.float() * 4 }
    case 'busy':
      // Within half a silence, or beyond a whole one.
      return { kind, at, slot, forMs, stallMs: 10 + random.float() * 110 }
    case 'slow-link':
      return { kind, at, slot, forMs, ms: random.float() * 30 }
    case 'cut':
    case 'one-way':
    case 'astray':
      return other === slot ? null : { kind, at, a: slot, b: other, forMs }
    case 'reset':
      return other === slot ? null : { kind, at, a: slot, b: other }
    case 'pair-loss':
      return { kind, at, pair, restartMs }
    case 'total-loss':
      return { kind, at, restartMs }
    case 'coordinator-pause':
    case 'store-pause':
    case 'store-crash':
    case 'store-full':
      return { kind, at, forMs: Math.min(forMs, 320) }
    case 'coordinator-slow':
      return { kind, at, forMs: Math.min(forMs, 320), ms: slowness(random) }
    case 'store-slow': {
      const ms = slowness(random)
      return { kind, at, forMs: Math.min(forMs, 320), ms, entryMs: ms * ENTRY_SHARE }
    }
    case 'coordinator-flaky':
    case 'store-flaky':
      return { kind, at, forMs: Math.min(forMs, 320), refused: refusals(random) }
    case 'source-pause':
      return reads ? { kind, at, pair, forMs } : null
    case 'source-slow':
      return reads ? { kind, at, pair, forMs, ms: slowness(random) } : null
    case 'source-flaky':
      return reads ? { kind, at, pair, forMs, refused: refusals(random) } : null
    case 'source-cut':
      return reads ? { kind, at, slot, forMs } : null
    case 'sink-pause':
      return writes ? { kind, at, pair, forMs } : null
    case 'sink-slow':
      return writes ? { kind, at, pair, forMs, ms: slowness(random) } : null
    case 'sink-flaky':
      return writes ? { kind, at, pair, forMs, refused: refusals(random) } : null
    case 'sink-cut':
      return writes ? { kind, at, slot, forMs } : null
    case 'drain':
      return { kind, at }
  }
}

/** Clients of a push source have their own ways to fail. */
function isReadHere({ stage }: PairPlace): boolean {
  return stage.kind === 'ingress' && stage.source === 'replayable'
}

/** And so have clients of a display. */
function isWrittenHere({ stage }: PairPlace): boolean {
  return stage.kind === 'egress' && stage.sink !== 'resumable'
}

/** Mostly a nuisance, sometimes longer than anybody waits. */
function slowness(random: Random): number {
  return random.chance(0.7) ? random.float() * 40 : 120 + random.float() * 80
}

/** Now and then, or always. */
function refusals(random: Random): number {
  return random.chance(0.7) ? 0.1 : 1
}

/** A pair and its neighbours, itself first among equals. */
function around(topology: Topology, place: PairPlace): PairPlace[] {
  return [place, place, place, ...[...place.upstream, ...place.downstream].map((id) => topology.pair(id))]
}
