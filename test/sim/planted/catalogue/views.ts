import type { Focus, Mutation } from '../mutation.ts'

const CHURN: Focus = {
  plan: { source: 'replayable', sink: 'transactional', step: 'chain' },
  faults: ['crash', 'hang', 'isolate', 'cut', 'one-way', 'coordinator-flaky', 'coordinator-cut'],
  count: [3, 6],
}

export const VIEWS: readonly Mutation[] = [
  {
    name: 'one-death-counts-as-loss',
    story:
      'A pair counts as lost when one of its members is dead: every crash throws the whole pipeline back.',
    file: 'packages/pair/src/life/view.ts',
    find: 'return view.members.every((m) => view.waiting.some((w) => w.lane === m.lane))',
    replace: 'return view.members.some((m) => view.waiting.some((w) => w.lane === m.lane))',
    caughtBy: ['rolled-back'],
    schedules: 400,
    // A survivor that cannot write its twin's removal still lists it when the successor comes.
    focus: { ...CHURN, faults: ['crash', 'coordinator-cut'] },
  },
  {
    name: 'swap-without-version',
    story:
      'Run and checkpoint live in one key, but it is written blindly: (1) P reads "last is c"; (2) c2 ' +
      'completes and truncates; (3) P starts run + 1 at c, whose decisions are gone.',
    file: 'packages/pair/src/ports/memory-coordinator.ts',
    find: 'if (request.version !== version) return',
    replace: "if (request.version !== version && request.key !== 'run') return",
    caughtBy: ['stuck', 'halted', 'lost', 'crashed', 'repeated', 'rolled-back', 'unserved'],
    schedules: 400,
    focus: {
      ...CHURN,
      faults: ['pair-loss', 'total-loss', 'coordinator-flaky', 'drain'],
      plan: { source: 'replayable', sink: 'transactional', step: 'chain', checkpointEvery: 3 },
    },
  },
  {
    name: 'view-written-blindly',
    story: 'Both twins, cut off from each other, remove each other: each stays alone, and each decides.',
    file: 'packages/pair/src/ports/memory-coordinator.ts',
    find: 'if (request.version !== version) return',
    replace: "if (request.version !== version && !request.key.startsWith('view/')) return",
    caughtBy: ['unfenced', 'unserved', 'stuck', 'diverged'],
    schedules: 300,
    focus: CHURN,
  },
  {
    name: 'removed-and-still-there',
    story:
      'A replica that its view no longer lists lives on instead of leaving: its lane stays empty, and the ' +
      'next failure finds nobody.',
    file: 'packages/pair/src/life/pair-life.ts',
    find: "    if (this.own.standing === 'gone') {\n",
    replace: "    if (this.own.standing === ('never' as string)) {\n",
    caughtBy: ['stuck', 'halted', 'crashed', 'diverged', 'rolled-back'],
    schedules: 300,
    focus: { ...CHURN, faults: ['hang', 'isolate', 'cut', 'slow'] },
  },
  {
    name: 'stale-view-refuses',
    story:
      'A producer judges by the view it happens to know: a legitimate successor that it has not heard ' +
      'of is refused.',
    file: 'packages/pair/src/channel/output-side.ts',
    find: "if (refusal === 'not-in-view') {",
    replace: "if (refusal === ('none' as string)) {",
    caughtBy: ['stuck', 'halted', 'lost', 'crashed', 'diverged', 'unserved'],
    schedules: 300,
    focus: CHURN,
  },
  {
    name: 'twin-of-another-pair',
    story:
      'An address has been taken over by another pair, where the same number is listed: each takes the ' +
      'other for its twin.',
    file: 'packages/pair/src/life/twin-door.ts',
    find: 'if (pair !== this.#context.pair || lane === this.#context.identity.lane) {',
    replace: 'if (lane === this.#context.identity.lane) {',
    caughtBy: ['scenario: address-taken-over'],
    schedules: 0,
  },
  {
    name: 'last-live-member-removed',
    story:
      'A joiner that has no state yet believes its neighbours that the survivor is lost, or too slow, and ' +
      'takes its place: nobody is left who knows anything.',
    file: 'packages/pair/src/life/own-view.ts',
    find: 'if (facts.loaded && facts.twinLost !== null) {',
    replace: 'if (facts.twinLost !== null) {',
    caughtBy: ['rolled-back', 'crashed', 'lost', 'stuck', 'diverged', 'halted', 'unserved'],
    schedules: 300,
    focus: {
      ...CHURN,
      faults: ['crash', 'isolate'],
      aims: ['loading', 'subscribing', 'holding-acks', 'streaming'],
    },
  },
  {
    name: 'run-and-checkpoint-in-two-keys',
    story:
      'A run is begun on the condition that the run is unchanged, whatever has happened to the checkpoint: ' +
      '(1) P reads "last is c"; (2) c2 completes, the logs are cut to c2; (3) P starts run + 1 at c.',
    file: 'packages/pair/src/ports/memory-coordinator.ts',
    find: 'if (request.version !== version) return',
    replace:
      "if (request.version !== version && !(request.value.kind === 'run' && value?.kind === 'run' && " +
      'request.value.run === value.run + 1)) return',
    caughtBy: ['stuck', 'halted', 'lost', 'crashed', 'repeated', 'rolled-back', 'unserved'],
    schedules: 400,
    focus: {
      ...CHURN,
      faults: ['pair-loss', 'coordinator-flaky', 'coordinator-slow'],
      plan: { source: 'replayable', sink: 'transactional', step: 'chain', checkpointEvery: 2 },
    },
  },
]
