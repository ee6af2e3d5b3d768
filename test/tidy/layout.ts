/** One package of the house: what it may import and whether it is pure. */
export interface Package {
  readonly folder: string
  readonly name: string
  /** No I/O, no clock, no chance, nothing asynchronous: equal inputs give equal outputs, in any process. */
  readonly pure: boolean
  readonly imports: readonly string[]
  /** What its tests may import besides: what an author's tests have, too. */
  readonly inTests?: readonly string[]
}

const CORE = ['@pollux/std', '@pollux/protocol']
const KIT = ['@pollux/sim', '@pollux/std']

/**
 * The arrows: std <- protocol <- {pair, sdk} <- sim, and sdk <- operators
 * <- pipelines. A new package needs a row here,
 * and exists only because that row differs from the others'; otherwise it is a folder.
 */
export const PACKAGES: readonly Package[] = [
  { folder: 'packages/std', name: '@pollux/std', pure: true, imports: [] },
  { folder: 'packages/protocol', name: '@pollux/protocol', pure: true, imports: ['@pollux/std'] },
  { folder: 'packages/pair', name: '@pollux/pair', pure: true, imports: CORE },
  { folder: 'packages/sdk', name: '@pollux/sdk', pure: true, imports: CORE },
  {
    folder: 'packages/sim',
    name: '@pollux/sim',
    pure: true,
    imports: [...CORE, '@pollux/pair', '@pollux/sdk'],
  },
  { folder: 'operators/ingress', name: '@pollux/ingress', pure: false, imports: ['@pollux/sdk'] },
  {
    folder: 'operators/compute',
    name: '@pollux/compute',
    pure: true,
    imports: ['@pollux/sdk'],
    inTests: KIT,
  },
  { folder: 'operators/egress', name: '@pollux/egress', pure: false, imports: ['@pollux/sdk'] },
  {
    folder: 'pipelines/gmv',
    name: '@pollux/pipeline-gmv',
    pure: true,
    imports: ['@pollux/sdk', '@pollux/compute', '@pollux/ingress'],
    inTests: KIT,
  },
  {
    folder: 'pipelines/word-count',
    name: '@pollux/pipeline-word-count',
    pure: true,
    imports: ['@pollux/sdk'],
    inTests: KIT,
  },
]

export function packageOf(path: string): Package | null {
  return PACKAGES.find((p) => path.startsWith(`${p.folder}/`)) ?? null
}

export function packageNamed(name: string): Package | null {
  return PACKAGES.find((p) => p.name === name) ?? null
}
