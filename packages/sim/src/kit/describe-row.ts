import type { Value } from '@pollux/protocol'
import type { PlainRow } from './given-rows.ts'

/** `{shop "tea", total 400, note null}` */
export function describeRow(row: PlainRow): string {
  return `{${Object.entries(row)
    .map(([name, value]) => `${name} ${describeValue(value ?? null)}`)
    .join(', ')}}`
}

function describeValue(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return value instanceof Uint8Array ? `bytes ${value.join(' ')}` : String(value)
}
