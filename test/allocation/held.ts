import type { Operator } from '@pollux/protocol'
import { compile, landmark, last, pipeline, schema, type Stream, t, value } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { framed, NO_SINK } from '../bench/bench-rows.ts'

/** So many frames, of which each leaves one text in the state. */
const FRAMES = 200
const ROWS = 2000

const Order = schema({ at: t.timestamp(), shop: t.int32(), id: t.text() })
type Orders = Stream<typeof Order.columns>

/**
 * Bytes that the state holds for each text that is kept in it, step by step, as JSON. Each is one of many of
 * its frame, which may go when the frame has.
 */
const found = heldCases().map(([name, define]) => [name, heldBy(operatorOf(define))] as const)
console.log(JSON.stringify(Object.fromEntries(found)))

function heldCases(): readonly (readonly [name: string, define: (orders: Orders) => void])[] {
  return [
    [
      'last of a text',
      (orders) =>
        orders
          .keyBy('shop')
          .window(landmark(0, '1s'))
          .aggregate('step', { id: last('id') })
          .egress('out', NO_SINK),
    ],
    [
      'a text in a column of state',
      (orders) =>
        orders
          .keyBy('shop')
          .process('step', {
            output: Order,
            state: { id: t.text() },
            process: ({ id }, { state }) => {
              state.id = id
            },
          })
          .egress('out', NO_SINK),
    ],
    [
      'a text in a list',
      (orders) =>
        orders
          .keyBy('shop')
          .process('step', {
            output: Order,
            state: { ids: value<readonly string[]>([]) },
            process: ({ id }, { state }) => {
              state.ids = [id]
            },
          })
          .egress('out', NO_SINK),
    ],
  ]
}

function operatorOf(define: (orders: Orders) => void): Operator {
  const source = namedSource(Order, { eventTime: { column: 'at' } })
  return compile(pipeline('measured', ({ ingress }) => define(ingress('orders', source)))).operators(
    'step',
    0,
  )
}

function heldBy(operator: Operator): number {
  const out = { emit: () => undefined }
  const before = heapBytes()
  for (let frame = 0; frame < FRAMES; frame++) {
    const rows = framed(Order, (row) => [frame, frame, `the order of a length of its own, ${row}`], ROWS)
    operator.process(0, rows, { epoch: frame, now: 0, watermarkBefore: 0 } as never, out)
  }
  const held = (heapBytes() - before) / FRAMES
  // Until here it is in use.
  operator.boundary({ epoch: FRAMES, now: 0, watermarkBefore: 0, watermark: 0 } as never, out)
  return held
}

function heapBytes(): number {
  globalThis.gc!()
  return process.memoryUsage().heapUsed
}
