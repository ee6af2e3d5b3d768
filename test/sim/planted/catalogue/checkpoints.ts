import type { Focus, Mutation } from '../mutation.ts'

const RESTORES: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain', checkpointEvery: 5 },
  faults: ['pair-loss', 'total-loss', 'sink-pause', 'store-pause', 'hang'],
  count: [2, 5],
}

/** A slow sink, and then everything goes back to the last checkpoint. */
const OWING: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain', checkpointEvery: 3 },
  faults: ['total-loss', 'sink-pause', 'sink-pause'],
  at: ['out'],
  count: [3, 6],
}

export const CHECKPOINTS: readonly Mutation[] = [
  {
    name: 'checkpoint-while-rows-are-owed',
    story:
      'A checkpoint c counts while the sink’s record is at k < c: after a total loss everything ' +
      'restores at c, and the rows of (k, c] are never made again.',
    file: 'packages/pair/src/checkpoint/part-writer.ts',
    find: 'this.#next(writing, body.settledOutside(writing.owed))',
    replace: 'this.#next(writing, true)',
    caughtBy: ['lost', 'halted', 'stuck'],
    schedules: 200,
    focus: OWING,
  },
  {
    name: 'truncated-before-whole',
    story:
      'The log is cut at what is processed instead of at the checkpoint: nothing leads from one to ' +
      'the other.',
    file: 'packages/pair/src/life/end-life.ts',
    find: 'this.#trim.want(this.#p.ingress?.indexAt(checkpoint.epoch) ?? null)',
    replace: 'this.#trim.want(this.#p.ingress?.book.processed ?? null)',
    caughtBy: ['lost', 'halted', 'stuck', 'crashed'],
    schedules: 200,
    focus: RESTORES,
  },
  {
    name: 'parts-deleted-too-early',
    story:
      'Older parts are deleted when a checkpoint has been read back, before the run key says so: ' +
      'everybody dies, and what is to be restored is gone.',
    file: 'packages/pair/src/checkpoint/checkpoint-keeper.ts',
    find: 'this.#run.complete = phase.checkpoint',
    replace: 'this.#run.complete = phase.checkpoint; this.onCheckpoint(phase.checkpoint)',
    caughtBy: ['lost', 'halted', 'stuck', 'crashed'],
    schedules: 300,
    focus: {
      ...RESTORES,
      faults: ['coordinator-pause', 'coordinator-flaky', 'total-loss', 'pair-loss'],
      count: [3, 6],
    },
  },
  {
    name: 'output-position-not-in-part',
    story:
      'A checkpoint keeps where an output buffer began instead of where it ended: restored, it ' +
      'repeats numbers.',
    file: 'packages/pair/src/channel/output-side.ts',
    find: 'kept: items ? buffer.kept : buffer.head,',
    replace: 'kept: buffer.kept,',
    caughtBy: ['crashed', 'stuck', 'halted', 'diverged', 'lost'],
    schedules: 200,
    focus: RESTORES,
  },
  {
    name: 'truncated-past-a-slow-follower',
    story:
      'The log is cut at the checkpoint though the twin does not hold everything up to there: the leader ' +
      'dies, and the twin finds a hole where it must read on.',
    file: 'packages/pair/src/life/end-life.ts',
    find: 'this.#trim.poll(ingress.standing.hasTwin ? ingress.twinHolds : null)',
    replace: 'this.#trim.poll(null)',
    caughtBy: ['unserved', 'lost', 'halted', 'stuck', 'crashed'],
    schedules: 2000,
    focus: {
      plan: { source: 'replayable', sink: 'transactional', checkpointEvery: 2, delivery: 'race' },
      faults: ['crash', 'slow', 'slow'],
      at: ['in'],
      aims: ['waiting', 'loading', 'replaying'],
      count: [3, 6],
      rows: 120,
    },
  },
  {
    name: 'part-stretched-by-an-epoch',
    story:
      'A part is said to be valid one epoch longer than it is: restored at the cut it claims, the replica ' +
      'lacks what came in between.',
    file: 'packages/pair/src/checkpoint/part-writer.ts',
    find: 'this.#begin(body, body.at, to, this.#chances',
    replace: 'this.#begin(body, body.at, to + 1, this.#chances',
    caughtBy: ['lost', 'repeated', 'reordered', 'halted', 'stuck', 'crashed', 'diverged', 'unserved'],
    schedules: 400,
    focus: { ...RESTORES, plan: { ...RESTORES.plan!, checkpointEvery: 1 } },
  },
  {
    name: 'given-up-parts-kept',
    story:
      'A writer of parts that dies leaves pieces behind, and its successor does not discard them: until ' +
      'the next checkpoint every death takes more of the room that this checkpoint needs.',
    file: 'packages/pair/src/checkpoint/part-writer.ts',
    find: 'leftover: null,',
    replace: 'leftover: [],',
    caughtBy: ['bound', 'stuck'],
    schedules: 200,
    focus: {
      plan: { source: 'replayable', sink: 'transactional', step: 'chain', checkpointEvery: 2 },
      faults: ['crash', 'crash', 'store-slow'],
      aims: ['writing-part'],
      count: [4, 8],
      limits: { imageSliceBytes: 40 },
    },
  },
  {
    name: 'reserve-shrunk-by-a-new-keeper',
    story:
      'A new keeper reserves as if there were no checkpoint yet: the log fills what was kept for the next ' +
      'one, which then finds no room, and so the log is never cut.',
    file: 'packages/pair/src/checkpoint/checkpoint-keeper.ts',
    find: 'if ((this.#run.value?.checkpoint ?? null) === null) this.#want(0, NOWHERE)',
    replace: 'this.#want(0, this.#run.value?.checkpoint?.epoch ?? (-1 as Epoch))',
    caughtBy: ['bound', 'stuck'],
    schedules: 200,
    focus: { ...RESTORES, faults: ['crash', 'crash', 'pair-loss'], at: ['in'] },
  },
  {
    name: 'too-much-reserved',
    story:
      'Twice as much is set aside: in a store that is no larger than it must be, no room is left for rows ' +
      'while the next checkpoint is written, and it always is.',
    file: 'packages/pair/src/checkpoint/checkpoint-keeper.ts',
    find: 'const CHECKPOINTS_RESERVED = 3',
    replace: 'const CHECKPOINTS_RESERVED = 6',
    caughtBy: ['stuck'],
    schedules: 200,
    focus: { faults: ['crash', 'sink-pause', 'sink-slow', 'store-slow'], leastStore: true },
  },
  {
    name: 'late-reserve-taken',
    story:
      'What the first keeper asked for comes when there is a checkpoint already, and the store takes it in ' +
      'place of the larger room reserved since.',
    file: 'packages/pair/src/ports/memory-store.ts',
    find: "if (cut < this.#reservedAt) return { kind: 'refused', reason: 'fenced' }\n",
    replace: '',
    caughtBy: ['bound', 'stuck'],
    schedules: 1000,
    focus: {
      ...RESTORES,
      faults: ['store-slow', 'store-flaky', 'pair-loss', 'crash'],
      at: ['in'],
      count: [3, 6],
    },
  },
  {
    name: 'parts-without-bound',
    story:
      'While the sink is away every other pair stores a part at every cut: they take all the room there ' +
      'is, and no checkpoint can be written that would free it.',
    file: 'packages/pair/src/checkpoint/part-writer.ts',
    find: 'const PARTS_MOST = 4',
    replace: 'const PARTS_MOST = 4000',
    caughtBy: ['scenario: sink-away-for-long'],
    schedules: 0,
  },
  {
    name: 'waiting-part-not-shown',
    story:
      'A part that waits for its sink is in nobody’s sight: the parts of all others are taken for ' +
      'useless, and given up for a cut ahead again and again.',
    file: 'packages/pair/src/checkpoint/part-writer.ts',
    find: 'if (!settled && awake - writing.begunAt < limits.hedgeMs) return null',
    replace: 'if (!settled) return null',
    caughtBy: ['scenario: sink-away-while-the-store-fills'],
    schedules: 0,
  },
  {
    name: 'apart-for-good',
    story:
      'Parts of the pairs are for cuts that differ, and none stores another: nobody calls them together, ' +
      'and no checkpoint completes any more.',
    file: 'packages/pair/src/checkpoint/cut-meeting.ts',
    find: 'this.#apartSince ??= this.#context.awake',
    replace: 'this.#apartSince = null',
    caughtBy: ['scenario: egress-lost-while-its-sink-is-away'],
    schedules: 0,
  },
  {
    name: 'part-read-by-halves',
    story: 'The first piece of a stored part is taken for all of it: what is restored lacks the rest.',
    file: 'packages/pair/src/checkpoint/part-reader.ts',
    find: 'last: reply.next === null }',
    replace: 'last: true }',
    caughtBy: ['lost', 'repeated', 'reordered', 'halted', 'stuck', 'crashed', 'diverged', 'unserved'],
    schedules: 200,
    focus: { ...RESTORES, limits: { imageSliceBytes: 40 } },
  },
  {
    name: 'reserve-eaten-by-empty-epochs',
    story:
      'With the log full, empty epochs go on behind the next cut for as long as the sink is away: they ' +
      'take the room of the checkpoint that would free the log.',
    file: 'packages/pair/src/ingress/log-ration.ts',
    find: 'if (next > cut && awake - this.#triedAt < limits.lostMs) return false',
    replace: '',
    caughtBy: ['scenario: sink-away-while-the-store-fills'],
    schedules: 0,
  },
]
