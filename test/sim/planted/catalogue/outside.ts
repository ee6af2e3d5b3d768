import type { Mutation } from '../mutation.ts'
import { PUSH } from './foci.ts'

/** What is asked of sources, and what is owed to clients. */
export const OUTSIDE: readonly Mutation[] = [
  {
    name: 'source-not-probed',
    story:
      'Whoever tries the outside tries only the store: a leader that cannot reach its source takes it for ' +
      'slow, because the store answers, and asks nobody.',
    file: 'packages/pair/src/life/outside-probe.ts',
    find: "return new Set(stage.source === 'push' ? [store] :",
    replace: 'return new Set(stage.source !== null ? [store] :',
    caughtBy: ['scenario: grey-failure-at-the-source'],
    schedules: 0,
  },
  {
    name: 'push-after-the-drain-kept',
    story: 'A request that comes after the epoch a drain stops at waits for a decision that nobody makes.',
    file: 'packages/pair/src/ingress/ingress-body.ts',
    find: 'if (drainAt === null || openTo !== null || next < drainAt) return null',
    replace: 'return null',
    caughtBy: ['unacknowledged'],
    schedules: 200,
    focus: { ...PUSH, faults: ['drain', 'drain', 'store-pause', 'crash'], rows: 80 },
  },
  {
    name: 'waiting-pushes-kept-at-the-drain',
    story: 'New requests are put off once a drain has stopped; one that waits already is forgotten.',
    file: 'packages/pair/src/ingress/ingress-body.ts',
    find: 'if (shut !== null) this.desk.shut(shut)',
    replace: '',
    caughtBy: ['unacknowledged'],
    schedules: 200,
    focus: { ...PUSH, faults: ['drain', 'drain', 'store-pause', 'crash'], rows: 80 },
  },
  {
    name: 'attempts-without-bound',
    story: 'A client that tries again while the store is away is remembered once for each attempt.',
    file: 'packages/pair/src/ingress/push-desk.ts',
    find: 'if (attempts.length >= this.#context.limits.attemptsMax) {',
    replace: 'if (attempts.length < 0) {',
    caughtBy: ['bound'],
    schedules: 200,
    focus: { ...PUSH, faults: ['store-pause', 'store-cut'], limits: { attemptsMax: 1 } },
  },
  {
    name: 'display-leaves-at-the-end',
    story:
      'A display leaves as soon as it knows that the run is finished: clients that lack its last rows, or ' +
      'the word that they are final, find nobody any more.',
    file: 'packages/pair/src/life/pair-life.ts',
    find: 'if (!this.#linger.stays(key, this.serves)) this.#leave',
    replace: 'this.#leave',
    caughtBy: ['scenario: display-stays-for-its-clients'],
    schedules: 0,
  },
]
