import type { Verdict } from '@pollux/sim'

/** Always shown, also when zero: they are the promises. The others appear only when they happen. */
const PROMISES = ['lost', 'repeated', 'reordered', 'diverged', 'stuck'] as const

/** Of all runs together. */
export class Tally {
  schedules = 0
  faults = 0
  overlapping = 0
  readonly verdicts: Partial<Record<Verdict, number>> = {}

  add(other: Pick<Tally, 'schedules' | 'faults' | 'overlapping' | 'verdicts'>): void {
    this.schedules += other.schedules
    this.faults += other.faults
    this.overlapping += other.overlapping
    for (const [verdict, count] of Object.entries(other.verdicts)) this.count(verdict as Verdict, count)
  }

  count(verdict: Verdict, times = 1): void {
    this.verdicts[verdict] = (this.verdicts[verdict] ?? 0) + times
  }

  get failures(): number {
    return Object.values(this.verdicts).reduce((sum, count) => sum + count, 0)
  }

  /** The fields of the closing line, in their order. `parts`: how many of the schedules were of what. */
  closing(seconds: number, parts: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
    const promises = PROMISES.map((verdict) => [verdict, this.verdicts[verdict] ?? 0])
    const others = Object.entries(this.verdicts).filter(
      ([verdict]) => !PROMISES.some((one) => one === verdict),
    )
    const verdicts = Object.fromEntries([...promises, ...others]) as Record<string, number>
    return {
      schedules: this.schedules,
      ...parts,
      faults: this.faults,
      overlapping: this.overlapping,
      ...verdicts,
      schedulesPerSecond: Math.round(this.schedules / Math.max(seconds, 0.001)),
    }
  }
}

/** `5000 schedules, 16210 faults, ..., 0 lost, ... 231 schedules a second` */
export function closingInWords(closing: Readonly<Record<string, number>>): string {
  return Object.entries(closing)
    .map(([name, value]) =>
      name === 'schedulesPerSecond' ? `${value} schedules a second` : `${value} ${name}`,
    )
    .join(', ')
}
