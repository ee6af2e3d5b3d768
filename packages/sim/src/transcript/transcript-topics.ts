import type { Hello, Message } from '@pollux/protocol'
import type { CoordinatorValue, DisplayEvent, ReplicaEvent } from '@pollux/pair'

/** What can be asked for: kinds of messages, of events, of values at the coordinator, and some more. */
export type Topic =
  | (Hello | Message)['kind']
  | ReplicaEvent['kind']
  | CoordinatorValue['kind']
  | `shown-${DisplayEvent['kind']}`
  | 'starts'
  | 'exits'
  | 'log'
  | 'blob'
  | 'sink'
  | 'source'
  | 'push'
  | 'client'
  | 'durable-decision'
  | 'committed'

/** Each of them, so that a kind that is new is not forgotten. True: told unless told otherwise. */
export const TRANSCRIPT_TOPICS: { readonly [K in Topic]: boolean } = {
  starts: true,
  exits: true,
  view: true,
  run: true,
  failure: true,
  founded: false,
  waiting: false,
  joining: true,
  retained: true,
  loaded: true,
  joined: true,
  succeeded: true,
  restored: true,
  'removed-twin': true,
  'dropped-joiner': true,
  leading: true,
  'take-over': true,
  suspect: true,
  part: false,
  checkpoint: false,
  'next-run': true,
  halted: false,
  diverged: true,
  ignored: false,
  pressure: false,
  'asks-to-hand-over': true,
  'broken-frame': true,
  unavailable: true,
  subscribe: false,
  twin: false,
  frame: false,
  seal: false,
  'catch-up': false,
  'state-slice': false,
  propose: false,
  heartbeat: false,
  producing: false,
  accept: false,
  refuse: false,
  ack: false,
  deliver: false,
  durable: false,
  behind: false,
  report: false,
  'view-news': false,
  'slice-stored': false,
  accepted: false,
  progress: false,
  record: false,
  'hand-over': false,
  log: false,
  blob: false,
  sink: false,
  source: false,
  push: false,
  client: false,
  'durable-decision': false,
  committed: false,
  'shown-row': false,
  'shown-final': false,
  'shown-rollback': false,
  'shown-reset': false,
  'shown-end': false,
}
