import { BatchBuilder, ColumnError, here, PipelineError } from '@pollux/sdk'
import type {
  Columns,
  ReadReply,
  ReadRequest,
  RowInput,
  RowSchema,
  Source,
  SourcePlace,
  SourceReader,
  Value,
} from '@pollux/sdk'
import { type EventTimeOptions, eventTimeOf } from '../options/event-time.ts'
import { OptionCheck } from '../options/option-check.ts'

/** What else there is to say of rows in memory. */
export interface CollectionOptions<C extends Columns> extends EventTimeOptions<C> {}

/**
 * Rows given in memory, which end. They are dealt to partitions in turn. A row that does not fit its schema
 * is refused here, by its number.
 * @example
 * const rows = [{ at: 100, shop: 'tea', amount: 250 }]
 * collection(Order, rows, { eventTime: 'at', outOfOrder: '2s' }).description // -> 'collection of 1 rows'
 */
export function collection<C extends Columns>(
  schema: RowSchema<C>,
  rows: readonly RowInput<C>[],
  options: CollectionOptions<C> = {},
): Source<C> {
  const check = new OptionCheck('collection')
  check.options<CollectionOptions<C>>(options, { eventTime: true, outOfOrder: true })
  check.schema(schema)
  check.list('rows', rows)
  const all = builtOf(schema, rows)
  return {
    description: `collection of ${rows.length} rows`,
    schema,
    kind: 'replayable',
    ...eventTimeOf(check, options),
    open: (place) => readerOf(all, place),
  }
}

function builtOf<C extends Columns>(schema: RowSchema<C>, rows: readonly RowInput<C>[]): BatchBuilder {
  const built = new BatchBuilder(schema.wire, rows.length)
  const names = Object.keys(schema.columns)
  for (const [number, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null) misfit(number, ` is ${String(row)}`)
    const values = row as Readonly<Record<string, Value | undefined>>
    const unknown = Object.keys(values).find((name) => !names.includes(name))
    if (unknown !== undefined) {
      misfit(number, ` has "${unknown}", which is no column: ${names.join(', ')}`)
    }
    try {
      built.appendValues(names.map((name) => values[name] ?? null))
    } catch (error) {
      if (!(error instanceof ColumnError)) throw error
      misfit(number, `: ${error.message}`)
    }
  }
  return built
}

function misfit(number: number, what: string): never {
  throw new PipelineError('PLX1033', `row ${number} of a collection${what}`, here())
}

function readerOf(all: BatchBuilder, place: SourcePlace): SourceReader {
  return {
    read: (request, answer) => answer(read(all, place, request)),
    probe: (answer) => answer({ kind: 'reached' }),
    close: () => undefined,
  }
}

/** A position is the number of a row, of all partitions together. */
function read(all: BatchBuilder, place: SourcePlace, { from, to, bytes }: ReadRequest): ReadReply {
  const [begin, end] = [numberOf(from), to === null ? all.rows : numberOf(to)]
  if (!(begin <= all.rows && end <= all.rows)) {
    return {
      kind: 'gone',
      detail: `a collection of ${all.rows} rows has no rows from ${from} to ${to ?? 'its end'}`,
    }
  }
  const rows = new BatchBuilder(all.schema)
  const bytesMax = to === null ? bytes : Infinity
  let at = begin
  for (; at < end && (rows.rows === 0 || rows.byteLength < bytesMax); at++) {
    if (at % place.partitions === place.partition) rows.appendRow(all, at)
  }
  return { kind: 'rows', to: String(at), rows: rows.rows === 0 ? null : rows, ended: at === all.rows }
}

function numberOf(position: string): number {
  return /^\d*$/.test(position) ? Number(position) : Number.NaN
}
