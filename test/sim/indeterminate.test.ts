import { type Columns, pipeline, type RowOf, schema, type Sink, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { simulate } from '@pollux/sim'
import { describe, expect, it } from 'vitest'

const Order = schema({ at: t.timestamp(), amount: t.float64() })
type Row = RowOf<typeof Order.columns>

const source = namedSource(Order, { description: 'orders' })
const sink: Sink<Columns> = { description: 'somewhere', kind: 'transactional' }
const orders = Array.from({ length: 20 }, (_, n) => ({ at: n * 100, amount: n }))

function verdictOf(change: (row: Row) => Row, onError: 'fail' | 'skip' = 'fail'): string {
  const made = pipeline('sales', ({ ingress }) => {
    ingress('orders', source)
      .map(Order, (row) => row)
      .map(Order, change, { onError })
      .egress('out', sink)
  })
  return simulate(made, { input: { orders }, schedules: 3 }).verdict
}

describe('an operator that keeps something between rows', () => {
  it('makes its twin differ; the verdict names stage, step, place and cause', () => {
    let rows = 0
    const verdict = verdictOf((row) => ({ ...row, amount: row.amount + rows++ }))
    expect(verdict).toMatch(/^diverged: orders\/0/)
    expect(verdict).toMatch(/likely cause: stage orders, map \(\S*indeterminate\.test\.ts:\d+\): /)
    expect(verdict).toMatch(
      /: asked about row \{at 0, amount 0\} it answered \{at 0, amount \d+\}, then \{at 0, amount \d+\}/,
    )
    expect(verdict).toContain('such as a variable outside of it')
  })

  it('is found where it remembers what it has seen', () => {
    const seen = new Set<number>()
    const made = pipeline('sales', ({ ingress }) => {
      ingress('orders', source)
        .filter((row) => !seen.has(row.amount) && seen.add(row.amount).size > 0)
        .egress('out', sink)
    })
    const { verdict } = simulate(made, { input: { orders }, schedules: 3, faults: [] })
    expect(verdict).toMatch(/^diverged: /)
    expect(verdict).toMatch(/likely cause: stage orders, filter \(\S*:\d+\): .* answered true, then false\./)
  })
})

describe('a step that leaves out a row in one replica only', () => {
  it('is found where that is because it throws', () => {
    let calls = 0
    const wrong = (row: Row): Row => {
      if (calls++ % 3 === 0) throw new RangeError('now and then')
      return row
    }
    const verdict = verdictOf(wrong, 'skip')
    expect(verdict).toMatch(/^diverged: orders\/0/)
    expect(verdict).toMatch(/map \(.*\): asked about row .* answered .*RangeError: now and then/)
  })
})

describe('a step that answers every second call as the first', () => {
  it('is found all the same: what its twin was told is known', () => {
    let calls = 0
    const verdict = verdictOf((row) => ({ ...row, amount: Math.floor(calls++ / 2) }))
    expect(verdict).toMatch(/^diverged: orders\/0/)
    expect(verdict).toMatch(
      /likely cause: stage orders, map \(\S*indeterminate\.test\.ts:17\): asked about row/,
    )
  })
})

describe('a step whose answers are not written down', () => {
  it('is among those that the verdict names', () => {
    let calls = 0
    const made = pipeline('sales', ({ ingress }) => {
      ingress('orders', source)
        .map(Order, (row) => row)
        .mapBatch(Order, ({ at, amount }, out, rows) => {
          for (let row = 0; row < rows; row++) {
            out.at[row] = at[row]!
            out.amount[row] = amount[row]! + Math.min(calls++, 1)
          }
        })
        .egress('out', sink)
    })
    // It is settled by the time that it is asked again.
    const { verdict } = simulate(made, { input: { orders }, schedules: 3 })
    expect(verdict).toMatch(/^diverged: orders\/0/)
    expect(verdict).toMatch(
      /likely cause: stage orders, one of .*map \(.*:\d+\), map-batch \(.*:\d+\): it keeps something/,
    )
  })
})

describe('a callback that throws', () => {
  it('halts the pipeline with its error as the verdict', () => {
    const verdict = verdictOf((row) => {
      if (row.amount === 7) throw new RangeError('seven is too many')
      return row
    })
    expect(verdict).toMatch(
      /^halted: orders\/0, epoch \d+: StepError: sales, map \(\S*indeterminate.*:\d+\), /,
    )
    expect(verdict).toMatch(
      /at row \{at 700, amount 7\}: RangeError: seven is too many \(thrown at \S*indeterminate.*:\d+\)\n/,
    )
  })

  it('is told with all that is needed to see it again', () => {
    const lines = verdictOf(() => {
      throw new RangeError('none will do')
    }).split('\n')
    expect(lines[1]).toMatch(
      /^pipeline sales, seed 1 \(0 others passed\): orders:ingress\(replayable\) out:egress/,
    )
    expect(lines[2]).toBe('faults:')
    expect(lines[3]).toMatch(/^ {2}\d+\.\d ms: [a-z-]+ \(/)
    const events = lines.indexOf('the last 30 events:')
    expect(lines[events + 30]).toMatch(/^ +\d+\.\d {2}\S+ +\S/)
    expect(lines[events + 31]).toMatch(/^after \d+ runs halted needs 0 of \d faults:$/)
    expect(lines.at(-1)).toBe('again: simulate(sales, { ..., seed: 1, schedules: 1 })')
  })
})
