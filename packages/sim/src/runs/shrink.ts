import type { Verdict } from '../judge/checker.ts'
import type { Fault } from '../faults/fault.ts'
import type { Schedule } from './schedule.ts'

export interface Shrunk {
  readonly schedule: Schedule
  readonly runs: number
}

/** The verdict of a schedule, or null when it passes. */
export type Judge = (schedule: Schedule) => Verdict | null

/** Shorter than this no fault is worth naming. */
const SHORT_MS = 1

/**
 * Cuts the fault list of a failing schedule down as long as the same verdict remains: halves, then single
 * faults, then durations. Greedy and bounded in runs, so what is left is small, not smallest.
 */
export function shrink(schedule: Schedule, verdict: Verdict, judge: Judge, runsMost = 300): Shrunk {
  const search = new Search(schedule, verdict, judge, runsMost)
  for (
    let length = Math.ceil(schedule.faults.length / 2);
    length >= 1;
    length = length === 1 ? 0 : Math.ceil(length / 2)
  ) {
    search.dropEach(length)
  }
  // What one fault needed another for may have gone with it.
  while (search.dropEach(1)) continue
  search.shortenEach()
  return { schedule: search.best, runs: search.runs }
}

class Search {
  best: Schedule
  runs = 0
  readonly #verdict: Verdict
  readonly #judge: Judge
  readonly #runsMost: number

  constructor(schedule: Schedule, verdict: Verdict, judge: Judge, runsMost: number) {
    this.best = schedule
    this.#verdict = verdict
    this.#judge = judge
    this.#runsMost = runsMost
  }

  /** Tries to do without each stretch of so many faults. True if any could go. */
  dropEach(length: number): boolean {
    const before = this.best.faults.length
    for (let from = 0; from < this.best.faults.length;) {
      const { faults } = this.best
      if (!this.#keep([...faults.slice(0, from), ...faults.slice(from + length)])) from += length
    }
    return this.best.faults.length < before
  }

  shortenEach(): void {
    for (let place = 0; place < this.best.faults.length; place++) {
      for (;;) {
        const shorter = this.best.faults.map((fault, index) => (index === place ? halved(fault) : fault))
        if (shorter[place] === null || !this.#keep(shorter.filter((fault) => fault !== null))) break
      }
    }
  }

  #keep(faults: readonly Fault[]): boolean {
    if (this.runs >= this.#runsMost) return false
    this.runs++
    const schedule = { ...this.best, faults }
    if (this.#judge(schedule) !== this.#verdict) return false
    this.best = schedule
    return true
  }
}

/** The same fault for half as long; null when it cannot be shortened. */
function halved(fault: Fault): Fault | null {
  if ('forMs' in fault && fault.forMs >= 2 * SHORT_MS) return { ...fault, forMs: fault.forMs / 2 }
  return null
}
