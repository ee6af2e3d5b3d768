import { BatchBuilder, crc32c, defineSchema, epoch, FrameEncoder, seq } from '@pollux/protocol'
import { expect, it } from 'vitest'
import { contextAt, taken } from '../../test-kit/context-at.ts'
import { frameOf } from '../../test-kit/items.ts'
import { LEADER } from '../../test-kit/leading-desk.ts'
import type { PushAnswer, PushRequest } from '../effect.ts'
import { PushDesk } from './push-desk.ts'

const GOOD: PushRequest = { key: 'k', firstTriedAt: 1000, frame: frameOf(0, 1), watermark: 30 }

const strange = new BatchBuilder(defineSchema([{ name: 'other', type: 'int32' }]))
strange.appendValues([1])
const strangeFrame = new FrameEncoder(strange.schema, crc32c).encode(strange, seq(0))
const changed = frameOf(0, 1)
changed.bytes[changed.bytes.length - 1]! ^= 1

it.each<[string, PushAnswer['kind'], Partial<PushRequest>]>([
  ['rows of another schema', 'bad-rows', { frame: strangeFrame }],
  ['a frame that has changed on the way', 'bad-rows', { frame: changed }],
  ['bytes that are no frame', 'bad-rows', { frame: { ...frameOf(0, 1), bytes: new Uint8Array(7) } }],
  ['a frame of more rows than it says', 'bad-rows', { frame: { ...frameOf(0, 1, 2), rows: 1 } }],
  ['more than is reserved for', 'too-large', { frame: frameOf(0, ...Array.from({ length: 300 }, Number)) }],
  ['a first try at no time', 'bad-time', { firstTriedAt: Number.NaN }],
  ['a first try between two milliseconds', 'bad-time', { firstTriedAt: 1000.5 }],
  ['a first try that never was', 'bad-time', { firstTriedAt: Number.POSITIVE_INFINITY }],
  ['a watermark that is no number', 'bad-time', { watermark: Number.NaN }],
  ['a watermark that ends event time', 'bad-time', { watermark: Number.MAX_SAFE_INTEGER }],
])('what nobody could carry out is refused by name and leaves no trace: %s (P13)', (_what, kind, more) => {
  const context = contextAt('orders/0', { source: 'push', limits: { logReserveBytes: 2000 } })
  const answers = (): [number, string][] =>
    taken(context, 'answer').map(({ request, answer }) => [request, answer.kind])
  const desk = new PushDesk(context, 0, crc32c)
  desk.onPush(1, { ...GOOD, ...more }, LEADER)
  expect([answers(), desk.hasRows, desk.waitingBytes]).toEqual([[[1, kind]], false, 0])
  desk.onPush(2, GOOD, LEADER)
  desk.onDecided(1, desk.take(1000), epoch(0))
  desk.onDurable(1)
  expect([answers(), desk.watermark]).toEqual([[[2, 'stored']], 30])
})

it('what one decision takes fits into what is reserved, keys and all (P12)', () => {
  const context = contextAt('orders/0', { source: 'push', limits: { logReserveBytes: 700 } })
  const desk = new PushDesk(context, 0, crc32c)
  for (const [request, letter] of ['a', 'b', 'c'].entries())
    desk.onPush(request, { ...GOOD, key: letter.repeat(250) }, LEADER)
  expect([taken(context, 'answer'), desk.storedBytes(1000)]).toEqual([[], 700])
  expect(desk.take(1000).length).toBe(2)
  expect([desk.storedBytes(1000), desk.take(1000).length, desk.storedBytes(1000)]).toEqual([354, 1, 64])
})
