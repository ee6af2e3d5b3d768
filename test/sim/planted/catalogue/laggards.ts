import type { Mutation } from '../mutation.ts'

/** Who holds everybody up, and who only seems to: the one must go, the other stays. */
export const LAGGARDS: readonly Mutation[] = [
  {
    name: 'laggard-never-reported',
    story:
      'A replica that takes nothing any more fills its producers’ buffers, and they tell nobody: the ' +
      'pipeline stands still for as long as it takes to suspect it.',
    file: 'packages/pair/src/channel/output-channel.ts',
    find: 'if (own < freed && left',
    replace: 'if (own < 0 && left',
    caughtBy: ['scenario: laggard-removed'],
    schedules: 0,
  },
  {
    name: 'faster-twin-reported',
    story: 'Of two twins, the one that keeps up is reported as the one that does not.',
    file: 'packages/pair/src/channel/output-channel.ts',
    find: 'if (own < freed && left',
    replace: 'if (own > freed && left',
    caughtBy: ['scenario: laggard-removed'],
    schedules: 0,
  },
  {
    name: 'log-read-past-the-follower',
    story:
      'A founder reads its log back as fast as the store gives it, and its joiner, whom nothing ails, ' +
      'cannot be told of it as fast: it lacks too much, is dropped, and joins again, as often as that.',
    file: 'packages/pair/src/ingress/log-writer.ts',
    find: 'if (!this.readsNoMore) this.#read(phase.next)',
    replace: 'this.#read(phase.next)',
    caughtBy: ['scenario: long-log-behind-a-slow-link'],
    schedules: 0,
  },
  {
    name: 'kept-for-the-follower-by-number-only',
    story:
      'What a follower does not hold is kept for it up to a number of decisions, however many pushed bytes ' +
      'they hold: with the link to it down, they fill the memory of its leader.',
    file: 'packages/pair/src/life/follower-feed.ts',
    find: ', book.bytesAfter(twinHolds) / followerLagBytes',
    replace: '',
    caughtBy: ['scenario: large-decisions-for-one-who-is-away'],
    schedules: 0,
  },
  {
    name: 'laggard-kept',
    story: 'A replica is told that its twin holds everybody back, and does not remove it.',
    file: 'packages/pair/src/life/fact-finder.ts',
    find: "if (this.#twin.lags && !this.#waits()) return 'laggard'",
    replace: '',
    caughtBy: ['scenario: laggard-removed'],
    schedules: 0,
  },
  {
    name: 'waiting-for-the-sink-taken-for-lag',
    story:
      'A follower that has just joined acks what it retains, its leader what a slow sink has committed: ' +
      'the leader is removed for being behind.',
    file: 'packages/pair/src/life/fact-finder.ts',
    find: 'this.#waitsForSink() || ',
    replace: '',
    caughtBy: ['deposed'],
    schedules: 600,
    focus: {
      plan: { source: 'replayable', sink: 'transactional', step: 'chain' },
      faults: ['sink-slow'],
      count: [3, 5],
      limits: { markBytes: 300, windowBytes: 2000 },
      rows: 80,
    },
  },
  {
    name: 'behind-the-record-at-once',
    story:
      'A follower commits in place of its leader, which has heard nothing from the slow sink yet: ' +
      'the leader ' +
      'is removed for being behind the record in the moment in which it is told.',
    file: 'packages/pair/src/life/fact-finder.ts',
    find: 'return context.awake - this.#owed.since < graceMs(context.limits)',
    replace: 'return false',
    caughtBy: ['deposed'],
    schedules: 600,
    focus: {
      plan: { source: 'replayable', sink: 'idempotent', step: 'chain', delivery: 'lane' },
      faults: ['sink-slow'],
      count: [1, 2],
      limits: { markBytes: 300, windowBytes: 400 },
      rows: 60,
    },
  },
  {
    name: 'stopped-twin-taken-for-lag',
    story:
      'A former joiner, which did not stop at its mark, is ahead of its twin, which has: the twin is ' +
      'removed ' +
      'for being behind while a slow sink holds up both.',
    file: 'packages/pair/src/life/fact-finder.ts',
    find: ' || awake - this.#stoppedAt < graceMs(limits)',
    replace: '',
    caughtBy: ['deposed'],
    schedules: 600,
    focus: {
      plan: { source: 'replayable', sink: 'idempotent', step: 'chain' },
      faults: ['sink-slow'],
      count: [2, 3],
      limits: { markBytes: 200, windowBytes: 1000, frameBytes: 60 },
      rows: 120,
    },
  },
  {
    name: 'laggard-never-forgiven',
    story:
      'The word that a twin is too slow holds for ever: who could not write the view at the time ' +
      'removes it when it has long caught up.',
    file: 'packages/pair/src/life/twin-link.ts',
    find: 'saidAt !== undefined && now - saidAt < LAG_BEATS * limits.heartbeatMs',
    replace: 'saidAt !== undefined',
    caughtBy: ['scenario: laggard-of-the-past'],
    schedules: 0,
  },
  {
    name: 'no-link-counts-as-gone',
    story:
      'A consumer whose link has just been reset counts as one that has missed two heartbeats: at the ' +
      'mark it is removed before it can connect again.',
    file: 'packages/pair/src/channel/output-channel.ts',
    find: 'return heardAt !== undefined && this.#context.awake - heardAt >= ms',
    replace: 'return ![...this.#subscribers.values()].some((one) => one.incarnation === incarnation)',
    caughtBy: ['scenario: link-reset-at-the-mark'],
    schedules: 0,
  },
]
