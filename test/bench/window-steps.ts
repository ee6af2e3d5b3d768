import type { Batch, Operator } from '@pollux/protocol'
import { Random } from '@pollux/std'
import {
  compile,
  count,
  countDistinct,
  landmark,
  max,
  mean,
  min,
  ownAggregate,
  pipeline,
  type Pipeline,
  type RowOf,
  schema,
  session,
  sliding,
  sum,
  type Stream,
  t,
  tumbling,
} from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import type { BesideByHand } from './beside-by-hand.ts'
import { framed, NO_SINK, ROWS } from './bench-rows.ts'
import {
  differentByHand,
  gmvByHand,
  sessionsByHand,
  slidingByHand,
  usersByHand,
  wordsByHand,
} from './window-by-hand.ts'

/** A run is so many epochs of so many frames; event time is spread over it evenly. */
const EPOCHS = 16
const FRAMES = 8
const RUN_ROWS = EPOCHS * FRAMES * ROWS
const RUN_MS = 4000
/** Rows are out of order by so much. */
const JITTER_MS = 50
const PROVINCES = Array.from({ length: 34 }, (_, code) => `province ${code}`)
const USERS = 10_000
const WORDS = 5000

const Order = schema({ at: t.timestamp(), province: t.symbol(PROVINCES), amount: t.money(), user: t.int32() })
const Word = schema({ at: t.timestamp(), word: t.text() })
const TIME = { column: 'at', outOfOrder: JITTER_MS } as const
const GMV = {
  gmv: sum('amount'),
  average: mean('amount'),
  orders: count(),
  largest: max('amount'),
  smallest: min('amount'),
} as const

type OrderRow = RowOf<typeof Order.columns>

/** The same as `GMV`, by a callback for each row. */
const ownGmv = ownAggregate({
  state: { total: t.money(), orders: t.float64(), largest: t.money(), smallest: t.money() },
  start: { largest: Number.MIN_SAFE_INTEGER, smallest: Number.MAX_SAFE_INTEGER },
  result: t.money(),
  add: (state, { amount }: OrderRow) => {
    state.total += amount
    state.orders += 1
    if (amount > state.largest) state.largest = amount
    if (amount < state.smallest) state.smallest = amount
  },
  merge: (state, other) => {
    state.total += other.total
    state.orders += other.orders
    if (other.largest > state.largest) state.largest = other.largest
    if (other.smallest < state.smallest) state.smallest = other.smallest
  },
  read: ({ total }) => total,
})

