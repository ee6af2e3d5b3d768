import { describe, expect, it } from 'vitest'
import { crc32c } from '../bytes/crc32c.ts'
import { FrameEncoder } from '../codec/frame-encoder.ts'
import type { Frame } from '../frame/frame.ts'
import { EPOCH_END, epoch, incarnation, seq } from '../ids.ts'
import type { Epoch } from '../ids.ts'
import type { FrameMessage } from '../message/channel-item.ts'
import type { Decision } from '../message/decision.ts'
import type { ImagePart, KeptKey } from '../message/image.ts'
import type { Hello, Message } from '../message/message.ts'
import { BatchBuilder } from '../rows/batch-builder.ts'
import { defineSchema } from '../schema/schema.ts'
import { LIST_COUNT_MAX, WIRE_BYTES_MAX } from './wire-limits.ts'
import { decodeMessage, encodeMessage } from './wire-message.ts'
import type { WireRefusalName } from './wire-refusal.ts'
import { decodeDecision, decodeImage, encodeDecision, encodeImage } from './wire-stored.ts'

const schema = defineSchema([{ name: 'n', type: 'int32' }])
const start = { epoch: epoch(7), seq: seq(120) }
const frameMessage: FrameMessage = { kind: 'frame', start, epoch: epoch(7), frame: frameOf(3) }
const seal: Message = { kind: 'seal', start, to: epoch(8), watermark: 1700, idle: false }
const report: Message = { kind: 'report', incarnation: incarnation(5), reason: 'silent' }
const news: Message = { kind: 'view-news', pair: 'count/0', version: 3 }
const decision: Decision = {
  index: 1,
  from: epoch(0),
  to: epoch(1),
  seals: true,
  reads: [],
  watermark: 5,
  idle: false,
  pushes: [],
}
const pending: ImagePart = {
  kind: 'pending',
  to: epoch(2),
  nextRow: 3,
  points: [],
  rows: [{ epoch: epoch(1), seq: 2, values: [null, false, true, 1, 'é', -2n, Uint8Array.of(9), Number.NaN] }],
}

describe('the bytes of a message', () => {
  it('lie as they always did: mark, version, kind, fields in order', () => {
    expect(hex(encodeMessage({ kind: 'ack', position: start, digest: 0xdeadbeef }))).toBe(
      ['504c6d01', '0c', '0000000000001c40', '0000000000005e40', 'efbeadde'].join(''),
    )
    expect(hex(encodeMessage(seal))).toBe(
      [
        '504c6d01',
        '03',
        '0000000000001c40',
        '0000000000005e40',
        '0000000000002040',
        '0000000000909a40',
        '00',
      ].join(''),
    )
    expect(hex(encodeMessage(report))).toBe(['504c6d01', '10', '0000000000001440', '01'].join(''))
    expect(hex(encodeMessage(news))).toBe(
      ['504c6d01', '11', '07000000', '636f756e742f30', '0000000000000840'].join(''),
    )
    expect(hex(encodeImage([pending]))).toBe(
      [
        ['504c6901', '01000000', '09', '0000000000000040', '0000000000000840', '00000000', '01000000'],
        ['000000000000f03f', '0000000000000040', '08000000'],
        ['00', '01', '02', '03', '000000000000f03f', '04', '02000000', 'c3a9', '05', 'feffffffffffffff'],
        ['06', '01000000', '0000', '09', '03', '000000000000f87f'],
      ]
        .flat()
        .join(''),
    )
  })

  it('are 40 before a frame, which follows as it is', () => {
    const bytes = encodeMessage(frameMessage)
    expect(bytes.length).toBe(40 + frameMessage.frame.bytes.length)
    expect(bytes.subarray(40)).toEqual(frameMessage.frame.bytes)
  })

  it('give the frame back without a copy, where that stands at a multiple of 8', () => {
    const bytes = encodeMessage(frameMessage)
    const got = decodeMessage(bytes) as FrameMessage
    expect(got.frame.bytes.buffer).toBe(bytes.buffer)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    for (const odd of [shifted.subarray(3), Buffer.from(shifted.buffer, 3)]) {
      const apart = decodeMessage(odd) as FrameMessage
      expect(apart).toEqual(frameMessage)
      expect([apart.frame.bytes.byteOffset % 8, apart.frame.bytes.constructor]).toEqual([0, Uint8Array])
    }
  })

  it('hold the ends of all numbers', () => {
    for (const watermark of [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, Infinity, -Infinity]) {
      const sent: Message = { ...seal, to: EPOCH_END, watermark }
      expect(decodeMessage(encodeMessage(sent))).toEqual(sent)
    }
  })

  it('of messages, decisions and images are not taken for each other', () => {
    expect(decodeMessage(encodeDecision(decision))).toMatchObject({ refused: 'wire.mark' })
    expect(decodeDecision(encodeMessage(seal))).toMatchObject({ refused: 'wire.mark' })
  })
})

