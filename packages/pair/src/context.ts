import type {
  ControlMessage,
  Hello,
  Incarnation,
  Lane,
  Message,
  OperatorFactory,
  PairId,
  PairPlace,
  Run,
  Speaker,
  Topology,
} from '@pollux/protocol'
import { PROTOCOL_VERSION } from '@pollux/protocol'
import type { CoordinatorRequest } from './ports/coordinator.ts'
import type { StoreRequest } from './ports/buffer-store.ts'
import type { Effect, ReplicaEvent } from './effect.ts'
import type { Limits } from './limits.ts'
import type { SinkRequest, SourceRequest } from './ports/outside.ts'

/** What a replica is told at birth and never changes. */
export interface Identity {
  readonly topology: Topology
  readonly place: PairPlace
  readonly lane: Lane
  readonly address: string
  readonly planHash: string
  readonly fingerprint: string
  readonly token: string
  readonly limits: Limits
  readonly operators: OperatorFactory
}

const NO_EFFECTS: readonly Effect[] = []

/**
 * What the parts of a replica share: its identity, the time of this step, and the list of effects being
 * built. It decides nothing.
 */
export class Context {
  readonly identity: Identity
  readonly limits: Limits
  /** Monotonic milliseconds of this process; comparable with nobody else's. */
  now = 0
  /** What does not count of the gaps between two steps, in all: in it we were stopped, or busy. */
  pausedMs = 0
  /** Wall-clock milliseconds: read once, when a leader begins, to place its epoch clock. */
  wall = 0
  /** Known once the view has been written; 0 before. */
  run = 0 as Run
  incarnation = 0 as Incarnation
  viewVersion = 0
  #effects: Effect[] = []
  #nextRequest = 1
  #nextLink = 1

  constructor(identity: Identity) {
    this.identity = identity
    this.limits = identity.limits
  }

  /**
   * Milliseconds in which we could have heard somebody. A pause of ours, however long, is nobody's silence: a
   * gap of more than a heartbeat between two steps counts for half of one, as one between two ticks does. So
   * no pause alone makes up a heartbeat that somebody has missed, and who is busy loses patience at last.
   */
  get awake(): number {
    return this.now - this.pausedMs
  }

  get pair(): PairId {
    return this.identity.place.id
  }

  take(): readonly Effect[] {
    const effects = this.#effects
    if (effects.length === 0) return NO_EFFECTS
    this.#effects = []
    return effects
  }

  speaker(): Speaker {
    const { identity } = this
    return {
      protocol: PROTOCOL_VERSION,
      pipeline: identity.topology.plan.pipeline,
      planHash: identity.planHash,
      fingerprint: identity.fingerprint,
      token: identity.token,
      run: this.run,
      pair: identity.place.id,
      lane: identity.lane,
      incarnation: this.incarnation,
      viewVersion: this.viewVersion,
    }
  }

  connect(to: string, hello: Hello): number {
    // Links this side opens are odd; the driver numbers accepted ones even.
    const link = this.#nextLink
    this.#nextLink += 2
    this.#effects.push({ kind: 'connect', link, to, hello })
    return link
  }

  send(link: number, message: Message): void {
    this.#effects.push({ kind: 'send', link, message })
  }

  refuse(link: number, reason: (ControlMessage & { kind: 'refuse' })['reason']): void {
    this.send(link, { kind: 'refuse', reason, run: this.run, viewVersion: this.viewVersion })
    this.close(link)
  }

  close(link: number): void {
    this.#effects.push({ kind: 'close', link })
  }

  coordinator(request: CoordinatorRequest): number {
    return this.#request({ kind: 'coordinator', id: this.#nextRequest, request })
  }

  store(request: StoreRequest): number {
    return this.#request({ kind: 'store', id: this.#nextRequest, request })
  }

  source(request: SourceRequest): number {
    return this.#request({ kind: 'source', id: this.#nextRequest, request })
  }

  sink(request: SinkRequest): number {
    return this.#request({ kind: 'sink', id: this.#nextRequest, request })
  }

  effect(effect: Effect): void {
    this.#effects.push(effect)
  }

  event(event: ReplicaEvent): void {
    this.#effects.push({ kind: 'event', event })
  }

  /** A request id that no request has: anything sent from here on has it or a greater one. */
  get requestMark(): number {
    return this.#nextRequest
  }

  #request(effect: Effect): number {
    this.#effects.push(effect)
    return this.#nextRequest++
  }
}
