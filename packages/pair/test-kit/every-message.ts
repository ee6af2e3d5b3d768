import { epoch, generation, incarnation, run, START } from '@pollux/protocol'
import type { Message } from '@pollux/protocol'
import { decision } from './decisions.ts'
import { frameAt, sealAt } from './items.ts'

type MessageOf<Kind extends Message['kind']> = Message & { readonly kind: Kind }

/** One of each kind, as plain as it may be; total, so that a new kind does not compile without one. */
const EVERY: { readonly [Kind in Message['kind']]: MessageOf<Kind> } = {
  frame: frameAt(START, 1),
  seal: sealAt(START, 1),
  'catch-up': { kind: 'catch-up', at: epoch(1), inputs: [] },
  'state-slice': { kind: 'state-slice', index: 0, parts: [], last: false },
  loaded: { kind: 'loaded' },
  propose: { kind: 'propose', generation: generation(1), decision: decision(1) },
  heartbeat: { kind: 'heartbeat' },
  producing: { kind: 'producing', head: START, durable: epoch(0) },
  accept: { kind: 'accept', incarnation: incarnation(1), head: START, durable: epoch(0) },
  refuse: { kind: 'refuse', reason: 'not-in-view', run: run(1), viewVersion: 1 },
  ack: { kind: 'ack', position: START, digest: 0 },
  deliver: { kind: 'deliver', on: true, from: START },
  durable: { kind: 'durable', epoch: epoch(0) },
  behind: { kind: 'behind', epoch: epoch(0) },
  report: { kind: 'report', incarnation: incarnation(99), reason: 'closed' },
  'view-news': { kind: 'view-news', pair: 'nobody/0', version: 1 },
  retained: { kind: 'retained' },
  'slice-stored': { kind: 'slice-stored', index: 0 },
  accepted: { kind: 'accepted', index: 0 },
  progress: { kind: 'progress', at: epoch(0), kept: [], final: 0, durable: 0 },
  record: { kind: 'record', epoch: epoch(0) },
  'hand-over': { kind: 'hand-over', generation: generation(1) },
}

export const MESSAGE_KINDS = Object.keys(EVERY) as Message['kind'][]

export function every<Kind extends Message['kind']>(
  kind: Kind,
  more: Partial<MessageOf<Kind>> = {},
): MessageOf<Kind> {
  return { ...EVERY[kind], ...more } as MessageOf<Kind>
}
