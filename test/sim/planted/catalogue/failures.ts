import type { Focus, Mutation } from '../mutation.ts'

/** Code that throws while its twin is gone and the coordinator is slow to hear of it. */
const BROKEN: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain' },
  faults: ['crash', 'coordinator-cut', 'coordinator-slow', 'coordinator-pause'],
  at: ['middle'],
  count: [2, 5],
  flaw: 'throws',
}

/** Twins that make different rows of the same input. */
const DIFFERENT: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain' },
  faults: ['slow-link', 'slow', 'crash'],
  count: [1, 3],
  flaw: 'differs',
}

/** What no repair helps against: the user's code fails, or twins do not do the same. */
export const FAILURES: readonly Mutation[] = [
  {
    name: 'failed-replica-hands-out-its-state',
    story:
      'The operator throws when an epoch is closed; before anybody has heard of it, a joiner takes an ' +
      'image in which that epoch is half done, becomes a member behind the poison, and goes on.',
    file: 'packages/pair/src/consumer-body.ts',
    find: 'return !this.#inputs.midEpoch && this.#parts.runner.failure === null',
    replace: 'return !this.#inputs.midEpoch',
    caughtBy: ['halted', 'lost', 'diverged', 'crashed', 'stuck'],
    schedules: 300,
    focus: { ...BROKEN, sourceMs: 340 },
  },
  {
    name: 'misfit-kills-whoever-seals-it',
    story:
      'A row fits no frame, which shows when the epoch is sealed: both twins and all successors crash ' +
      'there, nobody says of what, and the run begins again for ever.',
    file: 'packages/pair/src/stage-runner.ts',
    find: 'if (!(error instanceof ColumnError)) throw error',
    replace: 'throw error',
    caughtBy: ['crashed'],
    schedules: 30,
    focus: { ...BROKEN, count: [0, 2], flaw: 'frame' },
  },
  {
    name: 'state-that-cannot-be-stored-kills',
    story:
      'The operator cannot encode its state. The follower crashes over its part of a checkpoint, the ' +
      'survivor over each joiner, and the run begins again, and again.',
    file: 'packages/pair/src/stage-runner.ts',
    find: 'this.#fail(null, 0, error, `${what}: `)',
    replace: 'throw error',
    caughtBy: ['crashed'],
    schedules: 30,
    focus: { ...BROKEN, count: [0, 2], flaw: 'state.encode' },
  },
  {
    name: 'failures-beside-the-stream-move-on',
    story:
      'A failure to encode is said to be of the epoch at which somebody wanted the state, which is another ' +
      'one for each: no two are the same, and nothing ever halts.',
    file: 'packages/pair/src/life/pair-life.ts',
    find: 'epoch: epoch ?? this.run.value?.checkpoint?.epoch ?? 0',
    replace: 'epoch: epoch ?? (this.#p.context.now | 0)',
    caughtBy: ['halted', 'stuck'],
    schedules: 60,
    focus: { ...BROKEN, count: [0, 2], flaw: 'state.encode' },
  },
  {
    name: 'divergence-stops-nobody',
    story: 'Twins differ, somebody notices, and the run goes on: whichever dies first has been wrong.',
    file: 'packages/pair/src/life/pair-life.ts',
    find: '    this.run.halt = { pair: context.pair, epoch: position.epoch, seq: position.seq, code }\n',
    replace: '',
    caughtBy: ['halted'],
    schedules: 100,
    focus: DIFFERENT,
  },
  {
    name: 'digests-not-compared',
    story: 'Consumers ack with the digest of what they got, and no producer compares it with its own.',
    file: 'packages/pair/src/channel/output-channel.ts',
    find: 'if (buffer.digestAt(acked.position) === acked.digest) return',
    replace: 'if (buffer.digestAt(acked.position) !== -1) return',
    caughtBy: ['halted'],
    schedules: 100,
    focus: { ...DIFFERENT, count: [0, 0], plan: { ...DIFFERENT.plan!, delivery: 'lane' } },
  },
]
