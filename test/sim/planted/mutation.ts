import type { Limits } from '@pollux/pair'
import type { FaultKind, Verdict } from '@pollux/sim'
import type { Flaw, FlawedPlace, ProtocolPhase } from '@pollux/sim/simulator'

/**
 * What notices a mutation: a verdict on a simulated run, or a claim that the simulator makes about itself, or
 * a scenario that cannot be played to its end, or in which the checker finds something. That a scenario reads
 * otherwise than it was recorded is not enough: any mutation makes it read otherwise.
 */
export type Check = Verdict | `self-test: ${string}` | `scenario: ${string}`

/**
 * A bug planted on purpose: one text in one file replaced by another, as the file is loaded and never in
 * the tree. A checker that has not been seen to fail proves nothing; this is where it is seen to.
 */
export interface Mutation {
  readonly name: string
  /** The mistake it brings back, and the interleaving that makes it show. */
  readonly story: string
  readonly file: string
  /** Occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
  /**
   * It is caught only if one of these catches it: a mutation that merely fails to start is a mistake in
   * itself.
   */
  readonly caughtBy: readonly Check[]
  /**
   * Caught within this many schedules; 0 where a scenario, or the self-test of the simulator, is to catch it.
   */
  readonly schedules: number
  /** What makes it likely; any pipeline under any faults if absent. */
  readonly focus?: Focus
}

/** A family of schedules: what is not said here is drawn from the seed. */
export interface Focus {
  readonly plan?: PlanFocus
  /** Drawn evenly from these; absent: the simulator's own mix. */
  readonly faults?: readonly FaultKind[]
  /** Stages at which faults strike. */
  readonly at?: readonly string[]
  /** Crashes among them strike a replica, or its twin, when it is next seen in one of these phases. */
  readonly aims?: readonly ProtocolPhase[]
  /** At least and at most so many faults. */
  readonly count?: readonly [number, number]
  readonly limits?: Partial<Limits>
  readonly rows?: number
  /** When about the last of them arrives. */
  readonly sourceMs?: number
  /** The store is only as large as it must be, for the whole run. */
  readonly leastStore?: boolean
  /** What is wrong with the code of the compute stage, from some epoch on. */
  readonly flaw?: Flaw['kind'] | FlawedPlace
}

export interface PlanFocus {
  readonly source: 'replayable' | 'push'
  readonly sink: 'transactional' | 'idempotent' | 'resumable'
  /** Of the compute stage between the ends; absent: there is none. */
  readonly step?: 'pass' | 'mangle' | 'chain' | 'windows'
  /** Ingress stages, each on a port of its own. */
  readonly sources?: number
  readonly delivery?: 'lane' | 'race'
  readonly checkpointEvery?: number
  readonly keyWindowEpochs?: number
}
