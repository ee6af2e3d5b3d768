import type { PlainRow } from './given-rows.ts'

/** `{shop "tea", total 400, note null}` */
export function describeRow(row: PlainRow): string {
  return describeFields(row)
}

/** The same of a record of anything: state may hold lists and records of its own. */
export function describeFields(record: Readonly<Record<string, unknown>>): string {
  return `{${Object.entries(record)
    .map(([name, value]) => `${name} ${describeValue(value ?? null)}`)
    .join(', ')}}`
}

/** A value as code would write it, about; whatever it is. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array) return `bytes ${value.join(' ')}`
  if (Array.isArray(value)) return `[${value.map(describeValue).join(', ')}]`
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return String(value)
  return describeFields({ ...value })
}
