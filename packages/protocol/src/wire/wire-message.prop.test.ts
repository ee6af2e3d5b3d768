import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../bytes/crc32c.ts'
import { FrameEncoder } from '../codec/frame-encoder.ts'
import { EPOCH_END } from '../ids.ts'
import type { Seq } from '../ids.ts'
import type { FrameMessage, InputPoint, SealMessage } from '../message/channel-item.ts'
import type { Decision } from '../message/decision.ts'
import { describeMessage } from '../message/describe-message.ts'
import type { Image, ImagePart, PendingRow } from '../message/image.ts'
import type { Hello, Message, RefusalReason, Speaker } from '../message/message.ts'
import type { Lane } from '../plan/topology.ts'
import type { Position } from '../position.ts'
import { BatchBuilder } from '../rows/batch-builder.ts'
import type { Value } from '../schema/column.ts'
import { defineSchema } from '../schema/schema.ts'
import { decodeMessage, encodeMessage } from './wire-message.ts'
import { WIRE_REFUSAL_NAMES } from './wire-refusal.ts'
import { decodeDecision, decodeImage, encodeDecision, encodeImage } from './wire-stored.ts'

/** For each kind of a union each of its fields: what is missing here does not compile. */
type FieldsByKind<T extends { readonly kind: string }> = {
  readonly [K in T['kind']]: FieldsOf<Extract<T, { readonly kind: K }>>
}
type FieldsOf<T> = { readonly [F in Exclude<keyof T, 'kind'>]: fc.Arbitrary<T[F]> }

const whole = <T extends number>(): fc.Arbitrary<T> =>
  fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constantFrom(0, 2 ** 32, EPOCH_END)).map((each) => each as T)
const digest = fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0, 0xffff_ffff))
const watermark = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
  fc.constantFrom(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, Infinity, -Infinity, 0),
)
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '\ufeffbom', '北京', '😀', 'x'.repeat(300)),
)
const bytes = fc.uint8Array({ maxLength: 40 })
const bool = fc.boolean()
const position: fc.Arbitrary<Position> = fc.record({ epoch: whole(), seq: whole() })
const inputPoint: fc.Arbitrary<InputPoint> = fc.record({ channel: whole(), position, digest })

const schema = defineSchema([
  { name: 'n', type: 'int32' },
  { name: 's', type: 'text' },
])
const frame = fc
  .record({ from: fc.maxSafeNat(), rows: fc.array(fc.tuple(fc.integer(), text), { maxLength: 6 }) })
  .map(({ from, rows }) => {
    const builder = new BatchBuilder(schema)
    for (const row of rows) builder.appendValues(row)
    return new FrameEncoder(schema, crc32c).encode(builder, Math.max(0, from - rows.length) as Seq)
  })

const frameFields: FieldsOf<FrameMessage> = { start: position, epoch: whole(), frame }
const sealFields: FieldsOf<SealMessage> = { start: position, to: whole(), watermark, idle: bool }

const decision: fc.Arbitrary<Decision> = fc.record({
  index: whole(),
  from: whole(),
  to: whole(),
  seals: bool,
  reads: fc.array(fc.record({ from: text, to: text, rows: whole(), digest: watermark }), { maxLength: 3 }),
  watermark,
  idle: bool,
  pushes: fc.array(fc.record({ key: text, bytes, rows: whole() }), { maxLength: 3 }),
})

const cell: fc.Arbitrary<Value> = fc.oneof(
  fc.double(),
  fc.constantFrom(null, true, false, Number.NaN, -0),
  text,
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  bytes,
)
const row: fc.Arbitrary<PendingRow> = fc.record({
  epoch: whole(),
  seq: whole(),
  values: fc.array(cell, { maxLength: 7 }),
})
const dictionaries = fc.array(fc.array(text, { maxLength: 3 }), { maxLength: 3 })

const parts = ofKinds<ImagePart>({
  boundary: { at: whole(), before: whole(), watermark },
  input: { channel: whole(), position, digest, watermark, idle: bool, dictionaries },
  output: { channel: whole(), kept: position, keptDigest: digest, dictionaries },
  item: {
    channel: whole(),
    item: fc.oneof(
      ...Object.values(ofKinds<FrameMessage | SealMessage>({ frame: frameFields, seal: sealFields })),
    ),
  },
  group: { group: whole(), bytes },
  ingress: {
    index: whole(),
    durable: whole(),
    source: text,
    watermark,
    idle: bool,
    openTo: fc.option(whole()),
  },
  keys: {
    keys: fc.array(fc.record({ key: text, epoch: whole() }), { maxLength: 3 }),
  },
  proposal: { decision },
  egress: { record: whole(), nextRow: whole(), finalBefore: whole() },
  pending: {
    to: whole(),
    nextRow: whole(),
    points: fc.array(inputPoint, { maxLength: 3 }),
    rows: fc.array(row, { maxLength: 3 }),
  },
})
const image: fc.Arbitrary<Image> = fc.array(fc.oneof(...Object.values(parts)), { maxLength: 6 })

const speaker: fc.Arbitrary<Speaker> = fc.record({
  protocol: whole(),
  pipeline: text,
  planHash: text,
  fingerprint: text,
  token: text,
  run: whole(),
  pair: text,
  lane: fc.constantFrom<Lane>('a', 'b'),
  incarnation: whole(),
  viewVersion: whole(),
})
const refusalReason = fc.constantFrom<RefusalReason>('protocol', 'plan', 'not-in-view', 'unknown-channel')

