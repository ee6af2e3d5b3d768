/** One package of the house, existing or foreseen: what it may import and whether it is pure. */
export interface Package {
  readonly folder: string
  readonly name: string
  /** No I/O, no clock, no chance, nothing asynchronous: equal inputs give equal outputs, in any process. */
  readonly pure: boolean
  readonly imports: readonly string[]
  /** What its tests may import besides. */
  readonly testsImport: readonly string[]
}

const CORE = ['@pollux/std', '@pollux/protocol']
const OPERATORS = ['@pollux/ingress', '@pollux/compute', '@pollux/egress']

/**
 * The arrows: std <- protocol <- pair <- {sim, runtime}; protocol <- sdk <- {operators, sim, runtime}; the
 * rest hang off these. A package exists only because its row differs from the others'; otherwise it is a
 * folder.
 */
export const PACKAGES: readonly Package[] = [
  pure('packages/std', '@pollux/std', []),
  pure('packages/protocol', '@pollux/protocol', ['@pollux/std']),
  pure('packages/pair', '@pollux/pair', CORE),
  pure('packages/sdk', '@pollux/sdk', CORE),
  pure('packages/sim', '@pollux/sim', [...CORE, '@pollux/pair', '@pollux/sdk']),
  pure('packages/scaler', '@pollux/scaler', CORE),
  driver('packages/runtime', '@pollux/runtime', [...CORE, '@pollux/pair', '@pollux/sdk']),
  driver('packages/stores', '@pollux/stores', [...CORE, '@pollux/pair']),
  driver('packages/coordination', '@pollux/coordination', [...CORE, '@pollux/pair']),
  driver('packages/screen', '@pollux/screen', [...CORE, '@pollux/sdk']),
  driver('packages/kube', '@pollux/kube', [...CORE, '@pollux/scaler']),
  driver('packages/cli', '@pollux/cli', [
    ...CORE,
    ...OPERATORS,
    '@pollux/pair',
    '@pollux/sdk',
    '@pollux/sim',
    '@pollux/scaler',
    '@pollux/runtime',
    '@pollux/stores',
    '@pollux/coordination',
    '@pollux/screen',
    '@pollux/kube',
  ]),
  driver('operators/ingress', '@pollux/ingress', ['@pollux/sdk'], ['@pollux/sim']),
  pure('operators/compute', '@pollux/compute', ['@pollux/sdk'], ['@pollux/sim']),
  driver('operators/egress', '@pollux/egress', ['@pollux/sdk'], ['@pollux/sim']),
]

/** Applications: they see what a user sees. */
export const PIPELINES = {
  folder: 'pipelines',
  imports: ['@pollux/sdk', ...OPERATORS],
  testsImport: ['@pollux/sim'],
}

/** Two files may do what their package may not, because doing it is what they are for. */
export const IMPURITIES: readonly {
  readonly path: string
  readonly uses: RegExp
  readonly because: string
}[] = [
  {
    path: 'packages/sdk/src/generated-loop.ts',
    uses: /^Function$/,
    because: 'an operator runs as one loop generated over validated field names',
  },
  {
    path: 'packages/sim/src/forbidden-globals.ts',
    uses: /^(globalThis|Date|performance|random|crypto|process|Intl|fetch|queueMicrotask|set[TI]\w+)$/,
    because: 'it patches clocks, timers and chance, so that a user of them is caught in the act',
  },
]

export function packageOf(path: string): Package | null {
  return PACKAGES.find((p) => path.startsWith(`${p.folder}/`)) ?? null
}

export function packageNamed(name: string): Package | null {
  return PACKAGES.find((p) => p.name === name) ?? null
}

function pure(folder: string, name: string, imports: string[], testsImport: string[] = []): Package {
  return { folder, name, pure: true, imports, testsImport }
}

function driver(folder: string, name: string, imports: string[], testsImport: string[] = []): Package {
  return { folder, name, pure: false, imports, testsImport }
}
