import { PROTOCOL_VERSION } from '../message/message.ts'
import type { Hello, Message, RefusalReason, ReportMessage, Speaker } from '../message/message.ts'
import type { Lane } from '../plan/topology.ts'
import { WireCodec } from './wire-codec.ts'
import { decisionShape } from './wire-decision.ts'
import { imageShape } from './wire-image.ts'
import {
  channel,
  epoch,
  frameFields,
  generation,
  incarnation,
  index,
  inputPoint,
  position,
  run,
  sealFields,
  version,
} from './wire-items.ts'
import type { WireRefusal } from './wire-refusal.ts'
import { bool, digest, fieldset, list, oneOf, text, union } from './wire-shape.ts'

const speaker = fieldset<Speaker>({
  protocol: version,
  pipeline: text,
  planHash: text,
  fingerprint: text,
  token: text,
  run,
  pair: text,
  lane: oneOf<Lane>({ a: true, b: true }),
  incarnation,
  viewVersion: version,
})

const refusalReason = oneOf<RefusalReason>({
  protocol: true,
  pipeline: true,
  plan: true,
  fingerprint: true,
  token: true,
  run: true,
  'not-in-view': true,
  position: true,
  'not-a-member': true,
  'unknown-channel': true,
})

const lossReason = oneOf<ReportMessage['reason']>({ closed: true, silent: true, laggard: true })

/**
 * All that replicas say to each other. A kind or a field that is missing here, or only here, does not
 * compile.
 */
export const messageShape = union<Hello | Message>({
  subscribe: {
    speaker,
    to: incarnation,
    channel,
    from: position,
    acked: position,
    ackedDigest: digest,
    deliver: bool,
  },
  twin: { speaker, to: incarnation },
  frame: frameFields,
  seal: sealFields,
  'catch-up': { at: epoch, inputs: list(inputPoint) },
  'state-slice': { index, parts: imageShape, last: bool },
  loaded: {},
  propose: { generation, decision: decisionShape },
  heartbeat: {},
  producing: { head: position, durable: epoch },
  accept: { incarnation, head: position, durable: epoch },
  refuse: { reason: refusalReason, run, viewVersion: version },
  ack: { position, digest },
  deliver: { on: bool, from: position },
  durable: { epoch },
  behind: { epoch },
  report: { incarnation, reason: lossReason },
  'view-news': { pair: text, version },
  retained: {},
  'slice-stored': { index },
  accepted: { index },
  progress: { at: epoch, kept: list(position), final: index, durable: index },
  record: { epoch },
  'hand-over': { generation },
})

const codec = new WireCodec({ mark: 'm', version: PROTOCOL_VERSION, shape: messageShape })

export function encodeMessage(message: Hello | Message): Uint8Array {
  return codec.encode(message)
}

/**
 * The bytes are one whole message and are not trusted. Frames in the result are views of them, checked by
 * their headers only.
 */
export function decodeMessage(bytes: Uint8Array): Hello | Message | WireRefusal {
  return codec.decode(bytes)
}
