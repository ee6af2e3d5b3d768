import { assert, must } from '@pollux/std'
import type { SourcePosition } from '@pollux/protocol'
import type { BadRecords, RejectedRecord } from '../source.ts'
import {
  ANSWERS_MAX,
  ask,
  type Asking,
  decide,
  describeRejected,
  expectAgain,
  expectComposed,
  expectRests,
  expectRows,
  expectSame,
  expectTold,
  FEW_BYTES,
  MANY_BYTES,
  type Range,
  readAll,
  readOn,
  rejectedOf,
  rowsOf,
  show,
  type SourceClaim,
} from './source-steps.ts'

/** With fewer, and no rows behind them, hardly anything could break these claims. */
const RECORDS_LEAST = 4

/**
 * What a replayable source holds to where it has bad records. To be run, each claim by itself, on a source
 * that has some dozens of rows with bad records between them and then ends, and is not paced.
 */
export const REJECTED_CLAIMS: readonly SourceClaim[] = [
  {
    name: 'tells of the same rows and bad records in few large answers as in many small ones',
    *steps() {
      const small = yield* readSome(0)
      expectTold('read in large answers', yield* readAll(1, MANY_BYTES), small)
    },
  },
  {
    name: 'goes on behind a bad record, from any position as if it had come there by reading',
    *steps() {
      yield* expectRests(yield* readSome(0))
    },
  },
  {
    name: 'tells of a bad record again where it was and as it was, in any order, also opened again',
    *steps() {
      yield* expectAgain(yield* readSome(0))
    },
  },
  {
    name: 'composes ranges of rows and bad records, however few bytes it is asked for',
    *steps() {
      yield* expectComposed(yield* readSome(0))
    },
  },
  {
    name: 'says of each bad record where it was, and what is wrong with it',
    *steps() {
      const places = new Set<string>()
      let from = ''
      for (const { to } of yield* readSome(0)) {
        for (const { where, error } of yield* recordsIn(0, from, to)) {
          assert(where !== '' && error !== '', () => `a bad record was told of as "${where}: ${error}"`)
          assert(!places.has(where), () => `two bad records were at ${where}`)
          places.add(where)
        }
        from = to
      }
    },
  },
  {
    name: 'counts the bytes of bad records with those of rows, to keep to about what it is asked for',
    *steps() {
      for (const { rows, rejected, bytes, from } of yield* readSome(0)) {
        const isBounded = rows.length + rejected.length === 1 || bytes <= 2 * FEW_BYTES
        assert(
          isBounded,
          () => `rows and bad records of ${bytes} bytes from ${show(from)}, asked for ${FEW_BYTES}`,
        )
      }
    },
  },
  {
    name: 'leaves bad records alone that it has given away',
    *steps() {
      const ranges = yield* readSome(0)
      const { from, to } = must(
        ranges.find(({ rejected }) => rejected.length > 0),
        'there are bad records',
      )
      const records = yield* recordsIn(0, from, to)
      const before = records.map(describeRejected)
      yield* readOn(0, to, FEW_BYTES)
      expectSame('given away, after reading on', records.map(describeRejected), before, 'record')
    },
  },
  {
    name: 'deals its bad records to partitions, each to one',
    *steps() {
      const whole = rejectedOf(yield* readSome(0))
      const dealt: string[] = []
      for (let partition = 0; partition < 3; partition++) {
        yield { ask: 'open', reader: 1 + partition, place: { partition, partitions: 3 } }
        dealt.push(...rejectedOf(yield* readOn(1 + partition, '', FEW_BYTES)))
      }
      expectSame('all partitions', dealt.sort(), [...whole].sort(), 'record')
    },
  },
  {
    name: 'has bad records in what is decided on, each once, and a twin comes to the same count and digest',
    *steps() {
      const ranges = yield* readSome(0)
      const [rows, records] = [rowsOf(ranges).length, rejectedOf(ranges).length]
      const letters = yield* decideAll(1, 'deadLetter')
      expectCount('rows and dead letters', letters.rows, rows + records)
      const skipped = yield* decideAll(3, 'skip')
      expectCount('rows without those left out', skipped.rows, rows)
      expectCount('records left out', skipped.skipped, records)
    },
  },
]

/** All in small answers; a source without bad records would break none of these claims. */
function* readSome(reader: number): Asking<readonly Range[]> {
  const ranges = yield* readAll(reader, FEW_BYTES)
  const first = ranges.findIndex(({ rejected }) => rejected.length > 0)
  const isFit = rejectedOf(ranges).length >= RECORDS_LEAST && rowsOf(ranges.slice(first + 1)).length > 0
  assert(isFit, () => {
    const what = `${rejectedOf(ranges).length} bad records in ${ranges.length} answers`
    return `${what}: these claims need some between some dozens of rows`
  })
  return ranges
}

/** The records of a range themselves. */
function* recordsIn(
  reader: number,
  from: SourcePosition,
  to: SourcePosition,
): Asking<readonly RejectedRecord[]> {
  return expectRows(yield* ask(reader, { from, to, bytes: FEW_BYTES, waitMs: 0 })).rejected ?? []
}

/** What a leader decides to the end, with a twin that reads what it has decided. */
function* decideAll(leader: number, badRecords: BadRecords): Asking<{ rows: number; skipped: number }> {
  const sums = { rows: 0, skipped: 0 }
  let from = ''
  for (let count = 0; count < ANSWERS_MAX; count++) {
    const request = { from, to: null, bytes: FEW_BYTES, waitMs: 0 }
    const first = yield* decide({ reader: leader, badRecords, request })
    const { to } = first
    const second = yield* decide({ reader: leader + 1, badRecords, request: { ...request, to } })
    for (const what of ['digest', 'skipped'] as const)
      expectCount(`${what} of a twin from ${show(from)}`, second[what], first[what])
    expectCount(`rows of a twin from ${show(from)}`, second.batch?.rows ?? 0, first.batch?.rows ?? 0)
    sums.rows += first.batch?.rows ?? 0
    sums.skipped += first.skipped
    if (first.ended) return sums
    from = to
  }
  throw new Error(`no end after ${ANSWERS_MAX} answers: the claims need a source that ends`)
}

function expectCount(what: string, found: number, expected: number): void {
  assert(found === expected, () => `${what}: ${found}, expected ${expected}`)
}
