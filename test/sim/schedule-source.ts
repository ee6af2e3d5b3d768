import {
  faultAtEveryStep,
  faultInEveryPhase,
  randomSchedule,
  type Runner,
  runSchedule,
  type Schedule,
} from '@pollux/sim/simulator'
import { PIPELINES } from './pipelines/catalogue.ts'

/** Where schedules come from, as plain data: a thread makes its own from a number. */
export type ScheduleSource =
  /** Number n is seed n. */
  | { readonly kind: 'random' }
  /** Every single fault at every step, or every so many: number n is the nth of them. */
  | { readonly kind: 'steps'; readonly stride: number }
  /** Fault kind x phase x second fault kind. */
  | { readonly kind: 'phases' }
  /** Pipelines written with the SDK, in turn: number n is seed n. */
  | { readonly kind: 'sdk' }

/** All schedules of a source, by number. */
export interface ScheduleList {
  /** How many there are; a random source never ends. */
  readonly length: number
  at(number: number): Schedule
  /** What runs this one. */
  runner(number: number): Runner
}

export function scheduleList(source: ScheduleSource): ScheduleList {
  const toys = { runner: () => runSchedule }
  switch (source.kind) {
    case 'random':
      return { ...toys, length: Number.POSITIVE_INFINITY, at: randomSchedule }
    case 'phases':
      return { ...toys, ...faultInEveryPhase() }
    case 'steps': {
      const all = faultAtEveryStep()
      const length = Math.ceil(all.length / source.stride)
      return { ...toys, length, at: (number) => all.at(number * source.stride) }
    }
    case 'sdk': {
      const made = new Map<number, ReturnType<(typeof PIPELINES)[number]>>()
      const testedAt = (number: number) => {
        const which = number % PIPELINES.length
        const tested = made.get(which) ?? PIPELINES[which]!()
        made.set(which, tested)
        return tested
      }
      const length = Number.POSITIVE_INFINITY
      return {
        length,
        at: (number) => testedAt(number).schedule(number),
        runner: (number) => testedAt(number).run,
      }
    }
  }
}