const messages = ofKinds<Hello | Message>({
  subscribe: {
    speaker,
    to: whole(),
    channel: whole(),
    from: position,
    acked: position,
    ackedDigest: digest,
    deliver: bool,
  },
  twin: { speaker, to: whole() },
  frame: frameFields,
  seal: sealFields,
  'catch-up': { at: whole(), inputs: fc.array(inputPoint, { maxLength: 3 }) },
  'state-slice': { index: whole(), parts: image, last: bool },
  loaded: {},
  propose: { generation: whole(), decision },
  heartbeat: {},
  producing: { head: position, durable: whole() },
  accept: { incarnation: whole(), head: position, durable: whole() },
  refuse: { reason: refusalReason, run: whole(), viewVersion: whole() },
  ack: { position, digest },
  deliver: { on: bool, from: position },
  durable: { epoch: whole() },
  behind: { epoch: whole() },
  report: { incarnation: whole(), reason: fc.constantFrom('closed', 'silent', 'laggard') },
  'view-news': { pair: text, version: whole() },
  retained: {},
  'slice-stored': { index: whole() },
  accepted: { index: whole() },
  progress: { at: whole(), kept: fc.array(position, { maxLength: 3 }), final: whole(), durable: whole() },
  record: { epoch: whole() },
  'hand-over': { generation: whole() },
})
const message = fc.oneof(...Object.values(messages))

/** What a network, a disk or an enemy may do to bytes; `at` is a share of the length. */
const damage = fc.array(
  fc.record({
    how: fc.constantFrom('flip', 'replace', 'splice'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(12),
    bytes: fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constant(new Uint8Array(4).fill(0xff))),
  }),
  { minLength: 1, maxLength: 4 },
)

describe('a message on the wire', () => {
  it.each(Object.entries(messages))('%s comes back as it went', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (sent) => {
        expect(decodeMessage(encodeMessage(sent))).toEqual(sent)
      }),
      { numRuns: 200 },
    )
  })

  it('has the same bytes whenever it is equal, whatever order its fields were set in', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const bytesOf = encodeMessage(sent)
        expect(encodeMessage(reordered(sent))).toEqual(bytesOf)
        expect(encodeMessage(decodeMessage(bytesOf) as Message)).toEqual(bytesOf)
      }),
      { numRuns: 1000 },
    )
  })

  it('that was damaged is refused by name, or is another whole message with these very bytes', () => {
    const seen = { refused: 0, taken: 0 }
    fc.assert(
      fc.property(message, message, damage, (sent, other, changes) => {
        const broken = damaged(encodeMessage(sent), encodeMessage(other), changes)
        const got = decodeMessage(broken)
        seen['refused' in got ? 'refused' : 'taken'] += 1
        if ('refused' in got) expect(WIRE_REFUSAL_NAMES).toContain(got.refused)
        else expect([encodeMessage(got), typeof describeMessage(got)]).toEqual([broken, 'string'])
      }),
      { numRuns: 8000 },
    )
    expect(seen.refused).toBeGreaterThan(1000)
    expect(seen.taken).toBeGreaterThan(100)
  })

  it('cut at any byte, or with a byte more, is refused', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const complete = encodeMessage(sent)
        for (let length = 0; length < complete.length; length += 1) {
          expect(decodeMessage(complete.slice(0, length))).toHaveProperty('refused')
        }
        expect(decodeMessage(new Uint8Array([...complete, 0]))).toHaveProperty('refused')
      }),
      { numRuns: 100 },
    )
  })
})

describe('what is stored', () => {
  it.each(Object.entries(parts))('%s comes back as it went', (_, arbitrary) => {
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 3 }), (kept) => {
        expect(decodeImage(encodeImage(kept))).toEqual(kept)
      }),
      { numRuns: 100 },
    )
  })

  it('decisions, too', () => {
    fc.assert(
      fc.property(decision, (kept) => {
        expect(decodeDecision(encodeDecision(kept))).toEqual(kept)
      }),
    )
  })

  it('damaged on its disk it is refused by name, or is another whole value with these very bytes', () => {
    fc.assert(
      fc.property(image, decision, damage, (piece, entry, changes) => {
        const [images, decisions] = [encodeImage(piece), encodeDecision(entry)]
        const brokenImage = damaged(images, decisions, changes)
        const gotImage = decodeImage(brokenImage)
        if (!('refused' in gotImage)) expect(encodeImage(gotImage)).toEqual(brokenImage)
        const brokenDecision = damaged(decisions, images, changes)
        const gotDecision = decodeDecision(brokenDecision)
        if (!('refused' in gotDecision)) expect(encodeDecision(gotDecision)).toEqual(brokenDecision)
      }),
      { numRuns: 3000 },
    )
  })
})

function ofKinds<T extends { readonly kind: string }>(
  fields: FieldsByKind<T>,
): Record<T['kind'], fc.Arbitrary<T>> {
  const records = Object.entries(fields).map(([kind, each]) => [
    kind,
    fc.record({ kind: fc.constant(kind), ...(each as object) }, { noNullPrototype: true }),
  ])
  return Object.fromEntries(records) as Record<T['kind'], fc.Arbitrary<T>>
}

/** An equal value, each of whose objects had its fields set the other way round. */
function reordered<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reordered) as T
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const entries = Object.entries(value).toReversed()
  return Object.fromEntries(entries.map(([name, each]) => [name, reordered(each as unknown)])) as T
}

function damaged(
  sent: Uint8Array,
  other: Uint8Array,
  changes: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): Uint8Array {
  let result: number[] = [...sent]
  for (const { how, at, remove, bytes: extra } of changes) {
    const place = Math.floor(at * result.length)
    if (how === 'replace') result.splice(place, remove, ...extra)
    else if (how === 'splice')
      result = [...result.slice(0, place), ...other.slice(Math.floor(at * other.length))]
    else if (place < result.length) result[place]! ^= 1 << (remove & 7)
  }
  return Uint8Array.from(result)
}
