import { faultAtEveryStep, faultInEveryPhase, randomSchedule, type Schedule } from '@pollux/sim'

/** Where schedules come from, as plain data: a thread makes its own from a number. */
export type ScheduleSource =
  /** Number n is seed n. */
  | { readonly kind: 'random' }
  /** Every single fault at every step, or every so many: number n is the nth of them. */
  | { readonly kind: 'steps'; readonly stride: number }
  /** Fault kind x phase x second fault kind. */
  | { readonly kind: 'phases' }

/** All schedules of a source, by number. */
export interface ScheduleList {
  /** How many there are; a random source never ends. */
  readonly length: number
  at(number: number): Schedule
}

export function scheduleList(source: ScheduleSource): ScheduleList {
  if (source.kind === 'random') return { length: Number.POSITIVE_INFINITY, at: randomSchedule }
  if (source.kind === 'phases') return faultInEveryPhase()
  const all = faultAtEveryStep()
  return { length: Math.ceil(all.length / source.stride), at: (number) => all.at(number * source.stride) }
}
