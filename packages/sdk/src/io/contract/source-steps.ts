import { assert, must } from '@pollux/std'
import type { RowSet, SourcePosition, Value } from '@pollux/protocol'
import { type SourceAnswer, SourceAdapter } from '../source-adapter.ts'
import type {
  AnySource,
  BadRecords,
  ProbeReply,
  ReadReply,
  ReadRequest,
  RejectedRecord,
  SourcePlace,
  SourceReader,
} from '../source.ts'
import { type Claim, type Done, runClaim, type Steps } from './claim.ts'

/** Readers are numbered by the claim; closing one and opening another is what a restart does. */
export type SourceAsk =
  | { readonly ask: 'open'; readonly reader: number; readonly place: SourcePlace }
  | { readonly ask: 'close'; readonly reader: number }
  | { readonly ask: 'probe'; readonly reader: number }
  | { readonly ask: 'read'; readonly reader: number; readonly request: ReadRequest }
  | ({ readonly ask: 'decide' } & Deciding)

export type SourceReply = ReadReply | ProbeReply | Decided | null

/** What the core is told, by a policy, in place of what a reader says: nobody else opens that reader. */
interface Deciding {
  readonly reader: number
  readonly badRecords: BadRecords
  readonly request: ReadRequest
}

interface Decided {
  readonly kind: 'decided'
  readonly answer: SourceAnswer
}

export type Asking<Result = void> = Steps<SourceAsk, SourceReply, Result>
export type SourceClaim = Claim<SourceAsk, SourceReply>

/** What is told of a range, as text: equal texts are equal rows, and records. */
export interface Range {
  readonly from: SourcePosition
  readonly to: SourcePosition
  readonly rows: readonly string[]
  readonly rejected: readonly string[]
  /** Those of the records included. */
  readonly bytes: number
  readonly ended: boolean
}

export const ALONE: SourcePlace = { partition: 0, partitions: 1 }
/** Small enough for the rows of a test to come in several answers. */
export const FEW_BYTES = 300
export const MANY_BYTES = 1 << 24
export const ANSWERS_MAX = 20_000

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
  const adapters = new Map<number, SourceAdapter>()
  const decideBy = (
    { reader, badRecords, request }: Deciding,
    answer: (reply: SourceReply) => void,
  ): void => {
    const adapter = adapters.get(reader) ?? new SourceAdapter({ ...source, badRecords }, ALONE, () => 0)
    adapters.set(reader, adapter)
    adapter.request({ ...request, kind: 'read' }, (told) => answer({ kind: 'decided', answer: told }))
  }
  const perform = (turn: SourceAsk, answer: (reply: SourceReply) => void): void => {
    if (turn.ask === 'decide') return decideBy(turn, answer)
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
  runClaim(
    claim,
    perform,
    ({ ask: what, reader }) => `a ${what} of reader ${reader}`,
    (error) => {
      for (const reader of [...readers.values(), ...adapters.values()]) reader.close()
      done(error)
    },
  )
}

export function* readAll(reader: number, bytes: number): Asking<readonly Range[]> {
  yield { ask: 'open', reader, place: ALONE }
  return yield* readOn(reader, '', bytes)
}

/** From a position to the end, without the answers that hold nothing. */
export function* readOn(reader: number, from: SourcePosition, bytes: number): Asking<readonly Range[]> {
  const ranges: Range[] = []
  let at = from
  for (let count = 0; count < ANSWERS_MAX; count++) {
    const range = yield* read(reader, { from: at, to: null, bytes, waitMs: 0 })
    const isSomething = range.rows.length > 0 || range.rejected.length > 0
    if (isSomething || range.ended) ranges.push(range)
    if (range.ended) return ranges
    assert(!isSomething || range.to !== at, () => `tells of something at ${show(at)}, and stays there`)
    at = range.to
  }
  throw new Error(`no end after ${ANSWERS_MAX} answers: the claims need a source that ends`)
}

export function* expectRange(reader: number, range: Range): Asking {
  const { from, to } = range
  const again = yield* read(reader, { from, to, bytes: 1, waitMs: 0 })
  assert(again.to === to, () => `asked for [${show(from)}, ${show(to)}), got up to ${show(again.to)}`)
  expectTold(`[${show(from)}, ${show(to)}) read again`, [again], [range])
}

/** Each of these again: backwards by the reader they came from, then by one that is opened anew. */
export function* expectAgain(ranges: readonly Range[]): Asking {
  for (const range of ranges.toReversed()) yield* expectRange(0, range)
  yield { ask: 'close', reader: 0 }
  yield { ask: 'open', reader: 1, place: ALONE }
  for (const range of ranges) yield* expectRange(1, range)
}

