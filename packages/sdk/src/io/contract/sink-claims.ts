import type { PendingRow } from '@pollux/protocol'
import type { SinkAsk } from '../sink.ts'
import { row, version } from './claimed-rows.ts'
import { commit, committed, conflict, open, record, upsert } from './sink-asks.ts'
import { both, expectReply, expectSame, expectStored, type SinkClaim } from './sink-steps.ts'

/** What both kinds hold to; `write` is how the kind writes a row beyond what is there. */
function sessionClaims(write: (from: number, to: number, rows: readonly PendingRow[]) => SinkAsk) {
  const claims: readonly SinkClaim[] = [
    {
      name: 'has no record before it was begun, and begins at 0',
      *steps() {
        yield* expectReply(0, { kind: 'probe' }, { kind: 'missing' })
        yield* expectReply(0, open(1, 1, false), { kind: 'missing' })
        yield* expectReply(0, open(1, 1, true), record(0))
        yield* expectReply(1, { kind: 'probe' }, record(0))
      },
    },
    {
      name: 'keeps its record and its rows when everybody has gone',
      *steps() {
        yield* expectReply(0, open(1, 1, true), record(0))
        yield* expectReply(0, write(0, 4, [row(3, 1, 'a')]), committed(4))
        yield { ask: 'restart' }
        yield* expectReply(0, open(2, 1, false), record(4))
        yield* expectStored([row(3, 1, 'a')])
      },
    },
    {
      name: 'moves its record where there are no rows, also many times',
      *steps() {
        yield* expectReply(0, open(1, 1, true), record(0))
        for (let at = 0; at < 12; at += 3) {
          yield* expectReply(0, write(at, at + 3, []), committed(at + 3))
          if (at === 6) yield { ask: 'restart' }
          yield* expectReply(0, open(1, 2 + at, false), record(at + 3))
        }
        yield* expectReply(0, write(12, 13, [row(12, 1, 'a')]), committed(13))
        yield* expectReply(0, write(13, 14, []), committed(14))
        yield { ask: 'restart' }
        yield* expectReply(0, { kind: 'probe' }, record(14))
        yield* expectStored([row(12, 1, 'a')])
      },
    },
    {
      name: 'is opened again by the same generation: an answer may have been lost',
      *steps() {
        yield* expectReply(0, open(1, 1, true), record(0))
        yield* expectReply(0, open(1, 1, true), record(0))
        yield* expectReply(0, write(0, 2, []), committed(2))
        yield* expectReply(0, open(1, 1, true), record(2))
      },
    },
    {
      name: 'refuses an older session once a newer one is open, and compares run before generation',
      *steps() {
        yield* expectReply(0, open(1, 9, true), record(0))
        yield* expectReply(1, open(2, 1, false), record(0))
        yield* expectReply(0, open(1, 10, true), { kind: 'fenced' })
        yield* expectReply(1, write(0, 1, []), committed(1))
        yield { ask: 'restart' }
        yield* expectReply(0, open(1, 11, false), { kind: 'fenced' })
        yield* expectReply(0, open(2, 0, false), { kind: 'fenced' })
        yield* expectReply(0, open(2, 2, false), record(1))
      },
    },
    {
      name: 'gives back values of every kind as they were written',
      *steps() {
        const rows = [
          row(0, 1, ''),
          row(0, 2, 'a,b "c"\nd\r\n\te 京 \u{1f600} \\'),
          row(1, 3, 'null', { note: '', share: -0.1, amount: -5, order: -(2n ** 63n) }),
          row(1, 4, 'x', {
            note: 'n',
            share: 1e300,
            amount: 2 ** 53 - 1,
            order: 2n ** 63n - 1n,
            paid: false,
          }),
          row(1, 5, 'x', { share: Number.NaN }),
          row(1, 6, 'x', { share: Number.NEGATIVE_INFINITY }),
          row(1, 7, 'x', { raw: new Uint8Array([0, 10, 255, 34]) }),
          row(1, 8, 'x', { raw: new Uint8Array(0) }),
        ]
        yield* expectReply(0, open(1, 1, true), record(0))
        yield* expectReply(0, write(0, 2, rows), committed(2))
        yield* expectStored(rows)
      },
    },
  ]
  return claims
}

