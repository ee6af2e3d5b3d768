import { BatchBuilder, compile, epoch, pipeline, schema, type Sink, t } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { expect, it } from 'vitest'
import { dedupe } from './dedupe.ts'

const DAY = 86_400
/** In seconds: an epoch, and for how long an id is known. */
const EPOCH = 20
const WITHIN = 60
/** Of an id in encoded state: itself, when it was heard of, whether it is known, which of these are there. */
const ID_BYTES = 8 + 8 + 8 + 3
/** Of a key group: the heads of sections and of frames, and what fills columns up to eight bytes. */
const GROUP_BYTES = 256

const Order = schema({ id: t.int64(), at: t.timestamp() })
const orders = namedSource(Order, { description: 'orders', eventTime: { column: 'at' } })
const screen: Sink<typeof Order.columns> = { description: 'screen', kind: 'resumable' }
const made = pipeline('once', ({ ingress }) => {
  ingress('orders', orders)
    .use(dedupe('once', { by: ['id'], within: `${WITHIN}s` }))
    .egress('screen', screen)
})

it('knows the ids of as long as it was told to, over a day in which each comes twice', () => {
  const operator = compile(made, undefined, { groups: 8 }).operators('once', 0)
  let [passed, most] = [0, 0]
  const out = { emit: (_output: number, rows: { readonly rows: number }) => (passed += rows.rows) }
  const bytes = (): number => {
    const snapshot = operator.state!.snapshot()
    return snapshot.groups.reduce((sum, group) => sum + snapshot.encode(group).length, 0)
  }
  const close = (from: number, to: number): void => {
    const context = { epoch: epoch(from / EPOCH), now: 0, watermarkBefore: from * 1000 }
    const range = { epochFrom: epoch(from / EPOCH), epochTo: epoch(from / EPOCH + 1) }
    operator.boundary({ ...context, ...range, watermark: to }, out)
  }
  for (let second = 0; second < DAY; second += EPOCH) {
    const rows = new BatchBuilder(Order.wire)
    for (let at = second; at < second + EPOCH; at++) {
      rows.appendValues([BigInt(at), at * 1000])
      if (at >= 30) rows.appendValues([BigInt(at - 30), at * 1000])
    }
    operator.process(0, rows, { epoch: epoch(second / EPOCH), now: 0, watermarkBefore: second * 1000 }, out)
    close(second, (second + EPOCH) * 1000)
    most = Math.max(most, bytes())
  }
  // An id is last heard of when it comes again.
  expect(most).toBeLessThanOrEqual((30 + WITHIN) * ID_BYTES + 8 * GROUP_BYTES)
  expect(passed).toBe(DAY)
  close(DAY, Number.MAX_SAFE_INTEGER)
  expect(bytes()).toBe(0)
})
