import type { Rule, Violation } from './rule.ts'
import type { Tree } from './tree.ts'

const PATH = 'package-lock.json'

interface Entry {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export const lockfile: Rule = {
  claim: 'the lockfile has an entry for every platform',
  check: (tree) => (tree.has(PATH) ? missingEntries(tree) : []),
}

function missingEntries(tree: Tree): Violation[] {
  const text = tree.text(PATH)
  const { packages } = JSON.parse(text) as { readonly packages: Readonly<Record<string, Entry>> }
  return Object.entries(packages).flatMap(([at, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !hasEntry(packages, at, name))
      .map((name) => ({
        path: PATH,
        line: text.slice(0, text.indexOf(`"${name}":`)).split('\n').length,
        what: `has no entry for ${name}`,
        why: 'npm ci refuses a lockfile that lacks an optional dependency, also one of another platform',
        instead:
          'npm install with a complete registry, or copy the entry of its sibling without the integrity',
      })),
  )
}

/** In the folder of whoever asks for it, or in one above that. */
function hasEntry(packages: Readonly<Record<string, Entry>>, at: string, name: string): boolean {
  for (let folder = at; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (Object.hasOwn(packages, `${folder === '' ? '' : `${folder}/`}node_modules/${name}`)) return true
    if (folder === '') return false
  }
}
