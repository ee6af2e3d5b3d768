import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'pollux-docs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Code in documents that can stand alone, which is what imports something. */
const programs = ['packages', 'operators'].flatMap(packagesIn).flatMap(([name, readme]) => {
  const text = readFileSync(readme, 'utf8')
  return [...text.matchAll(/```ts\n(.*?)```/gs)]
    .map((found) => found[1]!)
    .filter((code) => code.startsWith('import '))
    .map((code, index) => ({ name: `${name} ${index + 1}`, code }))
})

describe('code in a README', () => {
  it.each(programs)('runs, and prints what it says it prints: $name', ({ name, code }) => {
    const file = join(folder, `${name.replace(' ', '-')}.ts`)
    // Outside the repository nothing is called @pollux.
    const found = code.replaceAll(/'@pollux\/([\w-]+)((?:\/[\w-]+)?)'/g, (_, of: string, list: string) => {
      const kind = list === '' ? 'packages' : 'operators'
      return `'${pathToFileURL(join(ROOT, kind, of, 'src', list, 'index.ts')).href}'`
    })
    writeFileSync(file, found)
    const printed = execFileSync(process.execPath, [file], {
      encoding: 'utf8',
      timeout: 100_000,
      cwd: mkdtempSync(join(folder, 'run-')),
    })
    const said = [...code.matchAll(/^console\.log\(.*\n((?:\/\/ .*\n)+)/gm)].map((lines) =>
      lines[1]!.replaceAll(/^\/\/ /gm, ''),
    )
    expect(squeezed(printed)).toBe(squeezed(said.join('')))
  })
})

/** By name, where their documents are. */
function packagesIn(home: string): readonly (readonly [name: string, readme: string])[] {
  const names = readdirSync(join(ROOT, home))
  return names.map((name) => [name, join(ROOT, home, name, 'README.md')])
}

/** Where lines are broken is nobody's concern. */
function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
