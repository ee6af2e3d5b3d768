import type { Focus, Mutation } from '../mutation.ts'

/** An ingress whose leader loses its twin, its store or its life, with decisions under way. */
const TAKE_OVER: Focus = {
  plan: { source: 'replayable', sink: 'transactional' },
  faults: ['crash', 'isolate', 'hang', 'cut', 'one-way', 'store-flaky', 'store-pause', 'store-cut'],
  at: ['in'],
  count: [2, 6],
}

/** Appends that land long after their author was given up for dead. */
const LATE_APPENDS: Focus = {
  plan: { source: 'replayable', sink: 'transactional' },
  faults: ['isolate', 'cut', 'store-flaky'],
  at: ['in'],
  count: [3, 6],
}

/** Final by twin only, and then nobody is left who knows. */
const UNDURABLE_LOSS: Focus = {
  plan: { source: 'replayable', sink: 'transactional' },
  faults: ['store-pause', 'pair-loss', 'total-loss'],
  at: ['in'],
  count: [2, 4],
}

export const DECISIONS: readonly Mutation[] = [
  {
    name: 'log-read-without-bound',
    story:
      'All of a long log is read at once: (1) the store takes longer for the answer than anybody waits; ' +
      '(2) it is given up; (3) the same is asked again, and so on.',
    file: 'packages/pair/src/ingress/log-writer.ts',
    find: 'most, bytes: Math.floor(limits.appendBytes * share)',
    replace: 'most: 1000, bytes: 1_000_000',
    caughtBy: ['scenario: long-log-in-a-slow-store'],
    schedules: 0,
  },
  {
    name: 'read-before-fence',
    story:
      'A new leader reads the log while its predecessor may still write, because its fence names the ' +
      'generation before: (1) A appends e, in flight; (2) B leads, reads, finds no e; (3) e lands; ' +
      '(4) B decides another e.',
    file: 'packages/pair/src/ingress/log-writer.ts',
    find:
      "if (older) {\n      this.#phase = { kind: 'fencing', generation }\n" +
      "      this.#send({ kind: 'fence', log: this.#context.pair, run: this.#context.run, generation " +
      '})',
    replace:
      "if (older) {\n      this.#phase = { kind: 'fencing', generation }\n" +
      "      this.#send({ kind: 'fence', log: this.#context.pair, run: this.#context.run, generation: " +
      '(generation - 1) as Generation })',
    caughtBy: ['unfenced'],
    schedules: 400,
    focus: LATE_APPENDS,
  },
  {
    name: 'fence-skipped',
    story: 'A new leader neither fences nor reads: it takes the log for what it has heard of it.',
    file: 'packages/pair/src/ingress/log-writer.ts',
    find: "if (older) {\n      this.#phase = { kind: 'fencing', generation }",
    replace:
      "if (phase.kind === 'closed') {\n      this.#phase = { kind: 'open', generation }\n      " +
      'this.#adopted = true\n    } else ' +
      "if (older) {\n      this.#phase = { kind: 'fencing', generation }",
    caughtBy: ['unfenced'],
    schedules: 400,
    focus: LATE_APPENDS,
  },
  {
    name: 'store-forgets-its-fence',
    story: 'The store answers a fence and does not keep it: a deposed leader goes on appending.',
    file: 'packages/pair/src/ports/memory-store.ts',
    find: '    log.generation = request.generation\n',
    replace: '',
    caughtBy: ['unfenced'],
    schedules: 400,
    focus: LATE_APPENDS,
  },
  {
    name: 'store-accepts-old-generation',
    story:
      'Runs are compared, generations are not: the old leader of the same run writes behind the new one.',
    file: 'packages/pair/src/ports/memory-store.ts',
    find: 'return request.run < log.run || (request.run === log.run && request.generation < log.generation)',
    replace: 'return request.run < log.run',
    caughtBy: ['unfenced'],
    schedules: 400,
    focus: LATE_APPENDS,
  },
  {
    name: 'lead-without-new-generation',
    story:
      'The twin that takes the lead keeps the generation: its fence does not exclude the one it follows.',
    file: 'packages/pair/src/life/view.ts',
    find: 'return { ...view, members, leader: stays, generation: nextGeneration(view) }',
    replace: 'return { ...view, members, leader: stays }',
    caughtBy: ['unfenced'],
    schedules: 400,
    focus: LATE_APPENDS,
  },
  {
    name: 'take-over-adopts-nothing',
    story:
      'The new leader fences and does not read: what became durable without it is decided a second time.',
    file: 'packages/pair/src/ingress/log-writer.ts',
    find: 'else if (tail < next) this.#open(generation)',
    replace: 'else if (tail < Infinity) this.#open(generation)',
    caughtBy: ['stuck', 'halted', 'diverged', 'lost', 'decision-rewritten'],
    schedules: 200,
    focus: TAKE_OVER,
  },
  {
    name: 'take-over-drops-its-tail',
    story:
      'A leader that takes over forgets what it holds beyond the durable log: (1) A proposes e, B ' +
      'holds it, so A sends frames of e; (2) A dies; (3) B drops e as not durable and decides anew.',
    file: 'packages/pair/src/ingress/log-writer.ts',
    find: 'else if (tail < next) this.#open(generation)',
    replace: 'else if (tail < next) { this.#book.reset(tail); this.#open(generation) }',
    caughtBy: ['lost', 'crashed', 'decision-rewritten', 'diverged', 'stuck', 'repeated'],
    schedules: 200,
    focus: TAKE_OVER,
  },
  {
    name: 'frames-before-final',
    story:
      'Frames of a decision leave while nobody else has it: the leader dies, its twin never heard of ' +
      'the decision and makes another one of the same epoch.',
    file: 'packages/pair/src/ingress/ingress-body.ts',
    find: 'if (twinIsMember) book.markFinal(this.twinHolds)',
    replace: 'book.markFinal(book.tail)',
    caughtBy: ['diverged', 'halted', 'lost', 'repeated', 'reordered'],
    schedules: 300,
    focus: TAKE_OVER,
  },
  {
    name: 'proposal-accepted-unheld',
    story: 'A follower says it holds one decision more than it does: that one is final for the leader alone.',
    file: 'packages/pair/src/life/end-life.ts',
    find: "this.#twin.send({ kind: 'accepted', index: tail })",
    replace: "this.#twin.send({ kind: 'accepted', index: tail + 1 })",
    caughtBy: ['unserved', 'diverged', 'halted', 'lost', 'crashed', 'stuck', 'repeated'],
    schedules: 300,
    focus: TAKE_OVER,
  },
  {
    name: 'proposals-not-in-image',
    story: 'A joiner becomes a member without the decisions that were proposed before it came.',
    file: 'packages/pair/src/ingress/ingress-body.ts',
    find: "const proposals = purpose === 'checkpoint' ? [] : book.pending()",
    replace: "const proposals = [] as ReturnType<DecisionBook['pending']>",
    caughtBy: ['stuck', 'diverged', 'halted', 'crashed', 'lost', 'decision-rewritten'],
    schedules: 300,
    focus: TAKE_OVER,
  },
  {
    name: 'durable-said-too-early',
    story:
      'An ingress says durable(e) when e is only final: the sink commits, both twins die before the ' +
      'log has e, and run + 1 decides another e.',
    file: 'packages/pair/src/ingress/ingress-body.ts',
    find: 'for (let index = this.book.durable + 1; index <= this.book.tail; index++) return',
    replace: 'for (let index = this.book.final + 1; index <= this.book.tail; index++) return',
    caughtBy: ['lost', 'repeated', 'reordered', 'halted', 'stuck'],
    schedules: 300,
    focus: UNDURABLE_LOSS,
  },
  {
    name: 'undurable-without-bound',
    story:
      'A leader whose store is silent decides on and on: what a loss of the pair withdraws has no bound.',
    file: 'packages/pair/src/ingress/decision-maker.ts',
    find: 'if (undurable >= undurableMax) return true',
    replace: '',
    caughtBy: ['bound'],
    schedules: 200,
    focus: { ...UNDURABLE_LOSS, faults: ['store-pause'], limits: { undurableMax: 4 } },
  },
  {
    name: 'offer-forgotten-while-draining',
    story:
      'While its promise is on the way a leader goes on deciding: the promise lands late, and the ' +
      'drain epoch is one that it has passed.',
    file: 'packages/pair/src/checkpoint/run-keeper.ts',
    find: 'return state.promised.includes(this.#context.pair) ? state.at : this.promise',
    replace: 'return state.promised.includes(this.#context.pair) ? state.at : null',
    caughtBy: ['stuck', 'lost', 'crashed', 'halted', 'diverged', 'bound'],
    schedules: 400,
    focus: {
      plan: { source: 'replayable', sink: 'transactional', sources: 2, checkpointEvery: 5 },
      faults: ['drain', 'crash', 'hang', 'coordinator-flaky', 'coordinator-cut'],
      at: ['in', 'in-1'],
      count: [3, 7],
    },
  },
  {
    name: 'watermark-ahead-of-rows',
    story:
      'A decision tells the watermark of all that was read: under pressure an empty epoch is sealed with ' +
      'it, and the rows that brought it are decided later, behind it.',
    file: 'packages/pair/src/ingress/source-reader.ts',
    find: 'return this.hasRows ? this.#taken : this.#newest.watermark',
    replace: 'return this.#newest.watermark',
    caughtBy: ['late'],
    schedules: 100,
    focus: {
      plan: { source: 'replayable', sink: 'transactional', step: 'windows' },
      faults: ['slow', 'sink-pause', 'slow-link'],
      count: [2, 5],
      limits: { markBytes: 800 },
      rows: 150,
    },
  },
  {
    name: 'proposal-dropped',
    story: 'After their link was cut the leader goes on behind the decision that the follower lacks.',
    file: 'packages/pair/src/life/follower-feed.ts',
    find: 'this.#fed ??= index',
    replace: 'this.#fed ??= index + 1',
    caughtBy: ['crashed', 'stuck', 'diverged', 'lost', 'halted'],
    schedules: 200,
    focus: { ...TAKE_OVER, faults: ['reset', 'crash', 'cut'], limits: { followerWindowMax: 100 } },
  },
  {
    name: 'follower-fed-all-at-once',
    story:
      'A link has been down for long; linked again, the leader says all that it has kept for its follower ' +
      'in one step, and no heartbeat comes through before it has.',
    file: 'packages/pair/src/life/follower-feed.ts',
    find: ' && this.#hasRoomFor(this.#fed + 1)',
    replace: '',
    caughtBy: ['bound'],
    schedules: 100,
    focus: { ...TAKE_OVER, faults: ['cut', 'reset', 'slow-link'] },
  },
  {
    name: 'window-of-the-follower-stays-shut',
    story: 'What the follower has accepted still counts as on its way: after one window it hears no more.',
    file: 'packages/pair/src/life/follower-feed.ts',
    find: 'const count = index - twinHolds',
    replace: 'const count = index',
    caughtBy: ['deposed'],
    schedules: 50,
    focus: {
      plan: { source: 'replayable', sink: 'transactional' },
      faults: ['store-slow'],
      count: [1, 2],
      limits: { followerLagMax: 30 },
      rows: 120,
    },
  },
  {
    name: 'promise-of-the-deposed-stands',
    story:
      'B leads and decides up to 29; A, deposed and unaware, promises that its pair stops at 28; B finds ' +
      'the promise made: there is no cut 28 of this pair, and the drain never ends.',
    file: 'packages/pair/src/checkpoint/run-keeper.ts',
    find: ' || promise > value.state.at\n',
    replace: '\n',
    caughtBy: ['scenario: deposed-leader-promises'],
    schedules: 0,
  },
]
