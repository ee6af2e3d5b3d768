import { assert, must } from '@pollux/std'
import type { PendingRow, Value } from '@pollux/protocol'
import { askSink } from '../ask-sink.ts'
import type {
  IdempotentWriter,
  SinkAnswer,
  SinkAsk,
  SinkPlace,
  StoredSink,
  TransactionalWriter,
} from '../sink.ts'
import { type Claim, type Done, type Perform, runClaim, type Steps } from './claim.ts'
import { ClaimedRow } from './claimed-rows.ts'

/**
 * Writers are numbered by the claim, and opened when they are first asked; `restart` closes all. `stored`
 * asks for the rows that a reader of the sink finds.
 */
export type SinkTurn =
  | { readonly ask: 'put'; readonly writer: number; readonly request: SinkAsk }
  | { readonly ask: 'both'; readonly requests: readonly [SinkAsk, SinkAsk] }
  | { readonly ask: 'restart' }
  | { readonly ask: 'stored' }

export type SinkTurnReply =
  | { readonly replies: readonly SinkAnswer[] }
  | { readonly rows: readonly (readonly Value[])[]; readonly inOrder: boolean }

export type Asking<Result = void> = Steps<SinkTurn, SinkTurnReply, Result>
export type SinkClaim = Claim<SinkTurn, SinkTurnReply>

/** A sink that holds nothing yet, and a way to read what it holds: if transactional, in order. */
export interface SinkUnderTest {
  readonly sink: StoredSink
  readonly stored: (answer: (rows: readonly (readonly Value[])[]) => void) => void
}

const PLACE: SinkPlace = { partition: 0, partitions: 1, schema: ClaimedRow }

/**
 * Runs one claim on a sink that holds nothing yet.
 * @example
 * let broken = 0
 * for (const claim of SINK_CLAIMS.transactional) {
 *   const sink = collect()
 *   const stored: SinkUnderTest['stored'] = (answer) =>
 *     answer(sink.rows().map((row) => Object.values(row) as Value[]))
 *   checkSink(claim, { sink, stored }, (error) => {
 *     if (error !== null) broken += 1
 *   })
 * }
 * broken // -> 0
 */
export function checkSink(claim: SinkClaim, { sink, stored }: SinkUnderTest, done: Done): void {
  let writers: (TransactionalWriter | IdempotentWriter)[] = []
  const writerOf = (index: number): TransactionalWriter | IdempotentWriter => {
    while (writers.length <= index) writers.push(sink.open(PLACE))
    return must(writers[index], 'opened right here')
  }
  const closeAll = (): void => {
    for (const writer of writers) writer.close()
    writers = []
  }
  const perform: Perform<SinkTurn, SinkTurnReply> = (turn, answer, fail) => {
    switch (turn.ask) {
      case 'put':
        return askSink(writerOf(turn.writer), turn.request, (reply) => answer({ replies: [reply] }))
      case 'both':
        return putBoth(turn.requests, writerOf, (replies) => answer({ replies }), fail)
      case 'restart':
        closeAll()
        return answer({ replies: [] })
      case 'stored':
        return stored((rows) => answer({ rows, inOrder: sink.kind === 'transactional' }))
    }
  }
  const describe = (turn: SinkTurn): string =>
    turn.ask === 'put' ? `${turn.request.kind} of writer ${turn.writer}` : turn.ask
  runClaim(claim, perform, describe, (error) => {
    closeAll()
    done(error)
  })
}

function putBoth(
  requests: readonly [SinkAsk, SinkAsk],
  writerOf: (index: number) => TransactionalWriter | IdempotentWriter,
  answer: (replies: readonly SinkAnswer[]) => void,
  fail: (error: Error) => void,
): void {
  const replies: SinkAnswer[] = []
  let missing = requests.length
  for (const [index, request] of requests.entries()) {
    askSink(writerOf(index), request, (reply) => {
      const what = `${request.kind} of writer ${index}`
      if (!isAnswer(reply)) return fail(new Error(`${what} was answered with ${typeof reply}`))
      if (replies[index] !== undefined) return fail(new Error(`${what} was answered twice`))
      replies[index] = reply
      missing -= 1
      if (missing === 0) answer(replies)
    })
  }
}

export function* expectReply(writer: number, request: SinkAsk, expected: SinkAnswer): Asking {
  const reply = yield { ask: 'put', writer, request }
  assert('replies' in reply, 'a request was answered with rows')
  const [answer] = reply.replies
  assert(isAnswer(answer), () => `${request.kind} of writer ${writer} was answered with ${typeof answer}`)
  expectSame(`writer ${writer}, ${request.kind}`, reply.replies[0], expected)
}

function isAnswer(reply: unknown): boolean {
  return typeof (reply as { readonly kind?: unknown } | null | undefined)?.kind === 'string'
}

export function* both(requests: readonly [SinkAsk, SinkAsk]): Asking<readonly [SinkAnswer, SinkAnswer]> {
  const reply = yield { ask: 'both', requests }
  assert('replies' in reply && reply.replies.length === 2, 'two requests have two answers')
  return reply.replies as readonly [SinkAnswer, SinkAnswer]
}

export function* expectStored(expected: readonly PendingRow[]): Asking {
  const reply = yield { ask: 'stored' }
  assert('rows' in reply, 'what is stored was answered with replies')
  const texts = [reply.rows.map(textOf), expected.map(({ values }) => textOf(values))]
  if (!reply.inOrder) for (const each of texts) each.sort()
  expectSame('what is stored', texts[0], texts[1])
}

export function expectSame(what: string, found: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)]
  assert(one === other, () => `${what}: expected ${other}, got ${one}`)
}

function textOf(values: readonly Value[]): string {
  return values.map((value) => `${value === null ? 'null' : typeof value} ${String(value)}`).join(' | ')
}
