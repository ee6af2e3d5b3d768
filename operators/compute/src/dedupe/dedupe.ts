import {
  checkOptions,
  type Columns,
  type Duration,
  durationMs,
  here,
  PipelineError,
  type Stream,
  t,
} from '@pollux/sdk'

/** What rows are told twice, and for how long that is noticed. */
export interface DedupeOptions<C extends Columns> {
  /** What makes two rows the same. */
  readonly by: readonly [keyof C & string, ...(keyof C & string)[]]
  /** For how long after the last of its kind a row is known again, in event time. */
  readonly within: Duration
}

/**
 * Lets the first row of each kind through.
 * @example
 * orders.use(dedupe('once', { by: ['shop'], within: '10m' }))
 * // -> { at: 100, shop: 'tea', amount: 250 }
 * // -> { at: 900, shop: 'ink', amount: 90 }
 */
export function dedupe<C extends Columns>(
  name: string,
  options: DedupeOptions<C>,
): (stream: Stream<C>) => Stream<C> {
  const { by, within } = options ?? {}
  const where = here()
  checkOptions<DedupeOptions<C>>(`dedupe(${JSON.stringify(name)})`, options, { by: true, within: true })
  const isList: boolean = Array.isArray(by)
  if (!isList || by.length === 0)
    throw new PipelineError('PLX1027', `dedupe(${JSON.stringify(name)}), by`, where)
  // With no time to live every row would be kept for ever.
  durationMs(within, 1, where)
  return (stream) =>
    stream.keyBy(...by).process(name, {
      output: stream.schema,
      state: { known: t.bool() },
      ttl: within,
      process: (row, { state, emit }) => {
        if (state.known) return
        state.known = true
        emit(row)
      },
    })
}
