import { getHeapStatistics } from 'node:v8'
import { measure } from './measure.ts'

/** Something the SDK does with rows, and what somebody would write by hand for the same rows. */
export interface BesideByHand {
  readonly name: string
  /** Rows of one run. */
  readonly rows: number
  readonly run: () => void
  readonly byHand: () => void
}

/** Rows that are enough for an average of what is allocated. */
const COUNTED_ROWS = 2_000_000

/** Name, M rows per CPU second, the same by hand, the ratio, and bytes allocated a row. */
export function besideByHand({ name, rows, run, byHand }: BesideByHand): readonly string[] {
  const [ns, handNs] = [measure(run), measure(byHand)]
  const allocated = bytesAllocated(run, Math.ceil(COUNTED_ROWS / rows)) / rows
  return [name, rate(rows, ns), rate(rows, handNs), (handNs / ns).toFixed(2), allocated.toFixed(1)]
}

/** M rows per CPU second. */
export function rate(rows: number, ns: number): string {
  const millions = (rows * 1000) / ns
  return millions.toFixed(millions < 10 ? 2 : 1)
}

/** Of one run. */
function bytesAllocated(run: () => void, runs: number): number {
  const before = getHeapStatistics().total_allocated_bytes
  for (let count = 0; count < runs; count++) run()
  return (getHeapStatistics().total_allocated_bytes - before) / runs
}