/** One damage for each reason: a reason that nothing gives does not compile. */
const DAMAGES: Record<
  WireRefusalName,
  { message: Hello | Message; change: (bytes: Uint8Array) => Uint8Array; detail: string }
> = {
  'wire.length': {
    message: seal,
    change: (bytes) => bytes.subarray(0, 20),
    detail: 'seal.start.seq: 8 bytes at 13 of 20',
  },
  'wire.mark': { message: seal, change: set(1, 0x58), detail: '80 88 109, not 80 76 109' },
  'wire.version': { message: seal, change: set(3, 2), detail: 'version 2, not 1' },
  'wire.kind': { message: seal, change: set(4, 24), detail: '24 of 24 kinds' },
  'wire.literal': { message: report, change: set(13, 3), detail: 'report.reason: 3 of 3 words' },
  'wire.number': {
    message: report,
    change: set(12, 0xc0),
    detail: 'report.incarnation: -5 is no whole number from 0',
  },
  'wire.text': { message: news, change: set(9, 0xff), detail: 'view-news.pair: 7 bytes at 9 are no UTF-8' },
  'wire.count': {
    message: { kind: 'progress', at: epoch(1), kept: [], final: 0, durable: 0 },
    change: set(16, 0xff),
    detail: 'progress.kept: 4278190080 values, at most 16777216',
  },
  'wire.padding': { message: frameMessage, change: set(34, 1), detail: 'frame.frame: at 34' },
  'wire.frame': {
    message: frameMessage,
    change: set(40, 0),
    detail: 'frame.frame: frame.length, the header says 0 bytes, there are 48',
  },
}