const TRANSACTIONAL_CLAIMS: readonly SinkClaim[] = [
  ...sessionClaims((expect, to, rows) => commit(expect, to, rows)),
  {
    name: 'commits only on the record expected, and says what it is otherwise',
    *steps() {
      yield* expectReply(0, open(1, 1, true), record(0))
      yield* expectReply(0, commit(0, 3, [row(0, 1, 'a'), row(2, 2, 'b')]), committed(3))
      yield* expectReply(0, commit(0, 3, [row(0, 1, 'a'), row(2, 2, 'b')]), conflict(3))
      yield* expectReply(0, commit(0, 5, [row(4, 3, 'c')]), conflict(3))
      yield* expectReply(0, commit(4, 5, [row(4, 3, 'c')]), conflict(3))
      yield* expectStored([row(0, 1, 'a'), row(2, 2, 'b')])
      yield* expectReply(0, commit(3, 5, [row(4, 3, 'c')]), committed(5))
      yield* expectStored([row(0, 1, 'a'), row(2, 2, 'b'), row(4, 3, 'c')])
    },
  },
  {
    name: 'lets a twin that opened no session commit, on the same condition',
    *steps() {
      yield* expectReply(0, open(1, 1, true), record(0))
      yield* expectReply(1, commit(0, 2, [row(1, 1, 'a')]), committed(2))
      yield* expectReply(0, commit(0, 2, [row(1, 1, 'a')]), conflict(2))
      yield* expectReply(0, commit(2, 3, [row(2, 2, 'b')]), committed(3))
      yield* expectReply(1, commit(2, 3, [row(2, 2, 'b')]), conflict(3))
      yield* expectStored([row(1, 1, 'a'), row(2, 2, 'b')])
    },
  },
  {
    name: 'lets one of two win that commit at the same time',
    *steps() {
      yield* expectReply(0, open(1, 1, true), record(0))
      const expected: PendingRow[] = []
      for (let at = 0; at < 20; at += 2) {
        const mine = [row(at, at, 'both')]
        // With rows and without, and as far as each has come: only one may be there afterwards.
        const requests = [commit(at, at + 2, mine), commit(at, at + 2, at % 4 === 0 ? [] : mine)] as const
        const [one, other] = yield* both(requests)
        const isOne = one.kind === 'committed'
        const [winner, loser] = isOne ? [one, other] : [other, one]
        expectSame('the winner', winner, committed(at + 2))
        expectSame('the loser', loser, conflict(at + 2))
        if (isOne || at % 4 !== 0) expected.push(...mine)
        yield* expectStored(expected)
      }
    },
  },
  {
    name: 'takes nothing of a session that has been fenced',
    *steps() {
      yield* expectReply(0, open(1, 1, true), record(0))
      yield* expectReply(0, commit(0, 1, [row(0, 1, 'a')]), committed(1))
      yield* expectReply(1, open(1, 2, false), record(1))
      yield* expectReply(0, commit(1, 2, [row(1, 2, 'old')]), { kind: 'fenced' })
      yield* expectStored([row(0, 1, 'a')])
      yield* expectReply(1, commit(1, 2, [row(1, 2, 'new')]), committed(2))
      yield* expectStored([row(0, 1, 'a'), row(1, 2, 'new')])
    },
  },
]

const IDEMPOTENT_CLAIMS: readonly SinkClaim[] = [
  ...sessionClaims((_, to, rows) => upsert(to, rows)),
  {
    name: 'keeps the newer of two rows of a key, whichever comes first',
    *steps() {
      yield* expectReply(0, open(1, 1, true), record(0))
      yield* expectReply(0, upsert(3, [version(2, 5, 'new')]), committed(3))
      yield* expectReply(0, upsert(3, [version(2, 4, 'older seq')]), committed(3))
      yield* expectReply(0, upsert(3, [version(1, 9, 'older epoch')]), committed(3))
      yield* expectStored([version(2, 5, 'new')])
      yield* expectReply(1, upsert(5, [version(4, 0, 'newer')]), committed(5))
      yield* expectStored([version(4, 0, 'newer')])
      yield { ask: 'restart' }
      yield* expectReply(0, upsert(5, [version(3, 7, 'late')]), committed(5))
      yield* expectStored([version(4, 0, 'newer')])
    },
  },
  {
    name: 'stays the same when all is written again, and its record never falls',
    *steps() {
      yield* expectReply(0, open(1, 1, true), record(0))
      const rows = [row(0, 1, 'a'), row(2, 2, 'b')]
      yield* expectReply(0, upsert(3, rows), committed(3))
      yield* expectReply(1, upsert(1, rows.slice(0, 1)), committed(3))
      yield* expectReply(0, upsert(3, rows), committed(3))
      yield* expectStored(rows)
    },
  },
]

/** What a sink holds to, by its kind. Each claim wants a sink that holds nothing. */
export const SINK_CLAIMS = { transactional: TRANSACTIONAL_CLAIMS, idempotent: IDEMPOTENT_CLAIMS } as const
