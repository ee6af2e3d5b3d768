import { PROVINCE_NAMES } from '@pollux/ingress/generator'
import { gmv, Order } from '@pollux/pipeline-gmv'
import { compile, count, max, mean, min, pipeline, schema, sum, t, tumbling } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { Random } from '@pollux/std'
import { framed, NO_SINK } from './bench-rows.ts'
import { besideByHand, type BesideByHand } from './beside-by-hand.ts'
import { festivalByHand, gmvByHand } from './window-by-hand.ts'
import { type BenchEpoch, PlanRun } from './plan-run.ts'
import type { Suite } from './suite.ts'

const EPOCHS = 40
/** Of an epoch: what a source that is read flat out gives in 10 ms. */
const EPOCH_ROWS = 3000
const RUN_ROWS = EPOCHS * EPOCH_ROWS
const RUN_MS = 4000
const WARM_UP_RUNS = 3

const Sale = schema({ at: t.timestamp(), province: t.symbol(PROVINCE_NAMES), amount: t.money() })
const TIME = { column: 'at', outOfOrder: '50ms' } as const

/** What whole plans do with rows: all stages, and the frames between them, in one process without pairs. */
export const plans: Suite = {
  name: 'plans',
  title: 'Whole plans, M rows per CPU second, one process, no pairs',
  run() {
    const cases = planCases()
    for (let run = 0; run < WARM_UP_RUNS; run++) for (const { run: one } of cases) one()
    return [['plan', 'Pollux', 'by hand', 'ratio', 'bytes allocated a row'], ...cases.map(besideByHand)]
  },
}

export function planCases(): readonly BesideByHand[] {
  return [...partialCases(), festivalCase()]
}

/** GMV by province from the source to the sums, over one edge. */
function partialCases(): readonly BesideByHand[] {
  const random = new Random(7)
  const epochs = epochsOf((epoch) =>
    framed(
      Sale,
      (row) => [timeOf(epoch, row), random.pick(PROVINCE_NAMES), random.below(100_000)],
      EPOCH_ROWS,
    ),
  )
  return [false, true].map((preAggregate) => {
    const made = pipeline('sales', ({ ingress }) => {
      ingress('sales', namedSource(Sale, { eventTime: TIME }))
        .keyBy('province')
        .window(tumbling('1s'), { preAggregate })
        .aggregate('sums', {
          gmv: sum('amount'),
          average: mean('amount'),
          orders: count(),
          largest: max('amount'),
          smallest: min('amount'),
        })
        .egress('out', NO_SINK)
    })
    const plan = new PlanRun(compile(made))
    const how = preAggregate ? 'added up where they are made' : 'as they are'
    return {
      name: `GMV from source to sums, 3000 rows an epoch, ${how}`,
      rows: RUN_ROWS,
      run: () => plan.run(epochs),
      byHand: gmvByHand(epochs.flatMap(({ frames }) => frames)),
    }
  })
}

/** The reference job as it is: every order is known by its number, one in two hundred comes twice. */
function festivalCase(): BesideByHand {
  const random = new Random(7)
  let next = 0
  const epochs = epochsOf((epoch) =>
    framed(
      Order,
      (row) => {
        const id =
          2n ** 62n + BigInt(next > 100 && random.chance(0.005) ? next - 1 - random.below(100) : next++)
        return [id, timeOf(epoch, row), random.pick(PROVINCE_NAMES), random.below(100_000)]
      },
      EPOCH_ROWS,
    ),
  )
  const orders = namedSource(Order, { eventTime: TIME })
  const ends = { orders, seconds: NO_SINK, late: NO_SINK, totals: NO_SINK, national: NO_SINK }
  const plan = new PlanRun(compile(gmv, ends))
  return {
    name: '`pipelines/gmv`: repeats recognised, by province and second, totals of the day, all provinces',
    rows: RUN_ROWS,
    run: () => plan.run(epochs),
    byHand: festivalByHand(epochs.flatMap(({ frames }) => frames)),
  }
}

function epochsOf(frameOf: (epoch: number) => BenchEpoch['frames'][number]): readonly BenchEpoch[] {
  return Array.from({ length: EPOCHS }, (_, epoch) => ({
    frames: [frameOf(epoch)],
    watermark: ((epoch + 1) / EPOCHS) * RUN_MS - 50,
  }))
}

function timeOf(epoch: number, row: number): number {
  return Math.floor(((epoch * EPOCH_ROWS + row) / RUN_ROWS) * RUN_MS)
}
