import { readFileSync, writeFileSync } from 'node:fs'
import { commandLine } from './command-line.ts'

const HELP = `Adds to package-lock.json the binaries of other platforms that a registry did not serve when
the lock was made. \`npm ci\` asks for an entry for each, and installs only its own platform's. They carry no
integrity.

  npm run lockfile    after a dependency with platform binaries has changed`

interface Entry {
  readonly version?: string
  readonly license?: string
  readonly engines?: unknown
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

commandLine(HELP, {})
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Entry> }
let added = 0
for (const [at, entry] of Object.entries(lock.packages)) {
  const names = Object.entries(entry.optionalDependencies ?? {})
  const sibling = names.map(([name]) => entryOf(at, name)).find((one) => one !== undefined)
  for (const [name, version] of names) {
    if (entryOf(at, name) !== undefined || !/^\d+\.\d+\.\d+$/.test(version)) continue
    lock.packages[`node_modules/${name}`] = foreignEntry(name, version, sibling ?? entry)
    added += 1
  }
}
const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1))
writeFileSync(
  'package-lock.json',
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
)
console.log(`${added} entries added`)

function entryOf(at: string, name: string): Entry | undefined {
  return lock.packages[`node_modules/${name}`] ?? lock.packages[`${at}/node_modules/${name}`]
}

/** `@oxlint/binding-linux-x64-musl` says for what it is. */
function foreignEntry(name: string, version: string, like: Entry): Entry & Record<string, unknown> {
  const [os, cpu, abi = ''] = name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/^binding-/, '')
    .split('-')
  const libc = abi.startsWith('musl') ? ['musl'] : abi.startsWith('gnu') ? ['glibc'] : null
  return {
    version,
    cpu: [cpu],
    dev: true,
    optional: true,
    os: [os],
    ...(os === 'linux' && libc !== null ? { libc } : {}),
    ...(like.license === undefined ? {} : { license: like.license }),
    ...(like.engines === undefined ? {} : { engines: like.engines }),
  }
}
