import { BatchBuilder, type Epoch } from '@pollux/protocol'
import { compile, count, max, mean, min, pipeline, schema, sum, t, tumbling, sliding } from '@pollux/sdk'
import { measure } from './measure.ts'

const PROVINCES = Array.from({ length: 34 }, (_, i) => `p${i}`)
const Order = schema({ at: t.timestamp(), province: t.symbol(PROVINCES), amount: t.money() })
const source = {
  description: '',
  schema: Order,
  kind: 'replayable',
  eventTime: { column: 'at' },
  open: () => ({ read: () => undefined, probe: () => undefined, close: () => undefined }),
} as const
const sink = { description: '', kind: 'transactional' } as const
const gmv = (window: ReturnType<typeof tumbling>) =>
  pipeline('gmv', ({ ingress }) => {
    ingress('orders', source)
      .keyBy('province')
      .window(window)
      .aggregate('gmv', {
        gmv: sum('amount'),
        average: mean('amount'),
        orders: count(),
        largest: max('amount'),
        smallest: min('amount'),
      })
      .egress('out', sink)
  })
const ROWS = 4096,
  BATCHES = 64
const batches = Array.from({ length: BATCHES }, (_, b) => {
  const rows = new BatchBuilder(Order.wire, ROWS)
  rows.reserve(ROWS)
  for (let i = 0; i < ROWS; i++) {
    const n = b * ROWS + i
    rows.data(0)[i] = Math.floor(n / 200) // 200 rows a ms
    rows.data(1)[i] = (n * 7919) % 34
    rows.data(2)[i] = (n * 104729) % 20000
  }
  rows.rows = ROWS
  return rows
})
const span = Math.ceil((ROWS * BATCHES) / 200)
let shift = 0
function run(op: ReturnType<ReturnType<typeof compile>['operators']>): void {
  const emit = { emit: () => undefined }
  let before = shift - 1
  for (let b = 0; b < BATCHES; b++) {
    const rows = batches[b]!
    const times = rows.data(0)
    for (let i = 0; i < ROWS; i++) times[i]! += span
    const e = { epoch: 0 as Epoch, now: 0, watermarkBefore: before }
    op.process(0, rows, e, emit)
    const watermark = times[ROWS - 1]!
    op.boundary({ ...e, epochFrom: 0 as Epoch, epochTo: 1 as Epoch, watermark }, emit)
    before = watermark
  }
  shift += span
}
const acc = new Float64Array(34 * 4)
function hand(): void {
  let window = -1
  for (let b = 0; b < BATCHES; b++) {
    const rows = batches[b]!
    const t0 = rows.data(0),
      k = rows.data(1),
      a = rows.data(2)
    for (let i = 0; i < ROWS; i++) t0[i]! += span
    for (let i = 0; i < ROWS; i++) {
      const w = Math.floor(t0[i]! / 1000)
      if (w !== window) {
        window = w
        for (let q = 0; q < 34; q++) {
          acc[q * 4] = 0
          acc[q * 4 + 1] = 0
          acc[q * 4 + 2] = Infinity
          acc[q * 4 + 3] = -Infinity
        }
      }
      const at = k[i]! * 4,
        v = a[i]!
      acc[at]! += 1
      acc[at + 1]! += v
      if (v < acc[at + 2]!) acc[at + 2] = v
      if (v > acc[at + 3]!) acc[at + 3] = v
    }
  }
}
function shiftOnly(): void {
  for (let b = 0; b < BATCHES; b++) {
    const t0 = batches[b]!.data(0)
    for (let i = 0; i < ROWS; i++) t0[i]! += span
  }
}
const per = (ns: number) => (ns / (ROWS * BATCHES)).toFixed(2)
const op = compile(gmv(tumbling('1s')), undefined).operators('gmv', 0)
const op2 = compile(gmv(sliding('60s', '1s')), undefined).operators('gmv', 0)
const s = measure(shiftOnly)
const a = measure(() => run(op)) - s
const a2 = measure(() => run(op2)) - s
const h = measure(hand) - s
console.log(
  'gmv',
  per(a),
  'ns/row',
  (1000 / Number(per(a))).toFixed(0),
  'M/s; hand',
  per(h),
  (1000 / Number(per(h))).toFixed(0),
  'ratio',
  (h / a).toFixed(2),
  'sliding',
  per(a2),
)