/** All rows of a run go through the stage, epoch by epoch; afterwards every window has closed. */
export function windowCases(): readonly BesideByHand[] {
  const orders = orderFrames()
  const words = wordFrames()
  const stage = (name: string, define: (stream: Stream<typeof Order.columns>) => void): (() => void) =>
    runnerOf(
      orders,
      operatorOf(
        pipeline(name, ({ ingress }) => define(ingress('rows', namedSource(Order, { eventTime: TIME })))),
      ),
    )
  return [
    {
      name: 'GMV: five aggregates by province and second, a row may be late by 10 s',
      rows: RUN_ROWS,
      run: stage('gmv', (stream) =>
        stream
          .keyBy('province')
          .window(tumbling('1s'), { allowedLateness: '10s', preAggregate: false })
          .aggregate('step', GMV)
          .egress('out', NO_SINK),
      ),
      byHand: gmvByHand(orders),
    },
    {
      name: 'the same by a callback for each row (`ownAggregate`)',
      rows: RUN_ROWS,
      run: stage('own', (stream) =>
        stream
          .keyBy('province')
          .window(tumbling('1s'))
          .aggregate('step', { gmv: ownGmv })
          .egress('out', NO_SINK),
      ),
      byHand: gmvByHand(orders),
    },
    {
      name: 'the same in an operator of one’s own (`process`)',
      rows: RUN_ROWS,
      run: stage('process', (stream) =>
        stream
          .keyBy('province')
          .process('step', {
            output: schema({ province: t.symbol(PROVINCES), total: t.money(), orders: t.float64() }),
            state: { second: t.float64(), total: t.money(), orders: t.float64() },
            process: ({ at, province, amount }, { state, emit }) => {
              const second = Math.floor(at / 1000)
              if (second > state.second) {
                if (state.orders > 0) emit({ province, total: state.total, orders: state.orders })
                state.second = second
                state.total = 0
                state.orders = 0
              }
              state.total += amount
              state.orders += 1
            },
          })
          .egress('out', NO_SINK),
      ),
      byHand: gmvByHand(orders),
    },
    ...[1, 10, 60].map((seconds) => ({
      name: `sums by province over ${seconds} s, every second`,
      rows: RUN_ROWS,
      run: stage('sliding', (stream) =>
        stream
          .keyBy('province')
          .window(sliding(`${seconds}s`, '1s'), { preAggregate: false })
          .aggregate('step', { gmv: sum('amount') })
          .egress('out', NO_SINK),
      ),
      byHand: slidingByHand(orders, seconds),
    })),
    {
      name: 'GMV by user (10,000) and second',
      rows: RUN_ROWS,
      run: stage('users', (stream) =>
        stream.keyBy('user').window(tumbling('1s')).aggregate('step', GMV).egress('out', NO_SINK),
      ),
      byHand: usersByHand(orders),
    },
    {
      name: 'different users by province and second',
      rows: RUN_ROWS,
      run: stage('different', (stream) =>
        stream
          .keyBy('province')
          .window(tumbling('1s'))
          .aggregate('step', { users: countDistinct('user') })
          .egress('out', NO_SINK),
      ),
      byHand: differentByHand(orders),
    },
    {
      name: 'sessions of users (10,000), 500 ms apart',
      rows: RUN_ROWS,
      run: stage('sessions', (stream) =>
        stream
          .keyBy('user')
          .window(session('500ms'))
          .aggregate('step', { gmv: sum('amount'), orders: count() })
          .egress('out', NO_SINK),
      ),
      byHand: sessionsByHand(orders, 500),
    },
    {
      name: 'word count: texts (5000 different ones) counted for ever',
      rows: RUN_ROWS,
      run: runnerOf(
        words,
        operatorOf(
          pipeline('words', ({ ingress }) =>
            ingress('rows', namedSource(Word, { eventTime: TIME }))
              .keyBy('word')
              .window(landmark(0, '1s'))
              .aggregate('step', { words: count() })
              .egress('out', NO_SINK),
          ),
        ),
      ),
      byHand: wordsByHand(words),
    },
  ]
}

function operatorOf(made: Pipeline): Operator {
  return compile(made, undefined).operators('step', 0)
}

/** Windows are all closed when a run is over, so that the next may begin anew. */
function runnerOf(frames: readonly Batch[], operator: Operator): () => void {
  const out = { emit: () => undefined }
  const boundary = (epoch: number, watermarkBefore: number, watermark: number): void => {
    const context = { epoch, now: 0, epochFrom: epoch, epochTo: epoch + 1, watermarkBefore, watermark }
    operator.boundary(context as never, out)
  }
  return () => {
    let watermark = 0
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const context = { epoch, now: 0, watermarkBefore: watermark } as never
      for (let frame = 0; frame < FRAMES; frame++)
        operator.process(0, frames[epoch * FRAMES + frame]!, context, out)
      const next = ((epoch + 1) / EPOCHS) * RUN_MS - JITTER_MS
      boundary(epoch, watermark, next)
      watermark = next
    }
    boundary(EPOCHS, watermark, 1_000_000)
  }
}

function orderFrames(): readonly Batch[] {
  const random = new Random(7)
  return Array.from({ length: EPOCHS * FRAMES }, (_, frame) =>
    framed(Order, (row) => [
      Math.max(0, timeOf(frame, row) - random.below(JITTER_MS)),
      PROVINCES[Math.floor(34 * random.float() ** 2)]!,
      random.below(100_000),
      random.below(USERS),
    ]),
  )
}

function wordFrames(): readonly Batch[] {
  const random = new Random(7)
  return Array.from({ length: EPOCHS * FRAMES }, (_, frame) =>
    framed(Word, (row) => [
      timeOf(frame, row),
      `word${Math.floor(WORDS * random.float() ** 3).toString(36)}`,
    ]),
  )
}

function timeOf(frame: number, row: number): number {
  return Math.floor(((frame * ROWS + row) / RUN_ROWS) * RUN_MS)
}
