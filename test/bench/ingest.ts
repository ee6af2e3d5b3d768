import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { csv, files, ndjson } from '@pollux/ingress/files'
import { orders, PROVINCE_NAMES } from '@pollux/ingress/generator'
import { type AnySource, schema, SourceAdapter, t } from '@pollux/sdk'
import { measure } from './measure.ts'
import type { Suite } from './suite.ts'

const ROWS = 1_000_000
const Sale = schema({ time: t.timestamp(), province: t.symbol(PROVINCE_NAMES), amount: t.money() })
const LF = 0x0a
const COMMA = 0x2c
const ZERO = 0x30

/** A reader with the digest, the watermark and all that the core is told, and beside it a loop. */
export const ingest: Suite = {
  name: 'ingest',
  title: 'Ingress: rows per CPU second into columns, in one process',
  run: () => {
    const folder = mkdtempSync(join(tmpdir(), 'pollux-bench-'))
    try {
      const sales = salesOf(ROWS)
      writeFileSync(
        join(folder, 'sales.csv'),
        `time,province,amount\n${sales.map((sale) => sale.join(',')).join('\n')}\n`,
      )
      const line = ([time, province, amount]: Sold) => JSON.stringify({ time, province, amount })
      writeFileSync(join(folder, 'sales.ndjson'), `${sales.map(line).join('\n')}\n`)
      return [
        ['rows of (time, province, amount)', 'M rows/s', 'ns a row', 'written by hand: ns a row', 'ratio'],
        row(
          'CSV file',
          files(join(folder, 'sales.csv'), { rows: csv(Sale), eventTime: 'time' }),
          csvByHand(folder),
        ),
        row(
          'NDJSON file',
          files(join(folder, 'sales.ndjson'), { rows: ndjson(Sale), eventTime: 'time' }),
          ndjsonByHand(folder),
        ),
        row('orders() (six columns)', orders({ rate: 1_000_000, rows: ROWS, flatOut: true }), null),
      ]
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

type Sold = readonly [time: number, province: string, amount: number]

function salesOf(count: number): readonly Sold[] {
  const sales: Sold[] = []
  const adapter = new SourceAdapter(orders({ rate: 100_000, rows: count, flatOut: true }), ALONE, () => 0)
  readAll(adapter, (batch) => {
    const [times, provinces, amounts] = [1, 2, 5].map((column) => batch.data(column))
    for (let at = 0; at < batch.rows; at++)
      sales.push([times![at]!, PROVINCE_NAMES[provinces![at]!]!, amounts![at]!])
  })
  return sales
}

const ALONE = { partition: 0, partitions: 1 } as const

interface Rows {
  readonly rows: number
  data(column: number): ArrayLike<number>
}

function readAll(adapter: SourceAdapter, take: (batch: Rows) => void): void {
  const at = { from: '', isEnded: false }
  while (!at.isEnded) {
    adapter.request({ kind: 'read', from: at.from, to: null, bytes: 8 << 20, waitMs: 0 }, (answer) => {
      if (answer.kind !== 'rows') throw new Error(JSON.stringify(answer))
      at.from = answer.to
      at.isEnded = answer.ended
      if (answer.batch !== null) take(answer.batch)
    })
  }
}

function row(name: string, source: AnySource, byHand: (() => number) | null): string[] {
  const own = measure(() => {
    let rows = 0
    const adapter = new SourceAdapter(source, ALONE, () => 0)
    readAll(adapter, (batch) => (rows += batch.rows))
    adapter.close()
    if (rows !== ROWS) throw new Error(`${name}: ${rows} rows`)
  })
  const perRow = own / ROWS
  const hand = byHand === null ? null : measure(byHand) / ROWS
  return [
    name,
    (1000 / perRow).toFixed(1),
    perRow.toFixed(1),
    hand === null ? '' : hand.toFixed(1),
    hand === null ? '' : (hand / perRow).toFixed(2),
  ]
}

/** Byte by byte, over bytes that are in memory, and without any check: for these columns and no others. */
function csvByHand(folder: string): () => number {
  const bytes = readFileSync(join(folder, 'sales.csv'))
  const codes = new Map<number, number>()
  for (const [code, name] of PROVINCE_NAMES.entries()) codes.set(hashOf(Buffer.from(name)), code)
  const table = new Uint8Array(65_536)
  for (const [hash, code] of codes) table[hash & 0xffff] = code
  const [times, provinces, amounts] = [new Float64Array(ROWS), new Uint8Array(ROWS), new Float64Array(ROWS)]
  return () => {
    let at = bytes.indexOf(LF) + 1
    let place = 0
    while (at < bytes.length) {
      let byte = 0
      let time = 0
      while ((byte = bytes[at++]!) !== COMMA) time = time * 10 + (byte - ZERO)
      let hash = 0
      while ((byte = bytes[at++]!) !== COMMA) hash = (Math.imul(hash, 31) + byte) | 0
      let amount = 0
      while ((byte = bytes[at++]!) !== LF) amount = amount * 10 + (byte - ZERO)
      times[place] = time
      provinces[place] = table[hash & 0xffff]!
      amounts[place++] = amount
    }
    return place
  }
}

function hashOf(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 0)
}

/** What one would write: `JSON.parse` of each line. */
function ndjsonByHand(folder: string): () => number {
  const text = readFileSync(join(folder, 'sales.ndjson'), 'utf8')
  const codes = new Map(PROVINCE_NAMES.map((name, code) => [name, code]))
  const [times, provinces, amounts] = [new Float64Array(ROWS), new Uint8Array(ROWS), new Float64Array(ROWS)]
  return () => {
    let place = 0
    for (const line of text.split('\n')) {
      if (line === '') continue
      const sale = JSON.parse(line) as { time: number; province: string; amount: number }
      times[place] = sale.time
      provinces[place] = codes.get(sale.province)!
      amounts[place++] = sale.amount
    }
    return place
  }
}
