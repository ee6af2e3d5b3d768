import { assert } from '@pollux/std'
import { original } from './reads-like.ts'

/** What was made of text. */
export type GeneratedFunction = (...given: readonly unknown[]) => unknown

/**
 * The one place where text becomes code. Null where the platform refuses that
 * (`--disallow-code-generation-from-strings`). Nothing of an author's may stand in the text: values come in
 * as arguments, and names of columns as JSON.
 *
 * `name` is what stack traces and profiles call it: `pollux/sales/orders`.
 */
export function generatedFunction(
  name: string,
  parameters: readonly string[],
  body: string,
): GeneratedFunction | null {
  assert(/^[\w./-]+$/.test(name), () => `${JSON.stringify(name)} is no name for generated code`)
  for (const one of parameters) assert(/^[a-z]\w*$/i.test(one), () => `${one} is no name of a parameter`)
  const text = `'use strict'\n${body}\n//# sourceURL=${name}`
  try {
    // oxlint-disable-next-line no-implied-eval -- loops are only fast where they are made for their columns
    return new Function(...parameters, text) as GeneratedFunction
  } catch (error) {
    if (error instanceof EvalError) return null
    throw error
  }
}

/** The text of a function as the engine has it, whatever `toString` it may bring itself. */
export function sourceOf(given: unknown): string {
  return Function.prototype.toString.call(original(given))
}
