import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { packageNamed, packageOf } from './layout.ts'
import { readManifest } from './manifest.ts'
import type { Rule, Violation } from './rule.ts'
import type { Import, Source } from './source.ts'
import type { Tree } from './tree.ts'

const WHY =
  'the arrows keep every package provable without the ones above it, and a deleted package a clean cut'

export const arrows: Rule = {
  claim: 'imports follow the arrows between packages',
  check(tree) {
    return tree.sources.flatMap((source) =>
      source.imports.flatMap((each): Violation[] => {
        const fault = faultOf(tree, source, each)
        return fault === null ? [] : [{ path: source.path, line: each.line, why: WHY, ...fault }]
      }),
    )
  },
}

type Fault = Pick<Violation, 'what' | 'instead'>

function faultOf(tree: Tree, source: Source, { specifier, typeOnly }: Import): Fault | null {
  if (specifier.includes('test-kit') && source.path.includes('/src/') && !source.isTest) {
    return { what: `imports '${specifier}', which is for tests`, instead: 'write what it needs in src' }
  }
  if (specifier.startsWith('.')) return relativeFault(tree, source, specifier)
  if (specifier.startsWith('@pollux/')) return packageFault(tree, source, specifier)
  return outsideFault(tree, source, specifier, typeOnly)
}

function relativeFault(tree: Tree, source: Source, specifier: string): Fault | null {
  const target = posix.join(posix.dirname(source.path), specifier)
  const from = packageOf(source.path)
  const to = packageOf(target)
  if (from !== to) {
    return {
      what: `reaches into ${to?.folder ?? target} by a path`,
      instead:
        to === null ? 'import packages only' : `import from '${to.name}': its index is its public list`,
    }
  }
  if (!tree.has(target)) {
    return { what: `imports '${specifier}', which is not a file`, instead: 'name the file itself, with .ts' }
  }
  if (from !== null && posix.basename(target) === 'index.ts' && !source.path.endsWith('/index.test.ts')) {
    return { what: `imports its own package's index`, instead: 'import the file itself, with .ts' }
  }
  return null
}

function packageFault(tree: Tree, source: Source, specifier: string): Fault | null {
  const name = specifier.split('/').slice(0, 2).join('/')
  const subpath = `.${specifier.slice(name.length)}`
  const from = packageOf(source.path)
  const to = packageNamed(name)
  if (to === null)
    return { what: `imports ${name}, which has no row`, instead: 'add it to test/tidy/layout.ts' }
  if (from === to)
    return { what: `imports its own package by name`, instead: 'import the file itself, with .ts' }
  const may = [...(from?.imports ?? []), ...(source.isTest ? (from?.inTests ?? []) : [])]
  if (from !== null && !may.includes(name)) {
    const allowed = may.join(', ') || 'nothing'
    return {
      what: `imports ${name}, against the arrows`,
      instead: `move the code to where it may be imported; here, that is ${allowed}`,
    }
  }
  const exported = readManifest(tree, to.folder)?.exports ?? {}
  if (!Object.hasOwn(exported, subpath)) {
    return {
      what: `imports '${specifier}', which ${name} does not export`,
      instead: `use its index, or declare "${subpath}" in the exports of ${to.folder}/package.json`,
    }
  }
  const manifest = from === null ? null : readManifest(tree, from.folder)
  if (manifest !== null && !declares(manifest, name, source.isTest)) {
    return undeclared(name, `${from?.folder}/package.json`)
  }
  return null
}

/** Purity has its own rule for what comes from outside the repository; here it only has to be declared. */
function outsideFault(tree: Tree, source: Source, specifier: string, typeOnly: boolean): Fault | null {
  if (isBuiltin(specifier)) return null
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const from = packageOf(source.path)
  const root = readManifest(tree, '.')
  const forTests = root !== null && declares(root, name, true)
  if ((from === null || source.isTest) && forTests) return null
  const manifest = from === null ? root : readManifest(tree, from.folder)
  if (manifest !== null && declares(manifest, name, source.isTest || typeOnly)) return null
  return undeclared(name, from === null ? 'package.json' : `${from.folder}/package.json`)
}

function undeclared(name: string, where: string): Fault {
  return {
    what: `imports ${name}, which ${where} does not declare`,
    instead: `add it to the dependencies there`,
  }
}

function declares(
  manifest: { readonly dependencies: object; readonly devDependencies: object },
  name: string,
  dev: boolean,
): boolean {
  return Object.hasOwn(manifest.dependencies, name) || (dev && Object.hasOwn(manifest.devDependencies, name))
}
