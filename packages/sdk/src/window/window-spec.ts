import { type Duration, durationMs } from './duration.ts'

/** Windows [n * every + offset, n * every + offset + size) of event time: tumbling where both are equal. */
export interface WindowSpec {
  readonly kind: 'hopping'
  readonly sizeMs: number
  readonly everyMs: number
  readonly offsetMs: number
}

/** Windows of one length, one after the other. */
export function tumbling(size: Duration, options: { readonly offset?: Duration } = {}): WindowSpec {
  return hopping(size, size, options)
}

/** Windows of one length that begin at a distance of `every`, and so overlap where that is shorter. */
export function hopping(
  size: Duration,
  every: Duration,
  options: { readonly offset?: Duration } = {},
): WindowSpec {
  const [sizeMs, everyMs] = [durationMs(size, 1), durationMs(every, 1)]
  const offsetMs = durationMs(options.offset ?? 0, 0) % everyMs
  return { kind: 'hopping', sizeMs, everyMs, offsetMs }
}
