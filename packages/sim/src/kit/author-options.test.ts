import { type Columns, pipeline, schema, type Sink, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { describe, expect, it } from 'vitest'
import { simulate } from './simulate.ts'

const Order = schema({ at: t.timestamp(), amount: t.money() })
const source = namedSource(Order, { description: 'orders' })
const sink: Sink<Columns> = { description: 'somewhere', kind: 'transactional' }
const sales = pipeline('sales', ({ ingress }) => {
  ingress('orders', source).merge(ingress('web', source)).egress('out', sink)
})
const input = { orders: [{ at: 1, amount: 5 }], web: [] }

/** As code says it that no compiler has seen. */
const simulated =
  (...given: readonly unknown[]) =>
  (): unknown =>
    (simulate as (...all: readonly unknown[]) => unknown)(...given)

describe('what simulate is asked for in a way that it does not understand', () => {
  it.each([
    [{ input, schedule: 5 }, 'there is no option "schedule", and it would change nothing. Try: schedules'],
    [{ input, partition: 2 }, 'simulate(sales, { partition: ... }): there is no option "partition"'],
    [{ input, tickMS: 2 }, 'Try: tickMs'],
    [{ input, runs: 2 }, 'Try: input, config, faults, schedules, seed, partitions, groups'],
    [
      { input, schedules: Number.NaN },
      'schedules: NaN }): schedules is a whole number from 1, for so many runs',
    ],
    [{ input, schedules: 0 }, 'schedules is a whole number from 1'],
    [{ input, schedules: '5' }, 'schedules: "5" }): schedules is a whole number from 1'],
    [{ input, seed: 0.5 }, 'seed is a whole number, for the first run is drawn from it. Try: leave it out'],
    [{ input, seed: Number.MAX_SAFE_INTEGER }, 'there are no 100 seeds from there'],
    [{ input, partitions: -1 }, 'partitions: -1 }): partitions is a whole number from 1'],
    [{ input, partitions: Number.NaN }, 'partitions is a whole number from 1'],
    [{ input, groups: 3 }, 'groups is a power of two, for keys are dealt to so many groups'],
    [{ input, groups: -4 }, 'groups is a power of two'],
    [{ input, tickMs: 0 }, 'tickMs is a whole number from 1'],
    [{ input, originMs: Number.POSITIVE_INFINITY }, 'originMs: Infinity }): originMs is a whole number, for'],
    [{ input, checkpointEvery: 1.5 }, 'and it is 4 to 16, drawn'],
    [{ input, faults: 'crash' }, "faults is a list of kinds. Try: faults: ['crash', 'hang'], [] for none"],
    [{}, 'simulate(sales, { input: nothing }): input is the rows of each ingress'],
    [{ input: [] }, 'simulate(sales, { input: a list })'],
    [
      undefined,
      'simulate(sales) is given nothing as options: a pipeline is run over rows that a test gives it',
    ],
    [
      { input: { ...input, order: [] } },
      'there is no such ingress, there is orders, web. Try: orders: [...]',
    ],
    [{ input: { orders: [] } }, 'input has no rows for ingress web. Try: web: [] if it is to have none'],
    [
      { input: { ...input, web: { at: 1 } } },
      'input for web is a record: it is a list of rows, or columns. Try:',
    ],
    [
      { input: { ...input, web: [5] } },
      'input for web, row 0 is 5: a row is a record. Try: { at: ..., amount: ... }',
    ],
  ])('is refused: %o', (options, message) => {
    expect(simulated(sales, options)).toThrow(message)
  })

  it('is refused where there is no pipeline', () => {
    expect(simulated({ input })).toThrow('simulate is given a record as the pipeline, which is none. Try: ')
    expect(simulated(undefined, { input })).toThrow('simulate is given nothing as the pipeline')
  })

  it('is heard where nothing is wrong, and an option that is undefined is none', () => {
    const said = { partitions: 1, groups: 8, tickMs: 20, originMs: -5, checkpointEvery: 9, seed: -3 }
    const { verdict } = simulate(sales, { input, schedules: 1, ...said })
    expect(verdict).toBe('ok')
    expect(simulated(sales, { input, schedules: 1, seed: undefined, faults: [] })).not.toThrow()
  })
})
