import { type Columns, type Duration, type Stream, t } from '@pollux/sdk'

export interface DedupeOptions<C extends Columns> {
  /** What makes two rows the same. */
  readonly by: readonly [keyof C & string, ...(keyof C & string)[]]
  /** For how long after the last of its kind a row is known again, in event time. */
  readonly within: Duration
}

/** Lets the first row of each kind through: `.use(dedupe('once', { by: ['id'], within: '10m' }))`. */
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
