/** A simulation that cannot begin, because of what its author has asked for: what, where, and what to try. */
export class SimulateError extends Error {
  override readonly name = 'SimulateError'
}
