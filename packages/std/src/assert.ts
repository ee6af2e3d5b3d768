/** A broken invariant. Never caught around the core: the process dies and its twin goes on. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** The message may be a function, so that a hot path pays for its text only when it fails. */
export function assert(condition: unknown, message: string | (() => string)): asserts condition {
  if (!condition) fail(message)
}

export function must<T>(value: T, message: string | (() => string)): NonNullable<T> {
  if (value === undefined || value === null) fail(message)
  return value
}

function fail(message: string | (() => string)): never {
  throw new AssertionError(typeof message === 'string' ? message : message())
}
