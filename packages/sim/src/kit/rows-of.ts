import type { AnySource, ReadReply, SourceReader } from '@pollux/sdk'
import { SimulateError } from './author-error.ts'
import type { AuthorRow, PlainRow } from './given-rows.ts'

/** More is more than a test can want: the source does not end. */
const ROWS_MOST = 1_000_000
const READ_BYTES = 1 << 20
const ENDS =
  '. Try: a source that ends and waits for no clock (flatOut: true, follow: false), or rows by hand'

/**
 * All rows of a source that ends and answers at once, as a generator does that is flat out, and a collection:
 * to push them, to simulate with them, or to work out by hand what they come to.
 * @example
 * rowsOf(collection(Order, [{ at: 0, shop: 'tea', amount: 250 }]))
 * // -> [ { at: 0, shop: 'tea', amount: 250 } ]
 */
export function rowsOf(source: AnySource): readonly AuthorRow[] {
  const reader = source.open({ partition: 0, partitions: 1 })
  try {
    return allOf(source, reader)
  } finally {
    reader.close()
  }
}

function allOf(source: AnySource, reader: SourceReader): readonly AuthorRow[] {
  const all: AuthorRow[] = []
  let from = ''
  while (all.length < ROWS_MOST) {
    const reply = replyTo(source, reader, from)
    const { rows, rejected = [] } = reply
    for (let row = 0; row < (rows?.rows ?? 0); row++) {
      const cells = rows!.schema.columns.map(({ name, index }) => [name, rows!.value(index, row)])
      all.push(Object.fromEntries(cells) as PlainRow)
    }
    for (const record of rejected) all.push({ rejected: record })
    if (reply.ended) return all
    if (reply.to === from) refuse(source, `has nothing to read at ${JSON.stringify(from)}, and has not ended`)
    from = reply.to
  }
  return refuse(source, `has not ended after ${ROWS_MOST} rows`)
}

function replyTo(
  source: AnySource,
  reader: SourceReader,
  from: string,
): Extract<ReadReply, { kind: 'rows' }> {
  const replies: ReadReply[] = []
  reader.read({ from, to: null, bytes: READ_BYTES, waitMs: 0 }, (reply) => replies.push(reply))
  const [reply] = replies
  if (reply === undefined) return refuse(source, 'does not answer at once')
  if (reply.kind !== 'rows') {
    const how = reply.kind === 'failed' ? 'has failed' : `is ${reply.kind}`
    return refuse(source, `${how}: ${reply.detail}`, '')
  }
  return reply
}

/** What a source says itself tells what to do; only of one that is for something else is it told here. */
function refuse({ description }: AnySource, what: string, hint = ENDS): never {
  throw new SimulateError(`rowsOf: ${description} ${what}${hint}`)
}
