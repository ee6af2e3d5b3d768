import { describeRow } from './describe-row.ts'
import type { PlainRow } from './given-rows.ts'
import { lastShowings, numberedBefore, revisedAt } from './last-showings.ts'
import type { BookedOutput, OutputBook } from './output-book.ts'
import type { SimulationReport } from './simulation-report.ts'

/** So many rows of a difference are told. */
const TOLD_MOST = 10

/**
 * Throws unless every run came to what a batch run comes to: one process, no pairs, all input at once. Order
 * does not count; where windows are shown more than once, what was shown last of each key and window does.
 * It is for egresses of which only the rows decide; name them where there are others. What tells of the way
 * there is not the same: in a batch nothing is late, a merge has all rows of the one before those of the
 * other, and `now` and `random` are others.
 * @example
 * const orders = [{ at: 100, shop: 'tea', amount: 250 }, { at: 900, shop: 'ink', amount: 90 }]
 * expectSameAsBatch(simulate(sales, { input: { orders }, schedules: 5 })) // -> undefined
 */
export function expectSameAsBatch(report: SimulationReport, egresses = report.book.egresses): void {
  if (report.verdict !== 'ok') throw new Error(report.verdict)
  const outputs = report.batch()
  for (const egress of egresses) {
    const runs = report.book.booked(egress)
    const { compiled } = report.book
    const revised = revisedAt(egress, compiled)
    const compared = (rows: readonly PlainRow[]): readonly string[] =>
      (revised === null ? rows : lastShowings(rows, revised)).map(describeRow)
    const batch = compared(report.book.rowsOf(egress, outputs))
    for (const run of runs) {
      const difference = differenceOf(batch, compared(run.rows))
      if (difference === null) continue
      const shown = revised === null ? '' : 'what was shown last of each window: '
      const hints = [...numberedHint(egress, revised === null, compiled), ...lateHint(run)]
      throw new Error([`${egress}, seed ${run.seed}: ${shown}${difference}`, ...hints].join('\n'))
    }
  }
}

/** What there is that would make a difference, and is none that anybody has to look for. */
function lateHint({ late }: BookedOutput): readonly string[] {
  const counts = [...late].filter(([, count]) => count > 0).map(([step, count]) => `${step} ${count}`)
  return counts.length === 0
    ? []
    : [`  rows that came too late in this run, and in a batch are not late, by step: ${counts.join(', ')}`]
}

function numberedHint(
  egress: string,
  isUnknown: boolean,
  compiled: OutputBook['compiled'],
): readonly string[] {
  const steps = isUnknown ? numberedBefore(egress, compiled) : []
  return steps.length === 0
    ? []
    : [
        `  ${steps.join(', ')} may show a window more than once; which rows were shown last is known where ` +
          'there are but filter, branch and gather between it and the egress',
      ]
}

function differenceOf(batch: readonly string[], rows: readonly string[]): string | null {
  const left = new Map<string, number>()
  for (const row of batch) left.set(row, (left.get(row) ?? 0) + 1)
  const more: string[] = []
  for (const row of rows) {
    const count = left.get(row) ?? 0
    if (count === 0) more.push(row)
    else left.set(row, count - 1)
  }
  const missing = [...left].flatMap(([row, count]) => new Array<string>(count).fill(row))
  if (more.length === 0 && missing.length === 0) return null
  return [
    `${rows.length} rows, ${batch.length} in a batch run; ` +
      `of those ${missing.length} are not here (-), and ${more.length} here are not there (+)`,
    ...told('-', missing),
    ...told('+', more),
  ].join('\n')
}

function told(sign: string, rows: readonly string[]): readonly string[] {
  const lines = rows.slice(0, TOLD_MOST).map((row) => `  ${sign} ${row}`)
  return rows.length > TOLD_MOST ? [...lines, `  ${sign} and ${rows.length - TOLD_MOST} more`] : lines
}
