import type { Columns, Duration, Source, TimestampName } from '@pollux/sdk'
import type { OptionCheck } from './option-check.ts'

/** When rows happened, as it is said of a source. */
export interface EventTimeOptions<C extends Columns> {
  /** The column that says when a row happened. */
  readonly eventTime?: TimestampName<C>
  /** How much later than another one a row may come. */
  readonly outOfOrder?: Duration
}

/** The same as a part of the source. Whether there is such a column is seen where the rows come in. */
export function eventTimeOf<C extends Columns>(
  check: OptionCheck,
  { eventTime, outOfOrder }: EventTimeOptions<C>,
): Pick<Source<C>, 'eventTime'> {
  if (outOfOrder !== undefined) check.duration(outOfOrder, 0)
  if (eventTime !== undefined)
    return { eventTime: { column: eventTime, ...(outOfOrder === undefined ? {} : { outOfOrder }) } }
  if (outOfOrder !== undefined) check.refuse('PLX1034', 'outOfOrder without eventTime')
  return {}
}
