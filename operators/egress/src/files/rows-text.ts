import type { Column, PendingRow, RowSchema, Value } from '@pollux/sdk'

/** How rows become text: `ndjson()`, `csv()`. */
export interface TextFormat {
  readonly extension: string
  readonly encode: (schema: RowSchema, rows: readonly PendingRow[]) => string
}

/**
 * One JSON object a line. What JSON has no number for, 64 bits and NaN, is text; bytes are base64.
 * @example
 * ndjson().encode(Order, [{ epoch: epoch(3), seq: 0, values: [100, 'tea, green', 250] }])
 * // -> {"at":100,"shop":"tea, green","amount":250}
 */
export function ndjson(): TextFormat {
  return {
    extension: 'ndjson',
    encode: ({ wire }, rows) => {
      const names = wire.columns.map(({ name }) => JSON.stringify(name))
      return rows
        .map(({ values }) => `{${values.map((value, at) => `${names[at]}:${json(value)}`).join(',')}}\n`)
        .join('')
    },
  }
}

/**
 * Comma-separated values with a header, by RFC 4180; null is nothing, and an empty text two quotes.
 * @example
 * csv().encode(Order, [{ epoch: epoch(3), seq: 0, values: [100, 'tea, green', 250] }])
 * // -> at,shop,amount
 * // -> 100,"tea, green",250
 */
export function csv(): TextFormat {
  return {
    extension: 'csv',
    encode: ({ wire }, rows) => {
      const head = `${wire.columns.map(({ name }: Column) => name).join(',')}\n`
      return head + rows.map(({ values }) => `${values.map(csvCell).join(',')}\n`).join('')
    },
  }
}

function json(value: Value): string {
  if (typeof value === 'bigint') return `"${value}"`
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`
  return JSON.stringify(value instanceof Uint8Array ? base64(value) : value)
}

function csvCell(value: Value): string {
  if (value === null) return ''
  const text = value instanceof Uint8Array ? base64(value) : String(value)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
