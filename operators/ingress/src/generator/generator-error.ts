/** What a generator is made of has thrown, or made what cannot be: it would do so again. */
export class GeneratorError extends Error {
  override readonly name = 'GeneratorError'
}

/** `RangeError: no`; anything may be thrown. */
export function describeThrown(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
