import type { Mutation } from '../mutation.ts'
import { PUSH } from './foci.ts'

export const PUSHES: readonly Mutation[] = [
  {
    name: 'push-answered-when-held',
    story:
      'A client is told its rows are stored when they are decided: both twins die before the log has them.',
    file: 'packages/pair/src/ingress/ingress-body.ts',
    find: 'this.desk.onDurable(this.book.durable)',
    replace: 'this.desk.onDurable(this.book.tail)',
    caughtBy: ['unacknowledged'],
    schedules: 300,
    focus: PUSH,
  },
  {
    name: 'retry-answered-from-memory',
    story:
      'A retry finds its key in the table and is told "stored" while the first attempt is not durable yet.',
    file: 'packages/pair/src/ingress/push-desk.ts',
    find: 'if (index !== undefined ? index <= standing.durable : this.#keys.has(push.key)) {',
    replace: 'if (this.#keys.has(push.key)) {',
    caughtBy: ['unacknowledged'],
    schedules: 400,
    focus: { ...PUSH, faults: ['store-pause', 'store-flaky', 'pair-loss', 'total-loss'], count: [8, 12] },
  },
  {
    name: 'retry-does-not-wait',
    story: 'A retry whose first attempt still waits to be decided is taken in as a request of its own.',
    file: 'packages/pair/src/ingress/push-desk.ts',
    find: 'const first = !this.#clients.has(push.key) && index === undefined',
    replace: 'const first = index === undefined',
    caughtBy: ['repeated'],
    schedules: 300,
    focus: { ...PUSH, faults: ['store-pause', 'store-cut', 'hang'], rows: 80 },
  },
  {
    name: 'keys-not-in-image',
    story:
      'A joiner does not learn which requests were decided: it leads, the client asks again, the rows ' +
      'come twice.',
    file: 'packages/pair/src/ingress/ingress-body.ts',
    find: '        ...this.desk.image(book.processed),\n',
    replace: '',
    caughtBy: ['repeated'],
    schedules: 400,
    focus: { ...PUSH, faults: ['crash', 'crash', 'cut', 'store-flaky'], count: [4, 8], rows: 80 },
  },
  {
    name: 'push-decided-unread',
    story: 'A request that nobody can read is decided: it is in the log for good, and kills every successor.',
    file: 'packages/pair/src/ingress/push-desk.ts',
    find: ': this.#check.rows(push)',
    replace: ': null',
    caughtBy: ['crashed'],
    schedules: 20,
    focus: PUSH,
  },
  {
    name: 'keys-forgotten-too-early',
    story:
      'A key is forgotten while a retry of the same request is not too old yet: the answer was lost, the ' +
      'client asks again, and its rows are decided once more.',
    file: 'packages/pair/src/ingress/push-desk.ts',
    find: 'if (epoch >= at - 2 * window) return',
    replace: 'if (epoch >= at - window / 4) return',
    caughtBy: ['repeated'],
    schedules: 400,
    focus: {
      plan: { source: 'push', sink: 'transactional', keyWindowEpochs: 40 },
      faults: ['crash', 'hang', 'store-slow', 'store-pause'],
      at: ['in'],
    },
  },
  {
    name: 'push-larger-than-the-reserve',
    story:
      'A request is taken that is larger than what is reserved for the log: it never becomes durable, nor ' +
      'anything behind it.',
    file: 'packages/pair/src/ingress/push-check.ts',
    find: 'if (frame.bytes.length + key.length > bytesMax)',
    replace: 'if (key.length > bytesMax)',
    caughtBy: ['deposed', 'stuck', 'bound', 'repeated'],
    schedules: 20,
    focus: PUSH,
  },
  {
    name: 'follower-takes-pushes',
    story: 'A follower takes requests in: what it answers for, nobody decides.',
    file: 'packages/pair/src/ingress/push-desk.ts',
    find: "if (!standing.leads) return { kind: 'redirect', address: standing.leaderAddress }",
    replace: '',
    caughtBy: ['repeated', 'unacknowledged', 'stuck', 'lost'],
    schedules: 200,
    focus: PUSH,
  },
]
