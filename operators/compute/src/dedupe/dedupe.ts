import { type Columns, type Duration, type Stream, t } from '@pollux/sdk'

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
  { by, within }: DedupeOptions<C>,
): (stream: Stream<C>) => Stream<C> {
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
