import { posix } from 'node:path'
import { packageNamed, packageOf } from './layout.ts'
import { readManifest } from './manifest.ts'
import type { Rule } from './rule.ts'
import type { Source } from './source.ts'
import type { Tree } from './tree.ts'

export const reached: Rule = {
  claim: 'every source file is reached by a test, through what the test imports',
  check(tree) {
    const alive = reachedFiles(tree)
    return tree.sources
      .filter(
        (s) => packageOf(s.path) !== null && s.path.includes('/src/') && !s.isTest && !alive.has(s.path),
      )
      .filter((s) => !s.path.endsWith('/index.ts') && !holdsTypesOnly(s))
      .map((s) => ({
        path: s.path,
        line: 1,
        what: 'is imported by no test, and by nothing that a test imports',
        why: 'what no test reaches may already be broken, or dead',
        instead: 'test it, or delete it',
      }))
  },
}

/** From every test and every command of test/, along what is imported for its value. */
function reachedFiles(tree: Tree): ReadonlySet<string> {
  const starts = tree.sources.filter((s) => s.isTest || s.path.endsWith('/main.ts')).map((s) => s.path)
  const alive = new Set(starts)
  for (const path of alive) {
    for (const { specifier, typeOnly } of tree.source(path).imports) {
      const target = typeOnly ? null : targetOf(tree, path, specifier)
      if (target !== null && tree.has(target)) alive.add(target)
    }
  }
  return alive
}

function targetOf(tree: Tree, path: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier)
  const name = specifier.split('/').slice(0, 2).join('/')
  const folder = packageNamed(name)?.folder
  if (folder === undefined) return null
  const exported = readManifest(tree, folder)?.exports[`.${specifier.slice(name.length)}`]
  return exported === undefined ? null : posix.join(folder, exported)
}

function holdsTypesOnly({ program }: Source): boolean {
  return program.body.every(
    (node) =>
      node.type === 'ImportDeclaration' ||
      node.type === 'TSInterfaceDeclaration' ||
      node.type === 'TSTypeAliasDeclaration' ||
      (node.type === 'VariableDeclaration' && node.declare === true) ||
      ((node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') &&
        node.exportKind === 'type'),
  )
}
