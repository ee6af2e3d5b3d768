import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as egress from '@pollux/egress/files'
import * as ingress from '@pollux/ingress/files'
import { epoch, generation, type PendingRow, run, schema, SourceAdapter, t, type Value } from '@pollux/sdk'
import { expect, it } from 'vitest'

const Everything = schema({
  n: t.int32(),
  name: t.text(),
  shop: t.symbol({ cap: 10 }),
  at: t.timestamp(),
  amount: t.money(),
  share: t.float64(),
  paid: t.bool(),
  order: t.int64(),
  raw: t.bytes(),
  note: t.text().optional(),
})
const ROWS: readonly (readonly Value[])[] = [
  [1, 'a,b "c"\nd\r\n', 'tea', 5, -7, 0.1, true, 2n ** 63n - 1n, new Uint8Array([0, 255]), null],
  [2, '', '', -5, 2 ** 53 - 1, Number.NaN, false, -(2n ** 63n), new Uint8Array(0), ''],
  [3, '京\u{1f600}', '京', 0, 0, -Infinity, true, 0n, new Uint8Array([7]), 'null'],
]

it.each([
  ['csv', egress.csv(), ingress.csv(Everything)],
  ['ndjson', egress.ndjson(), ingress.ndjson(Everything)],
] as const)('what one pipeline writes as %s another one reads', async (extension, written, read) => {
  const folder = mkdtempSync(join(tmpdir(), 'pollux-round-'))
  const writer = egress
    .files(folder, { rows: written })
    .open({ partition: 0, partitions: 1, schema: Everything })
  const rows = ROWS.map((values, seq): PendingRow => ({ epoch: epoch(0), seq, values }))
  await new Promise((resolve) =>
    writer.open({ run: run(1), generation: generation(1), create: true }, resolve),
  )
  await new Promise((resolve) => writer.commit({ expect: epoch(0), record: epoch(1), rows }, resolve))
  const source = ingress.files(join(folder, `*/*/*.${extension}`), { rows: read })
  const found: Value[][] = []
  new SourceAdapter(source, { partition: 0, partitions: 1 }, () => 0).request(
    { kind: 'read', from: '', to: null, bytes: 1 << 20, waitMs: 0 },
    (answer) => {
      if (answer.kind !== 'rows' || answer.batch === null) throw new Error(JSON.stringify(answer))
      const { batch } = answer
      for (let row = 0; row < batch.rows; row++) {
        found.push(Everything.wire.columns.map(({ index }) => batch.value(index, row)))
      }
    },
  )
  rmSync(folder, { recursive: true })
  expect(found).toEqual(ROWS)
})
