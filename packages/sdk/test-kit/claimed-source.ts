import { checkSource } from '../src/io/contract/source-steps.ts'
import type { AnySource, ProbeReply, ReadReply, ReadRequest, SourcePlace } from '../src/io/source.ts'
import type { RowSchema } from '../src/schema/row-schema.ts'

export type Read = (request: ReadRequest, place: SourcePlace) => ReadReply
/** What makes one reader's way of reading; a wrong one may remember things. */
export type Reading = () => Read

/** A source that is read in this way. */
export function sourceOf(schema: RowSchema, reading: Reading, reached = true): AnySource {
  const open = (place: SourcePlace) => {
    const read = reading()
    return {
      read: (request: ReadRequest, answer: (reply: ReadReply) => void) => answer(read(request, place)),
      probe: (answer: (reply: ProbeReply) => void) =>
        answer(reached ? { kind: 'reached' } : { kind: 'unavailable', detail: 'away' }),
      close: () => undefined,
    }
  }
  return { description: 'items', schema, kind: 'replayable', open }
}

/** What a claim says of a source: that it holds, or why not. */
export function verdictOf(claim: Parameters<typeof checkSource>[0], source: AnySource): string {
  let verdict = 'no answer'
  checkSource(claim, source, (error) => (verdict = error?.message ?? 'holds'))
  return verdict
}
