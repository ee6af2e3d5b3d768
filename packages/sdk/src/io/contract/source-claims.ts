import { assert, must } from '@pollux/std'
import {
  ALONE,
  ANSWERS_MAX,
  ask,
  expectAgain,
  expectComposed,
  expectRange,
  expectReached,
  expectRests,
  expectRows,
  expectSame,
  expectTold,
  FEW_BYTES,
  MANY_BYTES,
  read,
  readAll,
  readOn,
  rowsOf,
  show,
  type SourceClaim,
  textsOf,
} from './source-steps.ts'

/**
 * What a replayable source holds to. To be run, each claim by itself, on a source that has some dozens of
 * rows and then ends, is not paced, and has no bad records: of those, `REJECTED_CLAIMS` tell.
 */
export const SOURCE_CLAIMS: readonly SourceClaim[] = [
  {
    name: 'gives the same rows in few large answers as in many small ones',
    *steps() {
      const small = yield* readAll(0, FEW_BYTES)
      assert(
        small.length > 2,
        () => `${small.length} answers: the claims need a source of some dozens of rows`,
      )
      expectTold('read in large answers', yield* readAll(1, MANY_BYTES), small)
    },
  },
  {
    name: 'keeps to about the bytes that it is asked for, but for one row',
    *steps() {
      for (const { rows, bytes, from } of yield* readAll(0, FEW_BYTES)) {
        const isBounded = rows.length === 1 || bytes <= 2 * FEW_BYTES
        assert(
          isBounded,
          () => `${rows.length} rows of ${bytes} bytes from ${show(from)}, asked for ${FEW_BYTES}`,
        )
      }
    },
  },
  {
    name: 'reads a range again as it was, in any order, also after it was opened again',
    *steps() {
      yield* expectAgain(yield* readAll(0, FEW_BYTES))
    },
  },
  {
    name: 'goes on from any position as if it had come there by reading',
    *steps() {
      yield* expectRests(yield* readAll(0, FEW_BYTES))
    },
  },
  {
    name: 'composes ranges, and answers one whole, however few bytes it is asked for',
    *steps() {
      yield* expectComposed(yield* readAll(0, FEW_BYTES))
    },
  },
  {
    name: 'gives a twin the rows that its leader has decided on, while both read',
    *steps() {
      yield { ask: 'open', reader: 0, place: ALONE }
      yield { ask: 'open', reader: 1, place: ALONE }
      let from = ''
      for (let count = 0; count < ANSWERS_MAX; count++) {
        const range = yield* read(0, { from, to: null, bytes: FEW_BYTES, waitMs: 0 })
        yield* expectRange(1, range)
        if (range.ended) return
        from = range.to
      }
    },
  },
  {
    name: 'stays ended',
    *steps() {
      const last = must((yield* readAll(0, MANY_BYTES)).at(-1), 'a source has an end')
      for (let count = 0; count < 2; count++) {
        const again = yield* read(0, { from: last.to, to: null, bytes: FEW_BYTES, waitMs: 0 })
        assert(again.ended && again.rows.length === 0, () => `goes on after it has ended at ${show(last.to)}`)
        assert(again.to === last.to, () => `has ended at ${show(last.to)}, and now at ${show(again.to)}`)
      }
    },
  },
  {
    name: 'leaves rows alone that it has given away',
    *steps() {
      yield { ask: 'open', reader: 0, place: ALONE }
      const reply = yield* ask(0, { from: '', to: null, bytes: FEW_BYTES, waitMs: 0 })
      const { rows, to } = expectRows(reply)
      assert(rows !== null, 'no rows in the first answer')
      const before = textsOf(rows)
      yield* readOn(0, to, FEW_BYTES)
      expectSame('rows given away, after reading on', textsOf(rows), before)
    },
  },
  {
    name: 'deals its rows to partitions, each row to one',
    *steps() {
      const whole = rowsOf(yield* readAll(0, MANY_BYTES))
      const dealt: string[] = []
      for (let partition = 0; partition < 3; partition++) {
        yield { ask: 'open', reader: 1 + partition, place: { partition, partitions: 3 } }
        dealt.push(...rowsOf(yield* readOn(1 + partition, '', FEW_BYTES)))
      }
      expectSame('the rows of all partitions', dealt.sort(), [...whole].sort())
    },
  },
  {
    name: 'calls a position gone that it never gave',
    *steps() {
      yield { ask: 'open', reader: 0, place: ALONE }
      for (const from of ['no position', '-1', '1e99']) {
        const reply = yield* ask(0, { from, to: null, bytes: FEW_BYTES, waitMs: 0 })
        assert(reply.kind === 'gone', () => `${show(from)} is a position to it: ${reply.kind}`)
      }
    },
  },
  {
    name: 'answers a probe, before it has read and after',
    *steps() {
      yield { ask: 'open', reader: 0, place: ALONE }
      yield* expectReached(0)
      yield* readOn(0, '', MANY_BYTES)
      yield* expectReached(0)
    },
  },
]
