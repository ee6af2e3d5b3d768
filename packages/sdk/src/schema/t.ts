import { here } from '../errors/call-site.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import { shown } from '../errors/shown.ts'
import { ColumnType } from './column-type.ts'

/**
 * The types of columns.
 * @example
 * schema({ id: t.int64(), at: t.timestamp(), shop: t.symbol(['tea', 'ink']), share: t.float64().optional() })
 *   .wire.columns.map(({ kind, optional }) => (optional ? `${kind}?` : kind))
 * // -> [ 'int64', 'timestamp', 'symbol', 'float64?' ]
 */
export const t = {
  /** Text of any length up to a megabyte; not decoded before somebody reads it. */
  text: () => new ColumnType<'text', string>('text'),
  /**
   * One of few texts, kept as a small number: those listed, or up to `cap` that turn up. Where more do, the
   * pipeline halts.
   */
  symbol,
  /** A moment in whole milliseconds since 1970. */
  timestamp: () => new ColumnType<'timestamp', number>('timestamp'),
  /** An amount in whole minor units (cents, fen); sums of it are exact or fail. */
  money: () => new ColumnType<'money', number>('money'),
  /** Any number. */
  float64: () => new ColumnType<'float64', number>('float64'),
  /** A whole number of 32 bits. */
  int32: () => new ColumnType<'int32', number>('int32'),
  /** A whole number from 0 to 65535. */
  uint16: () => new ColumnType<'uint16', number>('uint16'),
  /** A whole number from 0 to 255. */
  uint8: () => new ColumnType<'uint8', number>('uint8'),
  /** True or false. */
  bool: () => new ColumnType<'bool', boolean>('bool'),
  /** 64 bits that are compared and printed, not computed with: the ids of others. */
  int64: () => new ColumnType<'int64', bigint>('int64'),
  /** Bytes of any length up to a megabyte. */
  bytes: () => new ColumnType<'bytes', Uint8Array>('bytes'),
} as const

function symbol<const Texts extends readonly string[]>(texts: Texts): ColumnType<'symbol', Texts[number]>
function symbol(grown: { readonly cap: number }): ColumnType<'symbol', string>
function symbol(choice: readonly string[] | { readonly cap: number }): ColumnType<'symbol', string> {
  const isList: boolean = Array.isArray(choice)
  if (!isList && typeof (choice as { readonly cap?: unknown } | null)?.cap !== 'number')
    throw new PipelineError('PLX1032', `t.symbol(${shown(choice)}): no list of texts, and no { cap }`, here())
  return new ColumnType<'symbol', string>('symbol', 'cap' in choice ? choice : { texts: choice })
}
