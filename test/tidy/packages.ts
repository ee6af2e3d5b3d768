import { packageOf, PACKAGES } from './layout.ts'
import { readManifest } from './manifest.ts'
import type { Rule, Violation } from './rule.ts'
import type { Tree } from './tree.ts'

const WHY = 'a package is found, licensed and imported in the same way as the others, or it is a folder'

export const packages: Rule = {
  claim:
    'every package is in the layout, has an index (or several), a README, a license, and something in it',
  check(tree) {
    const existing = PACKAGES.filter(({ folder }) => tree.hasFolder(folder))
    const strangers = tree.paths.filter((path) => path.endsWith('/package.json') && packageOf(path) === null)
    return [
      ...strangers.map((path) =>
        violation(path, 'is a package that the layout does not know', 'add its row to test/tidy/layout.ts'),
      ),
      ...existing.flatMap(({ folder, name }) => faultsOf(tree, folder, name)),
    ]
  },
}

function faultsOf(tree: Tree, folder: string, name: string): Violation[] {
  const manifest = readManifest(tree, folder)
  const path = `${folder}/package.json`
  if (manifest === null)
    return [violation(path, 'does not exist', 'write it, or make the folder part of a package')]
  const found: Violation[] = []
  const require = (holds: boolean, at: string, what: string, instead: string) => {
    if (!holds) found.push(violation(at, what, instead))
  }
  require(manifest.name === name, path, `is named '${manifest.name}'`, `name it ${name}`)
  require(manifest.license === 'Apache-2.0', path, 'has no license', 'add "license": "Apache-2.0"')
  require(manifest.type === 'module', path, 'is not a module', 'add "type": "module"')
  require(tree.has(
    `${folder}/README.md`,
  ), `${folder}/README.md`, 'does not exist', 'say what the package is, in a screen')
  // Of several things, each with a list of its own, nobody is to load the ones he does not use.
  const isOne = Object.keys(manifest.exports).every((subpath) => subpath === '.')
  require(!isOne ||
    tree.has(
      `${folder}/src/index.ts`,
    ), `${folder}/src/index.ts`, 'does not exist', 'export the public list there')
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    require(tree.has(
      `${folder}/${target.replace(/^\.\//, '')}`,
    ), path, `exports ${subpath} from ${target}, which is no file`, 'correct it')
  }
  const own = tree.sources.filter(
    (s) => s.path.startsWith(`${folder}/src/`) && !s.isTest && !s.path.endsWith('/index.ts'),
  )
  require(own.length > 0, path, 'is an empty shell', 'a package exists only with code in it')
  return found
}

function violation(path: string, what: string, instead: string): Violation {
  return { path, line: 1, what, why: WHY, instead }
}
