import { assert, must } from '@pollux/std'
import type { RowSet, SourcePosition, Value } from '@pollux/protocol'
import type { AnySource, ProbeReply, ReadReply, ReadRequest, SourcePlace, SourceReader } from '../source.ts'
import { type Claim, type Done, runClaim, type Steps } from './claim.ts'

/** Readers are numbered by the claim; closing one and opening another is what a restart does. */
export type SourceAsk =
  | { readonly ask: 'open'; readonly reader: number; readonly place: SourcePlace }
  | { readonly ask: 'close'; readonly reader: number }
  | { readonly ask: 'probe'; readonly reader: number }
  | { readonly ask: 'read'; readonly reader: number; readonly request: ReadRequest }

export type SourceReply = ReadReply | ProbeReply | null

type Asking<Result = void> = Steps<SourceAsk, SourceReply, Result>
type SourceClaim = Claim<SourceAsk, SourceReply>

/** Rows of a range, as text: equal texts are equal rows. */
interface Range {
  readonly from: SourcePosition
  readonly to: SourcePosition
  readonly rows: readonly string[]
  readonly bytes: number
  readonly ended: boolean
}

const ALONE: SourcePlace = { partition: 0, partitions: 1 }
/** Small enough for the rows of a test to come in several answers. */
const FEW_BYTES = 300
const MANY_BYTES = 1 << 24
const ANSWERS_MAX = 20_000

/**
 * What a replayable source holds to. To be run, each claim by itself, on a source that has some dozens of
 * rows and then ends, is not paced, and has no bad records.
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
      const large = yield* readAll(1, MANY_BYTES)
      expectSame('read in large answers', rowsOf(large), rowsOf(small))
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
      const ranges = yield* readAll(0, FEW_BYTES)
      for (const range of ranges.toReversed()) yield* expectRange(0, range)
      yield { ask: 'close', reader: 0 }
      yield { ask: 'open', reader: 1, place: ALONE }
      for (const range of ranges) yield* expectRange(1, range)
    },
  },
  {
    name: 'goes on from any position as if it had come there by reading',
    *steps() {
      const ranges = yield* readAll(0, FEW_BYTES)
      for (const [index, { from }] of ranges.entries()) {
        yield { ask: 'open', reader: 1 + index, place: ALONE }
        const rest = yield* readOn(1 + index, from, MANY_BYTES)
        expectSame(`the rest from ${show(from)}`, rowsOf(rest), rowsOf(ranges.slice(index)))
        yield { ask: 'close', reader: 1 + index }
      }
    },
  },
  {
    name: 'composes ranges, and answers one whole, however few bytes it is asked for',
    *steps() {
      const ranges = yield* readAll(0, FEW_BYTES)
      for (let from = 0; from < ranges.length; from += 1 + (from >>> 1)) {
        const parts = ranges.slice(from, from + 5)
        const whole = { ...parts[0]!, to: parts.at(-1)!.to, rows: rowsOf(parts) }
        yield* expectRange(0, whole)
      }
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

/**
 * Runs one claim on a source that nobody has opened yet.
 * @example
 * const rows = Array.from({ length: 50 }, (_, n) => ({ at: n, shop: 'tea', amount: n }))
 * let broken = 0
 * for (const claim of SOURCE_CLAIMS) {
 *   checkSource(claim, collection(Order, rows), (error) => {
 *     if (error !== null) broken += 1
 *   })
 * }
 * broken // -> 0
 */
export function checkSource(claim: SourceClaim, source: AnySource, done: Done): void {
  const readers = new Map<number, SourceReader>()
  const perform = (turn: SourceAsk, answer: (reply: SourceReply) => void): void => {
    if (turn.ask === 'open') readers.set(turn.reader, source.open(turn.place))
    const reader = must(readers.get(turn.reader), 'a claim opens what it asks')
    if (turn.ask === 'read') return reader.read(turn.request, answer)
    if (turn.ask === 'probe') return reader.probe(answer)
    if (turn.ask === 'close') {
      reader.close()
      readers.delete(turn.reader)
    }
    answer(null)
  }
  runClaim(claim, perform, (error) => {
    for (const reader of readers.values()) reader.close()
    done(error)
  })
}

function* readAll(reader: number, bytes: number): Asking<readonly Range[]> {
  yield { ask: 'open', reader, place: ALONE }
  return yield* readOn(reader, '', bytes)
}

/** From a position to the end, without the answers that hold nothing. */
function* readOn(reader: number, from: SourcePosition, bytes: number): Asking<readonly Range[]> {
  const ranges: Range[] = []
  let at = from
  for (let count = 0; count < ANSWERS_MAX; count++) {
    const range = yield* read(reader, { from: at, to: null, bytes, waitMs: 0 })
    if (range.rows.length > 0 || range.ended) ranges.push(range)
    if (range.ended) return ranges
    at = range.to
  }
  throw new Error(`no end after ${ANSWERS_MAX} answers: the claims need a source that ends`)
}

function* expectRange(reader: number, range: Range): Asking {
  const { from, to } = range
  const again = yield* read(reader, { from, to, bytes: 1, waitMs: 0 })
  assert(again.to === to, () => `asked for [${show(from)}, ${show(to)}), got up to ${show(again.to)}`)
  expectSame(`[${show(from)}, ${show(to)}) read again`, again.rows, range.rows)
}

function* read(reader: number, request: ReadRequest): Asking<Range> {
  const { to, rows, ended } = expectRows(yield* ask(reader, request))
  const bytes = rows === null ? 0 : 'byteLength' in rows ? rows.byteLength : rows.bytes.length
  return { from: request.from, to, rows: rows === null ? [] : textsOf(rows), bytes, ended }
}

function* ask(reader: number, request: ReadRequest): Asking<ReadReply> {
  const reply = yield { ask: 'read', reader, request }
  assert(reply !== null && reply.kind !== 'reached', 'a read was answered like a probe')
  return reply
}

function* expectReached(reader: number): Asking {
  const reply = yield { ask: 'probe', reader }
  assert(reply?.kind === 'reached', () => `a probe was answered with ${reply?.kind}`)
}

function expectRows(reply: ReadReply): ReadReply & { readonly kind: 'rows' } {
  assert(reply.kind === 'rows', () => `expected rows, got ${JSON.stringify(reply)}`)
  return reply
}

function rowsOf(ranges: readonly Range[]): string[] {
  return ranges.flatMap(({ rows }) => rows)
}

function textsOf(rows: RowSet): string[] {
  return Array.from({ length: rows.rows }, (_, row) =>
    rows.schema.columns.map(({ index }) => textOf(rows.value(index, row))).join(' | '),
  )
}

function textOf(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value} ${String(value)}`
}

function expectSame(what: string, found: readonly string[], expected: readonly string[]): void {
  const at = expected.findIndex((row, index) => row !== found[index])
  if (at < 0 && found.length === expected.length) return
  const place = at < 0 ? expected.length : at
  throw new Error(
    `${what}: ${found.length} rows, expected ${expected.length}; row ${place} is ${found[place]}, ` +
      `expected ${expected[place]}`,
  )
}

function show(position: SourcePosition): string {
  return JSON.stringify(position)
}
