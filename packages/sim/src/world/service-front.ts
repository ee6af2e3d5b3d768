import type { World } from './world.ts'

/** What goes wrong between replicas and an outside service, as chances a request. */
export interface ServiceFaults {
  /** The request has no effect and no answer. */
  readonly lost: number
  /** It takes effect, and the answer is lost. */
  readonly unanswered: number
  /** The answer is an error: nobody knows whether it took effect. */
  readonly refused: number
  /** It takes effect this much later than usual, after its author has given up on it. */
  readonly late: number
  /** It takes effect at once; the answer tells of it when that is long past. */
  readonly stale: number
}

export const NO_FAULTS: ServiceFaults = { lost: 0, unanswered: 0, refused: 0, late: 0, stale: 0 }

/** Longer than anybody waits for an answer. */
const LATE_MS = 150
const LATE_SPREAD_MS = 350

/** How long a request is on its way to a service that is well: at least, and at most so much more. */
export interface ServiceTiming {
  readonly leastMs: number
  readonly spreadMs: number
}

/**
 * The network, and the moods, in front of an outside service: slow, silent, paused, crashed, out of reach of
 * some, answering late or with an error. What a request does is up to the service.
 */
export class ServiceFront {
  faults: ServiceFaults = NO_FAULTS
  /** Answers nobody until then, and has not since. */
  pausedUntil = 0
  pausedSince = 0
  slowMs = 0
  readonly #world: World
  readonly #timing: ServiceTiming
  /** How many cuts keep a slot away; they may overlap. */
  readonly #cuts = new Map<string, number>()
  /** How often it has crashed: what was under way before the last time is forgotten. */
  #crashes = 0

  constructor(world: World, timing: ServiceTiming) {
    this.#world = world
    this.#timing = timing
  }

  pause(until: number): void {
    if (this.#world.now >= this.pausedUntil) this.pausedSince = this.#world.now
    this.pausedUntil = Math.max(this.pausedUntil, until)
  }

  cutOff(slot: string, cut: boolean): void {
    const cuts = (this.#cuts.get(slot) ?? 0) + (cut ? 1 : -1)
    if (cuts > 0) this.#cuts.set(slot, cuts)
    else this.#cuts.delete(slot)
  }

  /**
   * It loses everything that it has not synced, which is whatever has no effect yet, and answers nothing any
   * more of what it has.
   */
  crash(until: number): void {
    this.#crashes++
    this.pause(until)
  }

  /**
   * `handle` takes effect and calls back with the reply, at once or when there is one, and how much longer
   * than another that takes; `failed` is the reply that tells of an error.
   */
  request<Reply>(
    slot: string,
    failed: Reply,
    handle: (reply: (reply: Reply, longerMs?: number) => void) => void,
    answer: (reply: Reply) => void,
  ): void {
    const world = this.#world
    const { random } = world
    if (this.#cuts.has(slot) || random.chance(this.faults.lost)) return
    const { leastMs, spreadMs } = this.#timing
    const delay = leastMs + this.slowMs + random.float() * spreadMs + this.#delayed(this.faults.late)
    const crashes = this.#crashes
    world.at(Math.max(world.now, this.pausedUntil) + delay, () => {
      if (crashes !== this.#crashes) return
      const { refused } = this.faults
      const refuses = refused > 0 && random.chance(refused)
      if (refuses && random.chance(0.5)) this.#answer(slot, failed, answer)
      else handle((reply, ms) => this.#answer(slot, refuses ? failed : reply, answer, ms))
    })
  }

  #answer<Reply>(slot: string, reply: Reply, answer: (reply: Reply) => void, longerMs = 0): void {
    const { random } = this.#world
    if (this.#cuts.has(slot) || random.chance(this.faults.unanswered)) return
    const { stale } = this.faults
    const delay = longerMs + 0.2 + random.float() * 0.5 + (stale > 0 ? this.#delayed(stale) : 0)
    const crashes = this.#crashes
    this.#world.after(delay, () => {
      if (crashes === this.#crashes && !this.#cuts.has(slot)) answer(reply)
    })
  }

  #delayed(chance: number): number {
    const { random } = this.#world
    return random.chance(chance) ? LATE_MS + random.float() * LATE_SPREAD_MS : 0
  }
}