/** From where each of these begins, the rest of them. */
export function* expectRests(ranges: readonly Range[]): Asking {
  for (const [index, { from }] of ranges.entries()) {
    yield { ask: 'open', reader: 1 + index, place: ALONE }
    const rest = yield* readOn(1 + index, from, MANY_BYTES)
    expectTold(`the rest from ${show(from)}`, rest, ranges.slice(index))
    yield { ask: 'close', reader: 1 + index }
  }
}

/** Neighbours among these, asked for as one. */
export function* expectComposed(ranges: readonly Range[]): Asking {
  for (let from = 0; from < ranges.length; from += 1 + (from >>> 1))
    yield* expectRange(0, joined(ranges.slice(from, from + 5)))
}

export function* read(reader: number, request: ReadRequest): Asking<Range> {
  const { to, rows, rejected = [], ended } = expectRows(yield* ask(reader, request))
  const ofRows = rows === null ? 0 : 'byteLength' in rows ? rows.byteLength : rows.bytes.length
  const bytes = rejected.reduce((sum, record) => sum + record.bytes.length, ofRows)
  const told = { rows: rows === null ? [] : textsOf(rows), rejected: rejected.map(describeRejected) }
  return { from: request.from, to, ...told, bytes, ended }
}

export function* ask(reader: number, request: ReadRequest): Asking<ReadReply> {
  const reply = yield { ask: 'read', reader, request }
  assert(isReply(reply), () => `a read was answered with ${describeReply(reply)}`)
  assert(
    reply !== null && reply.kind !== 'reached' && reply.kind !== 'decided',
    'a read was answered like a probe',
  )
  return reply
}

/** What the core is told of rows, where bad records are treated so. */
export function* decide(asked: Deciding): Asking<SourceAnswer & { readonly kind: 'rows' }> {
  const reply = yield { ask: 'decide', ...asked }
  assert(reply?.kind === 'decided', 'nobody was told')
  const { answer } = reply
  assert(answer.kind === 'rows', () => `expected rows, got ${JSON.stringify(answer)}`)
  return answer
}

export function* expectReached(reader: number): Asking {
  const reply = yield { ask: 'probe', reader }
  assert(reply?.kind === 'reached', () => `a probe was answered with ${reply?.kind}`)
}

function isReply(reply: unknown): boolean {
  return typeof (reply as { readonly kind?: unknown } | null | undefined)?.kind === 'string'
}

function describeReply(reply: unknown): string {
  return reply === undefined ? 'undefined' : JSON.stringify(reply)
}

export function expectRows(reply: ReadReply): ReadReply & { readonly kind: 'rows' } {
  assert(reply.kind === 'rows', () => `expected rows, got ${JSON.stringify(reply)}`)
  const { to, ended, rows } = reply as { readonly [Name in keyof typeof reply]: unknown }
  // It stands in decisions and checkpoints, and is compared with what comes back from there.
  assert(typeof to === 'string', () => `a position is a text, not ${describeReply(to)}`)
  assert(typeof ended === 'boolean', () => `ended is true or false, not ${describeReply(ended)}`)
  assert(typeof rows === 'object', () => `rows are a row set, or null, not ${describeReply(rows)}`)
  return reply
}

/** Neighbouring ranges as one. */
function joined(parts: readonly Range[]): Range {
  return { ...parts[0]!, to: parts.at(-1)!.to, rows: rowsOf(parts), rejected: rejectedOf(parts) }
}

export function rowsOf(ranges: readonly Range[]): string[] {
  return ranges.flatMap(({ rows }) => rows)
}

export function rejectedOf(ranges: readonly Range[]): string[] {
  return ranges.flatMap(({ rejected }) => rejected)
}

export function textsOf(rows: RowSet): string[] {
  return Array.from({ length: rows.rows }, (_, row) =>
    rows.schema.columns.map(({ index }) => textOf(rows.value(index, row))).join(' | '),
  )
}

function textOf(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value} ${String(value)}`
}

export function describeRejected({ where, error, bytes }: RejectedRecord): string {
  return `${where}: ${error} (${bytes.join(' ')})`
}

/** The same rows and the same bad records, each in their order. */
export function expectTold(what: string, found: readonly Range[], expected: readonly Range[]): void {
  expectSame(what, rowsOf(found), rowsOf(expected))
  expectSame(what, rejectedOf(found), rejectedOf(expected), 'record')
}

export function expectSame(
  what: string,
  found: readonly string[],
  expected: readonly string[],
  one: 'row' | 'record' = 'row',
): void {
  const at = expected.findIndex((row, index) => row !== found[index])
  if (at < 0 && found.length === expected.length) return
  const place = at < 0 ? expected.length : at
  throw new Error(
    `${what}: ${found.length} ${one}s, expected ${expected.length}; ${one} ${place} is ${found[place]}, ` +
      `expected ${expected[place]}`,
  )
}

export function show(position: SourcePosition): string {
  return JSON.stringify(position)
}
