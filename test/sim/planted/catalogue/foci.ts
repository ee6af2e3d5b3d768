import type { Focus } from '../mutation.ts'

/** Consumers with a queue: their buffers are full because nothing comes out at the end. */
export const BACKLOG: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain' },
  faults: ['sink-pause', 'crash'],
  at: ['middle', 'out'],
  count: [3, 6],
  limits: { markBytes: 400, windowBytes: 2000 },
  rows: 80,
}

/** Clients that push, while the store and the leader come and go. */
export const PUSH: Focus = {
  plan: { source: 'push', sink: 'transactional' },
  faults: ['store-pause', 'pair-loss', 'crash', 'hang', 'store-flaky', 'cut'],
  at: ['in'],
  count: [2, 5],
}

/** Clients that watch, while decisions that are not durable are lost. */
export const DISPLAY: Focus = {
  plan: { source: 'replayable', sink: 'resumable' },
  faults: ['pair-loss', 'total-loss', 'store-pause', 'crash', 'hang'],
  at: ['in', 'out'],
  count: [2, 5],
}
