import type { AnySource, ReadReply, SourcePlace, Value } from '@pollux/sdk'

const ALONE: SourcePlace = { partition: 0, partitions: 1 }

/** What one partition of a source gives until it ends, stops, or has nothing for now. */
export interface Everything {
  readonly rows: readonly (readonly Value[])[]
  readonly rejected: readonly string[]
  readonly answers: readonly ReadReply[]
  readonly to: string
}

export async function readAll(
  source: AnySource,
  bytes = 1 << 20,
  place = ALONE,
  from = '',
): Promise<Everything> {
  const reader = source.open(place)
  const rows: (readonly Value[])[] = []
  const rejected: string[] = []
  const answers: ReadReply[] = []
  let at = from
  for (;;) {
    const position = at
    const reply = await new Promise<ReadReply>((resolve) => {
      reader.read({ from: position, to: null, bytes, waitMs: 0 }, resolve)
    })
    answers.push(reply)
    if (reply.kind !== 'rows') break
    at = reply.to
    for (let row = 0; row < (reply.rows?.rows ?? 0); row++) {
      rows.push(reply.rows!.schema.columns.map(({ index }) => reply.rows!.value(index, row)))
    }
    rejected.push(...(reply.rejected ?? []).map(({ where, error }) => `${where}: ${error}`))
    if (reply.ended || at === position) break
  }
  reader.close()
  return { rows, rejected, answers, to: at }
}

export function lastOf({ answers }: Everything): ReadReply {
  return answers.at(-1)!
}
