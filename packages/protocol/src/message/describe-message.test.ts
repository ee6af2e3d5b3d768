import { describe, expect, it } from 'vitest'
import { crc32c } from '../bytes/crc32c.ts'
import { FrameEncoder } from '../codec/frame-encoder.ts'
import type { Frame } from '../frame/frame.ts'
import { EPOCH_END, epoch, generation, incarnation, run, seq } from '../ids.ts'
import type { Position } from '../position.ts'
import { BatchBuilder } from '../rows/batch-builder.ts'
import { defineSchema } from '../schema/schema.ts'
import type { Decision } from './decision.ts'
import { describeDecision } from './describe-decision.ts'
import { describeMessage } from './describe-message.ts'
import { describeSpeaker } from './describe-speaker.ts'
import type { Hello, Message, Speaker } from './message.ts'

type AnyMessage = Hello | Message

const speaker: Speaker = {
  protocol: 1,
  pipeline: 'gmv',
  planHash: 'ab',
  fingerprint: 'node26',
  token: 'secret',
  run: run(1),
  pair: 'count/0',
  lane: 'a',
  incarnation: incarnation(5),
  viewVersion: 9,
}

const decision: Decision = {
  index: 12,
  from: epoch(7),
  to: epoch(8),
  seals: true,
  reads: [{ from: '0', to: '2', rows: 2, digest: 1 }],
  watermark: 1700,
  idle: false,
  pushes: [{ key: 'k', bytes: new Uint8Array(8), rows: 1 }],
}

const subscribe = {
  kind: 'subscribe',
  speaker,
  to: incarnation(4),
  channel: 2,
  from: at(8, 123),
  acked: at(8, 123),
  ackedDigest: 0,
  deliver: true,
} as const

/** Of every kind one message and its text; a kind without does not compile. */
const TEXTS: { readonly [K in AnyMessage['kind']]: readonly [Extract<AnyMessage, { kind: K }>, string] } = {
  subscribe: [subscribe, 'subscribe #4 channel 2 from 8:123 deliver (run 1 count/0/a#5)'],
  twin: [{ kind: 'twin', speaker, to: incarnation(4) }, 'twin #4 (run 1 count/0/a#5)'],
  frame: [{ kind: 'frame', start: at(7, 120), epoch: epoch(7), frame: frameOf(3) }, 'frame 7:120+3 epoch 7'],
  seal: [
    { kind: 'seal', start: at(7, 123), to: epoch(8), watermark: 1700, idle: false },
    'seal 7:123 -> 8 watermark 1700',
  ],
  'catch-up': [{ kind: 'catch-up', at: epoch(8), inputs: [] }, 'catch-up at 8'],
  'state-slice': [
    { kind: 'state-slice', index: 0, parts: [part(1), part(2), part(3)], last: true },
    'state-slice 0 (3 parts, last)',
  ],
  loaded: [{ kind: 'loaded' }, 'loaded'],
  propose: [
    { kind: 'propose', generation: generation(2), decision },
    'propose 12 [7, 8) 3 rows sealed generation 2',
  ],
  heartbeat: [{ kind: 'heartbeat' }, 'heartbeat'],
  producing: [{ kind: 'producing', head: at(8, 123), durable: epoch(6) }, 'producing 8:123 durable 6'],
  accept: [
    { kind: 'accept', incarnation: incarnation(5), head: at(8, 123), durable: epoch(6) },
    'accept #5 head 8:123 durable 6',
  ],
  refuse: [
    { kind: 'refuse', reason: 'not-in-view', run: run(1), viewVersion: 9 },
    'refuse not-in-view run 1 view 9',
  ],
  ack: [{ kind: 'ack', position: at(8, 123), digest: 77 }, 'ack 8:123'],
  deliver: [{ kind: 'deliver', on: false, from: at(8, 123) }, 'deliver off from 8:123'],
  durable: [{ kind: 'durable', epoch: EPOCH_END }, 'durable end'],
  behind: [{ kind: 'behind', epoch: epoch(9) }, 'behind 9'],
  report: [{ kind: 'report', incarnation: incarnation(5), reason: 'laggard' }, 'report #5 laggard'],
  'view-news': [{ kind: 'view-news', pair: 'count/0', version: 9 }, 'view-news count/0 version 9'],
  retained: [{ kind: 'retained' }, 'retained'],
  'slice-stored': [{ kind: 'slice-stored', index: 3 }, 'slice-stored 3'],
  accepted: [{ kind: 'accepted', index: 12 }, 'accepted 12'],
  progress: [
    { kind: 'progress', at: epoch(8), kept: [at(7, 100), at(8, 0)], final: 12, durable: 11 },
    'progress at 8 kept (7:100, 8:0) final 12 durable 11',
  ],
  record: [{ kind: 'record', epoch: epoch(8) }, 'record 8'],
  'hand-over': [{ kind: 'hand-over', generation: generation(2) }, 'hand-over generation 2'],
}

describe('the one text of a message', () => {
  it.each(Object.entries(TEXTS))('%s', (_, [message, text]) => {
    expect(describeMessage(message)).toBe(text)
  })

  it('says what is unusual, and only then', () => {
    expect(describeMessage({ ...subscribe, acked: at(7, 0), deliver: false })).toBe(
      'subscribe #4 channel 2 from 8:123 acked 7:0 (run 1 count/0/a#5)',
    )
    const seal: Message = { kind: 'seal', start: at(7, 123), to: EPOCH_END, watermark: 0, idle: true }
    expect(describeMessage({ ...seal, watermark: Number.MAX_SAFE_INTEGER })).toBe(
      'seal 7:123 -> end watermark end idle',
    )
    expect(describeMessage({ ...seal, watermark: Number.MIN_SAFE_INTEGER })).toBe(
      'seal 7:123 -> end watermark none idle',
    )
    expect(describeMessage({ kind: 'state-slice', index: 4, parts: [part(1)], last: false })).toBe(
      'state-slice 4 (1 parts)',
    )
  })

  it('never shows the token', () => {
    expect(describeSpeaker(speaker)).toBe('run 1 count/0/a#5')
    expect(describeMessage(subscribe)).not.toContain(speaker.token)
  })
})

describe('the one text of a decision', () => {
  it('counts rows that are read and rows that are pushed', () => {
    expect(describeDecision(decision)).toBe('12 [7, 8) 3 rows sealed')
    expect(describeDecision({ ...decision, seals: false, pushes: [] })).toBe('12 [7, 8) 2 rows open')
    expect(describeDecision({ ...decision, to: EPOCH_END, reads: [], pushes: [], idle: true })).toBe(
      '12 [7, end) 0 rows sealed idle',
    )
  })
})

function at(epochNumber: number, seqNumber: number): Position {
  return { epoch: epoch(epochNumber), seq: seq(seqNumber) }
}

function part(group: number) {
  return { kind: 'group', group, bytes: new Uint8Array(1) } as const
}

function frameOf(rows: number): Frame {
  const builder = new BatchBuilder(defineSchema([{ name: 'n', type: 'int32' }]))
  for (let row = 0; row < rows; row += 1) builder.appendValues([row])
  return new FrameEncoder(builder.schema, crc32c).encode(builder, seq(120))
}
