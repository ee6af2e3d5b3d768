import type { Tree } from './tree.ts'

/** The part of a package.json that the rules read. */
export interface Manifest {
  readonly name: string
  readonly license: string
  readonly type: string
  readonly exports: Readonly<Record<string, string>>
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

export function readManifest(tree: Tree, folder: string): Manifest | null {
  const path = folder === '.' ? 'package.json' : `${folder}/package.json`
  if (!tree.has(path)) return null
  const absent = {
    name: '',
    license: '',
    type: '',
    exports: {},
    scripts: {},
    dependencies: {},
    devDependencies: {},
  }
  return { ...absent, ...(JSON.parse(tree.text(path)) as Partial<Manifest>) }
}