describe('bytes that are no message', () => {
  it.each(Object.entries(DAMAGES))('are refused by name: %s', (refused, { message, change, detail }) => {
    expect(decodeMessage(change(encodeMessage(message)))).toEqual({ refused, detail })
  })

  it('are refused for every byte value that stands for no flag', () => {
    for (let byte = 2; byte < 256; byte += 1) {
      expect(decodeMessage(set(37, byte)(encodeMessage(seal)))).toMatchObject({ refused: 'wire.literal' })
    }
  })

  it('are refused when a number has a second form of itself', () => {
    const at = 29
    const nan = [1, 0, 0, 0, 0, 0, 0xf8, 0x7f]
    const minusZero = [0, 0, 0, 0, 0, 0, 0, 0x80]
    for (const [from, bytes] of [
      [at, nan],
      [at, [0, ...nan.slice(1)]],
      [21, minusZero],
    ] as const) {
      const broken = encodeMessage(seal)
      broken.set(bytes, from)
      expect(decodeMessage(broken)).toMatchObject({ refused: 'wire.number' })
    }
  })

  it('are refused when a cell is of no kind, or a NaN of another kind', () => {
    const bytes = encodeImage([pending])
    const cellAt = bytes.length - 9
    expect(decodeImage(set(cellAt, 7)(bytes))).toMatchObject({ refused: 'wire.literal' })
    for (const [at, byte] of [
      [cellAt + 1, 1],
      [cellAt + 5, 1],
      [cellAt + 8, 0xff],
    ] as const) {
      expect(decodeImage(set(at, byte)(bytes))).toMatchObject({
        refused: 'wire.number',
        detail: expect.stringMatching(/^0\.pending\.rows\.0\.values\.7: a NaN of its own/) as string,
      })
    }
  })

  it('are refused at the first value that a count promises and the bytes do not have', () => {
    const progress: Message = { kind: 'progress', at: epoch(1), kept: [], final: 0, durable: 0 }
    expect(decodeMessage(set(14, 0xff)(encodeMessage(progress)))).toEqual({
      refused: 'wire.length',
      detail: 'progress.kept.1.epoch: 8 bytes at 33 of 33',
    })
  })

  it('say where in a list it went wrong', () => {
    const slice: Message = {
      kind: 'state-slice',
      index: 0,
      parts: [
        { kind: 'boundary', at: epoch(1), before: epoch(0), watermark: 0 },
        { kind: 'item', channel: 2, item: frameMessage },
      ],
      last: true,
    }
    const bytes = encodeMessage(slice)
    const [first] = frameMessage.frame.bytes
    const at = bytes.length - 1 - frameMessage.frame.bytes.length
    expect(bytes[at]).toBe(first)
    expect(decodeMessage(set(at, 0)(bytes))).toMatchObject({
      refused: 'wire.frame',
      detail: expect.stringMatching(
        /^state-slice\.parts\.1\.item\.item\.frame\.frame: frame\.length/,
      ) as string,
    })
  })
})

describe('what may not travel', () => {
  const other = frameOf(3, 7)
  it.each([
    [
      'an epoch past every number',
      { ...seal, to: (Number.MAX_SAFE_INTEGER + 1) as Epoch },
      'epoch is a whole number',
    ],
    ['an epoch of -0', { ...seal, to: -0 as Epoch }, 'epoch is a whole number'],
    ['a watermark of NaN', { ...seal, watermark: Number.NaN }, 'watermark is a number, not NaN'],
    ['a digest of more than 32 bits', { kind: 'ack', position: start, digest: 2 ** 32 }, 'digest is 32 bits'],
    ['half a surrogate pair', { ...news, pair: 'a\ud800' }, 'half a surrogate pair'],
    [
      "another frame's bytes",
      { ...frameMessage, frame: { ...frameOf(3), bytes: other.bytes } },
      "or are another's",
    ],
  ] satisfies [string, Message, string][])('%s is found where it was made', (_, message, said) => {
    expect(() => encodeMessage(message)).toThrow(said)
  })
})

describe('a bound that is reached', () => {
  it('of bytes: nothing longer is made, and nothing longer is looked at', () => {
    const bytes = new Uint8Array(WIRE_BYTES_MAX)
    expect(() => encodeImage([{ kind: 'group', group: 0, bytes }])).toThrow(
      `over the ${WIRE_BYTES_MAX} allowed`,
    )
    expect(decodeMessage(new Uint8Array(WIRE_BYTES_MAX + 1))).toEqual({
      refused: 'wire.length',
      detail: '268435457 bytes, at most 268435456',
    })
  })

  it('of values in a list', () => {
    const keys: KeptKey[] = []
    keys.length = LIST_COUNT_MAX + 1
    expect(() => encodeImage([{ kind: 'keys', keys }])).toThrow(
      '16777217 values in a list of at most 16777216',
    )
  })
})

function frameOf(rows: number, first = 0): Frame {
  const builder = new BatchBuilder(schema)
  for (let row = 0; row < rows; row += 1) builder.appendValues([first + row])
  return new FrameEncoder(schema, crc32c).encode(builder, seq(120))
}

function set(at: number, byte: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => bytes.with(at, byte)
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
