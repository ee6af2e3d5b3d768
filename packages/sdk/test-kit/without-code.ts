/** Calls where no code is made of text, as with `--disallow-code-generation-from-strings`. */
export function withoutCode<T>(call: () => T): T {
  const allowed = globalThis.Function
  refused.prototype = allowed.prototype
  globalThis.Function = refused as unknown as FunctionConstructor
  try {
    return call()
  } finally {
    globalThis.Function = allowed
  }
}

function refused(): never {
  throw new EvalError('Code generation from strings disallowed for this context')
}
