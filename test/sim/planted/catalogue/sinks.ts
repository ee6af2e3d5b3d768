import type { Focus, Mutation } from '../mutation.ts'
import { DISPLAY } from './foci.ts'

const SINK: Focus = {
  plan: { source: 'replayable', sink: 'transactional' },
  faults: ['sink-flaky', 'sink-cut', 'sink-pause', 'crash', 'hang', 'isolate'],
  at: ['out'],
  count: [2, 5],
}

const UPSERTS: Focus = { ...SINK, plan: { source: 'replayable', sink: 'idempotent' } }

export const SINKS: readonly Mutation[] = [
  {
    name: 'commit-on-generation-only',
    story:
      'A commit asks who commits, not what was committed before: the answer is lost, the leader opens ' +
      'again, reads a record that is too old, and the same epoch goes in twice.',
    file: 'packages/sim/src/world/sink-model.ts',
    find: 'if (this.record !== request.expect) return',
    replace: 'if (this.record === -1) return',
    caughtBy: ['repeated', 'reordered'],
    schedules: 200,
    focus: SINK,
  },
  {
    name: 'unconditional-upsert',
    story:
      'The later write wins, whatever its version: the old leader’s delayed upsert undoes the new one’s.',
    file: 'packages/sim/src/world/sink-model.ts',
    find: 'if (held === undefined || newer(row, held)) rows.set',
    replace: 'rows.set',
    caughtBy: ['reordered', 'lost'],
    schedules: 300,
    focus: UPSERTS,
  },
  {
    name: 'upsert-without-seq',
    story:
      'Rows carry their epoch and no number within it: of two writes of a key in one epoch, either ' +
      'may stay.',
    file: 'packages/pair/src/egress/sink-queue.ts',
    find: 'this.#open.push({ epoch: this.#epoch, seq: this.#nextRow++, values })',
    replace: 'this.#open.push({ epoch: this.#epoch, seq: 0, values })',
    caughtBy: ['reordered', 'lost'],
    schedules: 100,
    focus: UPSERTS,
  },
  {
    name: 'sink-ahead-of-durable',
    story:
      'Rows are committed before their decision is durable: both ingress twins die, and it is decided ' +
      'otherwise.',
    file: 'packages/pair/src/life/end-life.ts',
    find: 'durable: inputs.durable,\n      fresh',
    replace: 'durable: inputs.at,\n      fresh',
    caughtBy: ['lost', 'repeated', 'reordered', 'halted', 'stuck'],
    schedules: 300,
    focus: { ...SINK, faults: ['store-pause', 'pair-loss', 'total-loss'], at: ['in'] },
  },
  {
    name: 'durable-of-one-input',
    story:
      'What one input says is durable stands for all: the other ingress pair dies with an undurable ' +
      'decision.',
    file: 'packages/pair/src/channel/input-side.ts',
    find: 'for (const port of this.ports) if (port.durable < least) least = port.durable',
    replace: 'for (const port of this.ports) least = port.durable',
    caughtBy: ['lost', 'repeated', 'reordered', 'halted', 'stuck'],
    schedules: 400,
    focus: {
      plan: { source: 'replayable', sink: 'transactional', sources: 2 },
      faults: ['store-pause', 'pair-loss', 'total-loss', 'store-cut'],
      at: ['in', 'in-1'],
      count: [3, 6],
    },
  },
  {
    name: 'record-read-as-new',
    story:
      'A sink whose record is behind what the pipeline remembers is written to from where the ' +
      'pipeline stands.',
    file: 'packages/pair/src/egress/sink-queue.ts',
    find: "const record = purpose === 'checkpoint' ? this.#inputs.at : this.#record",
    replace: 'const record = this.#inputs.at',
    caughtBy: ['lost', 'halted', 'stuck', 'crashed', 'repeated', 'reordered'],
    schedules: 300,
    focus: { ...SINK, faults: ['sink-pause', 'crash', 'hang'] },
  },
  {
    name: 'pending-rows-not-in-image',
    story: 'A joining egress does not get the rows that its survivor still owes the sink; the survivor dies.',
    file: 'packages/pair/src/egress/sink-queue.ts',
    find: 'for (let index = 0; index < this.#pending.length; index++) parts.push(this.#pending.at(index))',
    replace: '',
    caughtBy: ['lost', 'stuck', 'halted'],
    schedules: 200,
    focus: SINK,
  },
  {
    name: 'shown-as-final-too-early',
    story:
      'Events are marked final when they are processed: both ingress twins die before the decision is ' +
      'durable, and numbers that were final come to mean other rows.',
    file: 'packages/pair/src/replica.ts',
    find: 'this.#display?.setDurable(this.#inputs.durable)',
    replace: 'this.#display?.setDurable(this.#inputs.at)',
    caughtBy: ['final-changed', 'lost'],
    schedules: 300,
    focus: DISPLAY,
  },
  {
    name: 'client-of-older-run-goes-on',
    story:
      'A client that saw provisional events of the last run asks for what comes after them, and gets it.',
    file: 'packages/pair/src/egress/display-feed.ts',
    find: 'if (after.run === run) {',
    replace: 'if (after.run <= run) {',
    caughtBy: ['final-changed', 'lost'],
    schedules: 300,
    focus: DISPLAY,
  },
  {
    name: 'event-numbers-not-in-checkpoint',
    story:
      'A checkpoint of a display holds the number of the oldest event it remembered, not of the next ' +
      'one: after a loss of the pair, numbers that clients have seen come to mean other rows.',
    file: 'packages/pair/src/egress/display-feed.ts',
    find: "const nextRow = purpose === 'catch-up' ? first : this.#nextRow",
    replace: 'const nextRow = first',
    caughtBy: ['final-changed', 'lost', 'crashed', 'stuck'],
    schedules: 300,
    focus: DISPLAY,
  },
  {
    name: 'reset-in-mid-epoch',
    story: 'A newcomer is shown the state of half an epoch, numbered as if it were the last whole one.',
    file: 'packages/pair/src/egress/display-feed.ts',
    find: 'if (!settled) continue\n',
    replace: '',
    caughtBy: ['final-changed', 'lost'],
    schedules: 300,
    focus: {
      ...DISPLAY,
      faults: ['slow-link', 'cut', 'reset', 'crash'],
      plan: { source: 'replayable', sink: 'resumable', sources: 2 },
    },
  },
]
