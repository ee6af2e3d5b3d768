import type { Focus, Mutation } from '../mutation.ts'

const RESTORES: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain', checkpointEvery: 5 },
  faults: ['pair-loss', 'total-loss', 'sink-pause', 'store-pause', 'hang'],
  count: [2, 5],
}

export const CHECKPOINTS: readonly Mutation[] = [
  {
    name: 'checkpoint-while-rows-are-owed',
    story:
      'A checkpoint c counts while the sink’s record is at k < c: after a total loss everything ' +
      'restores at c, and the rows of (k, c] are never made again.',
    file: 'packages/pair/src/part-writer.ts',
    find: 'if (writing === null || !body.settledOutside(writing.owed)) return',
    replace: 'if (writing === null) return',
    caughtBy: ['lost', 'halted', 'stuck'],
    schedules: 200,
    focus: RESTORES,
  },
  {
    name: 'truncated-before-whole',
    story:
      'The log is cut at what is processed instead of at the checkpoint: nothing leads from one to ' +
      'the other.',
    file: 'packages/pair/src/end-life.ts',
    find: 'const through = ingress.standing.hasTwin ? Math.min(index, ingress.twinHolds) : index',
    replace: 'const through = ingress.book.processed',
    caughtBy: ['lost', 'halted', 'stuck', 'crashed'],
    schedules: 200,
    focus: RESTORES,
  },
  {
    name: 'parts-deleted-too-early',
    story:
      'Older parts are deleted when a checkpoint has been read back, before the run key says so: ' +
      'everybody dies, and what is to be restored is gone.',
    file: 'packages/pair/src/checkpoint-keeper.ts',
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
    file: 'packages/pair/src/output-side.ts',
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
    file: 'packages/pair/src/end-life.ts',
    find: 'const through = ingress.standing.hasTwin ? Math.min(index, ingress.twinHolds) : index',
    replace: 'const through = index',
    caughtBy: ['unserved', 'lost', 'halted', 'stuck', 'crashed'],
    schedules: 400,
    focus: {
      plan: { source: 'replayable', sink: 'transactional', checkpointEvery: 2 },
      faults: ['crash', 'slow', 'slow'],
      at: ['in'],
      aims: ['waiting', 'loading', 'replaying'],
      count: [3, 6],
      rows: 80,
    },
  },
  {
    name: 'part-stretched-by-an-epoch',
    story:
      'A part is said to be valid one epoch longer than it is: restored at the cut it claims, the replica ' +
      'lacks what came in between.',
    file: 'packages/pair/src/part-writer.ts',
    find: '    this.#passed = cut + 1\n    this.#begin(body, body.at, to)',
    replace: '    this.#passed = cut + 1\n    this.#begin(body, body.at, to + 1)',
    caughtBy: ['lost', 'repeated', 'reordered', 'halted', 'stuck', 'crashed', 'diverged', 'unserved'],
    schedules: 400,
    focus: { ...RESTORES, plan: { ...RESTORES.plan!, checkpointEvery: 2 } },
  },
]
