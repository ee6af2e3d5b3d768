import type { Focus, Mutation } from '../mutation.ts'
import { BACKLOG } from './foci.ts'

const LOSS: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain' },
  faults: ['crash', 'hang', 'reset', 'cut', 'slow-link', 'slow'],
  count: [2, 5],
}

const FAN_IN: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain', sources: 2 },
  faults: ['crash', 'slow-link', 'hang', 'cut'],
  count: [1, 4],
}

const WINDOWS: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'windows', sources: 2 },
  faults: ['crash', 'slow-link', 'hang', 'source-pause'],
  count: [1, 4],
}

const RACE: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain', delivery: 'race' },
  faults: ['slow-link', 'one-way', 'cut', 'hang'],
  count: [1, 4],
}

const GARBLED: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain' },
  faults: ['garble', 'garble', 'crash'],
  count: [2, 4],
}

const SLOW_SINK: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain' },
  faults: ['sink-pause', 'slow', 'hang', 'slow-link'],
  count: [1, 4],
  limits: { markBytes: 800 },
  rows: 80,
}

export const CHANNELS: readonly Mutation[] = [
  {
    name: 'evict-on-one-ack',
    story:
      'A producer forgets what one consumer replica has acked: the other, slower one has nowhere to get it.',
    file: 'packages/pair/src/channel/output-channel.ts',
    find: 'floor = earlierPosition(floor, acked.position)',
    replace: 'floor = acked.position',
    caughtBy: ['unserved', 'stuck'],
    schedules: 100,
    focus: LOSS,
  },
  {
    name: 'joiners-acks-forgotten',
    story: 'Eviction asks the members only: what a joiner has yet to receive is thrown away under it.',
    file: 'packages/pair/src/channel/output-channel.ts',
    find: 'for (const member of belonging(view)) {\n      const acked',
    replace: 'for (const member of view.members) {\n      const acked',
    caughtBy: ['unserved', 'stuck'],
    schedules: 300,
    focus: LOSS,
  },
  {
    name: 'frame-recycled-while-queued',
    story:
      'Under race delivery C took frame 7 from one twin and acked it; the other evicts and refills it ' +
      'while its own send of it is still queued.',
    file: 'packages/pair/src/channel/frame-pool.ts',
    find: 'if (frame.readers > 0) this.#retiring.push(frame)',
    replace: 'if (frame.readers > 1e9) this.#retiring.push(frame)',
    caughtBy: ['crashed', 'diverged', 'halted'],
    schedules: 200,
    focus: RACE,
  },
  {
    name: 'frame-taken-unverified',
    story: 'A bit of a frame has changed on the way; it is taken, acked and processed as it came.',
    file: 'packages/pair/src/channel/input-side.ts',
    find: 'if (due && this.#refusesFrame(link, port, message)) return',
    replace: '',
    caughtBy: ['crashed', 'lost', 'repeated', 'diverged', 'halted', 'stuck'],
    schedules: 60,
    focus: GARBLED,
  },
  {
    name: 'garbled-copy-taken-for-divergence',
    story: 'Of two copies in a race the later one has changed on the way: the whole pipeline halts.',
    file: 'packages/pair/src/channel/input-side.ts',
    find: "if (outcome === 'diverged' && !due && this.#refusesFrame(link, port, message)) return",
    replace: '',
    caughtBy: ['halted', 'diverged'],
    schedules: 100,
    focus: { ...GARBLED, plan: RACE.plan! },
  },
  {
    name: 'boundary-row-taken-twice',
    story: 'After a take-over the last item before the position comes again, and is taken for the next one.',
    file: 'packages/pair/src/channel/input-channel.ts',
    find: 'if (order < 0) return this.#compareCopy(message)',
    replace:
      'if (order < 0 && comparePositions(afterOf(message), this.#next) !== 0) return ' +
      'this.#compareCopy(message)',
    caughtBy: ['diverged', 'halted', 'crashed', 'repeated', 'stuck', 'reordered'],
    schedules: 100,
    focus: RACE,
  },
  {
    name: 'delivery-from-the-head',
    story:
      'Asked to deliver from a position, a producer begins at its head: what lies between is never sent.',
    file: 'packages/pair/src/channel/output-channel.ts',
    find: 'if (number !== null) subscriber.cursor = number',
    replace: 'if (number !== null) subscriber.cursor = this.buffer.end',
    caughtBy: ['stuck', 'lost'],
    schedules: 20,
    focus: LOSS,
  },
  {
    name: 'seal-is-no-position',
    story:
      'Positions are compared by tuple number alone: a channel that was sealed looks like one that was not.',
    file: 'packages/protocol/src/position.ts',
    find: 'return a.epoch !== b.epoch ? a.epoch - b.epoch : a.seq - b.seq',
    replace: 'return a.seq - b.seq',
    caughtBy: ['crashed', 'stuck', 'halted', 'diverged', 'unserved'],
    schedules: 20,
    focus: LOSS,
  },
  {
    name: 'arrival-decides-order',
    story:
      'A consumer takes the rows of whichever channel has some, instead of waiting for the one whose ' +
      'turn it is.',
    file: 'packages/pair/src/channel/epoch-order.ts',
    find: "if (message === undefined) return { kind: 'wait', channel }",
    replace:
      'if (message === undefined) { const other = channels.find((one) => one.head?.message.kind === ' +
      "'frame' && one.head.message.epoch === at && to === at + 1); return other === undefined ? { " +
      "kind: 'wait', channel } : { kind: 'frame', channel: other, epoch: at } }",
    caughtBy: ['diverged', 'reordered', 'halted', 'lost', 'crashed'],
    schedules: 50,
    focus: FAN_IN,
  },
  {
    name: 'watermark-on-arrival',
    story:
      'A watermark takes effect when its seal arrives, not at the boundary: how far ahead one input ' +
      'is differs.',
    file: 'packages/pair/src/channel/input-side.ts',
    find: "if (outcome === 'gap') port.links.resubscribe(link)",
    replace:
      "if (outcome === 'taken' && message.kind === 'seal') port.watermark = message.watermark\n    if " +
      "(outcome === 'gap') port.links.resubscribe(link)",
    caughtBy: ['diverged', 'reordered', 'halted', 'lost'],
    schedules: 50,
    focus: WINDOWS,
  },
  {
    name: 'watermark-before-the-last-seal',
    story: 'The watermark of an epoch is taken before its seals: triggers fire one boundary late.',
    file: 'packages/pair/src/consumer-body.ts',
    find: 'this.#inputs.takeBoundary(to)\n    const watermark = this.#inputs.watermark',
    replace: 'const watermark = this.#inputs.watermark\n    this.#inputs.takeBoundary(to)',
    caughtBy: ['reordered', 'lost', 'diverged'],
    schedules: 50,
    focus: WINDOWS,
  },
  {
    name: 'stops-at-no-mark',
    story: 'A consumer that is not acked goes on producing: its buffer has no bound.',
    file: 'packages/pair/src/consumer-body.ts',
    find: "return stance.role === 'member' && (output.overMark || stance.rests)",
    replace: "return stance.role === 'member' && stance.rests",
    caughtBy: ['bound'],
    schedules: 200,
    focus: SLOW_SINK,
  },
  {
    name: 'acks-before-processing',
    story:
      'A member acks what it has received: its producers forget it, and a joiner that starts where ' +
      'the member stands finds nobody who can serve it.',
    file: 'packages/pair/src/channel/input-channel.ts',
    find: "if (message.kind === 'seal') this.#sealed = { position: after, digest }",
    replace: "if (message.kind === 'seal') this.#processed = this.#sealed = { position: after, digest }",
    caughtBy: ['deposed', 'lost', 'diverged', 'halted', 'crashed', 'reordered', 'stuck', 'unserved'],
    schedules: 200,
    focus: BACKLOG,
  },
  {
    name: 'evicts-by-an-old-view',
    story:
      'A joiner becomes a member and forgets by the view of its consumers that it happens to know: they ' +
      'have let somebody in meanwhile, who has yet to receive what is thrown away.',
    file: 'packages/pair/src/channel/output-side.ts',
    find: '    if (!this.#views.isFresh(channel.channel.to)) return\n',
    replace: '',
    caughtBy: ['scenario: joiners-at-both-ends-of-a-channel'],
    schedules: 0,
  },
  {
    name: 'padding-not-cleared',
    story:
      'What lies between the columns of a frame is what the last frame in the same memory left there: ' +
      'equal rows, other bytes in the twin.',
    file: 'packages/protocol/src/codec/frame-columns.ts',
    find: 'for (let at = from; at < to; at += 1) block.uint8[at] = 0',
    replace: '',
    caughtBy: ['diverged', 'halted'],
    schedules: 50,
    focus: LOSS,
  },
  {
    name: 'incarnation-in-a-seal',
    story: 'Something of the one who sends gets into what is sent: twins seal the same epoch differently.',
    file: 'packages/pair/src/channel/output-side.ts',
    find: 'channel.buffer.pushSeal(to, watermark, idle)',
    replace: 'channel.buffer.pushSeal(to, watermark + this.#context.incarnation, idle)',
    caughtBy: ['diverged', 'halted'],
    schedules: 50,
    focus: LOSS,
  },
  {
    name: 'frames-end-by-the-clock',
    story: 'A frame ends when its producer happens to send: what lies in one depends on what arrived when.',
    file: 'packages/pair/src/channel/output-side.ts',
    find: 'for (const channel of this.channels) channel.pump()',
    replace:
      'for (const channel of this.channels) {\n      channel.cut(this.#epoch)\n      channel.pump()\n    }',
    caughtBy: ['diverged', 'halted'],
    schedules: 50,
    focus: { ...FAN_IN, rows: 120 },
  },
  {
    name: 'ack-said-to-nobody',
    story:
      'Data overtakes the acceptance: the consumer acks when no producer counts it yet, and says it never ' +
      'again: the window stays shut.',
    file: 'packages/pair/src/channel/upstream-links.ts',
    find: "    this.#send(producer, { kind: 'ack', ...this.#acked() })\n",
    replace: '',
    caughtBy: ['stuck', 'deposed', 'bound'],
    schedules: 600,
    focus: {
      ...LOSS,
      faults: ['slow-link', 'reset', 'crash'],
      count: [3, 7],
      limits: { markBytes: 800 },
      sourceMs: 120,
    },
  },
  {
    name: 'laggard-of-one-moment',
    story:
      'With a buffer at its mark, of two twins that are equally fast the one whose ack comes second is ' +
      'removed, again and again, though nothing ails it.',
    file: 'packages/pair/src/channel/output-channel.ts',
    find: '    if (laggard === null) return null\n',
    replace: '    if (awake >= 0) return laggard\n',
    caughtBy: ['deposed'],
    schedules: 60,
    focus: {
      plan: { source: 'replayable', sink: 'transactional', step: 'chain' },
      faults: ['crash'],
      count: [0, 0],
      limits: { markBytes: 1500 },
      rows: 1000,
      sourceMs: 60,
    },
  },
]
