import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import type { Mutation } from './mutation.ts'

export const ROOT = new URL('../../../', import.meta.url)

/**
 * From here on this thread loads the mutated file in place of the one in the tree. Call it before anything
 * imports it.
 */
export function plant(mutation: Mutation): void {
  const target = new URL(mutation.file, ROOT).href
  const source = mutated(mutation)
  registerHooks({
    load(url, context, nextLoad) {
      if (url !== target) return nextLoad(url, context)
      return { format: 'module-typescript', source, shortCircuit: true }
    },
  })
}

/** The mutated text; throws where the text to replace does not occur exactly once. */
export function mutated(mutation: Mutation): string {
  const { name, file, find, replace } = mutation
  const [before, after, ...more] = readFileSync(new URL(file, ROOT), 'utf8').split(find)
  if (before === undefined || after === undefined || more.length > 0) {
    const times = after === undefined ? 0 : more.length + 1
    throw new Error(
      `the planted bug ${name} no longer fits: its text occurs ${times} times in ${file}, not once.\n` +
        `What it brings back: ${mutation.story}\n` +
        'Find where the code guards against that now and plant it there (test/sim/planted/catalogue); ' +
        `drop it only if no code guards against it any more, and say why.\n${find}`,
    )
  }
  return before + replace + after
}
