import { epoch, type PendingRow, schema, t } from '@pollux/sdk'

export const Item = schema({ id: t.int32(), name: t.text() })

/** Two rows an epoch, but none in every third, so that it is known what an egress up to a record holds. */
export function rowsOf(from: number, to: number): PendingRow[] {
  const rows: PendingRow[] = []
  for (let at = from; at < to; at++) {
    if (at % 3 === 2) continue
    for (let seq = 0; seq < 2; seq++) {
      rows.push({ epoch: epoch(at), seq, values: [at * 2 + seq, 'x'.repeat(at % 50)] })
    }
  }
  return rows
}

export function linesOf(from: number, to: number): readonly string[] {
  return rowsOf(from, to).map(({ values: [id, name] }) => JSON.stringify({ id, name }))
}
