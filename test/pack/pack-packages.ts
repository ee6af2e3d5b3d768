import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PACKAGES } from '../tidy/layout.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')

/** What is read of a package.json here, and what is written of one. */
interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly type: string
  readonly exports: Readonly<Record<string, string>>
  readonly private?: boolean
  readonly engines?: object
  readonly dependencies?: Readonly<Record<string, string>>
}

/** A package that is for others, and where it lies. */
export interface PublicPackage {
  readonly folder: string
  readonly manifest: Manifest
}

export function publicPackages(): readonly PublicPackage[] {
  return PACKAGES.map(({ folder }) => ({ folder, manifest: withoutKit(manifestIn(folder)) })).filter(
    ({ manifest }) => manifest.private !== true,
  )
}

/**
 * Makes tarballs, and gives their paths. Sources run as they are here, but Node strips no types under
 * node_modules. So the compiler writes the files that the packages' lists lead to as JavaScript and
 * declarations into a folder of its own; no test is among them, and nothing is written into the repository.
 */
export function packPackages(to: string): readonly string[] {
  const staging = mkdtempSync(join(tmpdir(), 'pollux-pack-'))
  try {
    const packages = publicPackages()
    emit(packages, staging)
    for (const each of packages) stage(each, join(staging, each.folder))
    mkdirSync(to, { recursive: true })
    const folders = packages.map(({ folder }) => join(staging, folder))
    return npm(['pack', '--silent', '--pack-destination', to, ...folders], staging)
      .trim()
      .split('\n')
      .map((name) => join(to, name))
  } finally {
    rmSync(staging, { recursive: true })
  }
}

/** Without a network, and without whatever an earlier npm has left on this machine. */
export function npm(args: readonly string[], folder: string): string {
  const alone = ['--offline', '--no-audit', '--no-fund', '--no-update-notifier', '--ignore-scripts']
  const cache = join(folder, '.npm')
  return printedBy('npm', [...args, ...alone, '--cache', cache], folder)
}

/** The repository's compiler on a program of these files. */
export function tsc(folder: string, tsconfig: object): void {
  const config = join(folder, 'tsconfig.json')
  writeFileSync(config, JSON.stringify(tsconfig))
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  printedBy(process.execPath, [compiler, '--project', config], folder)
}

/** What a command has printed; all of it is in the error where it failed. */
export function printedBy(command: string, args: readonly string[], cwd: string): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`${[command, ...args].join(' ')} failed: ${error?.message ?? stdout + stderr}`)
}

function emit(packages: readonly PublicPackage[], outDir: string): void {
  // By name they would be found under node_modules, and what is there the compiler reads and does not write.
  const paths = Object.fromEntries(
    packages.flatMap(({ folder, manifest: { name, exports } }) =>
      Object.entries(exports).map(([subpath, target]) => [
        name + subpath.slice(1),
        [join(ROOT, folder, target)],
      ]),
    ),
  )
  const emitted = {
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    noEmitOnError: true,
  }
  const places = { rootDir: ROOT, outDir, paths, typeRoots: [join(ROOT, 'node_modules', '@types')] }
  const compilerOptions = { ...emitted, ...places }
  tsc(outDir, {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions,
    include: [],
    files: Object.values(paths).flat(),
  })
}

/** Beside the compiled files what else makes a package. */
function stage({ folder, manifest }: PublicPackage, staged: string): void {
  renameSync(join(staged, 'src'), join(staged, 'dist'))
  const { name, version, description, license, type, dependencies } = manifest
  const exported = Object.fromEntries(
    Object.entries(manifest.exports).map(([subpath, target]) => [subpath, compiledOf(target)]),
  )
  const { engines } = manifestIn('.')
  const types = exported['.'] === undefined ? {} : { types: exported['.'].types }
  const written = { name, version, description, license, type, engines, ...types, exports: exported }
  const more = { files: ['dist'], ...(dependencies === undefined ? {} : { dependencies }) }
  writeFileSync(join(staged, 'package.json'), `${JSON.stringify({ ...written, ...more }, null, 2)}\n`)
  copyFileSync(join(ROOT, 'LICENSE'), join(staged, 'LICENSE'))
  for (const document of globSync('*.md', { cwd: join(ROOT, folder) }))
    copyFileSync(join(ROOT, folder, document), join(staged, document))
}

function compiledOf(target: string): { readonly types: string; readonly default: string } {
  const base = target.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '')
  return { types: `${base}.d.ts`, default: `${base}.js` }
}

/** What tests of other packages share of this one's is not for those who install it. */
function withoutKit(manifest: Manifest): Manifest {
  const lists = Object.entries(manifest.exports).filter(([, target]) => target.startsWith('./src/'))
  return { ...manifest, exports: Object.fromEntries(lists) }
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest
}
