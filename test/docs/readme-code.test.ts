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
const programs = readdirSync(join(ROOT, 'packages')).flatMap((name) => {
  const text = readFileSync(join(ROOT, 'packages', name, 'README.md'), 'utf8')
  return [...text.matchAll(/```ts\n(.*?)```/gs)]
    .map((found) => found[1]!)
    .filter((code) => code.startsWith('import '))
    .map((code, index) => ({ name: `${name} ${index + 1}`, code }))
})

describe('code in a README', () => {
  it.each(programs)('runs, and prints what it says it prints: $name', ({ name, code }) => {
    const file = join(folder, `${name.replace(' ', '-')}.ts`)
    // Outside the repository nothing is called @pollux.
    const found = code.replaceAll(/'@pollux\/([\w-]+)'/g, (_, of: string) => {
      return `'${pathToFileURL(join(ROOT, 'packages', of, 'src', 'index.ts')).href}'`
    })
    writeFileSync(file, found)
    const printed = execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 30_000 })
    const said = [...code.matchAll(/^console\.log\(.*\n((?:\/\/ .*\n)+)/gm)].map((lines) =>
      lines[1]!.replaceAll(/^\/\/ /gm, ''),
    )
    expect(squeezed(printed)).toBe(squeezed(said.join('')))
  })
})

/** Where lines are broken is nobody's concern. */
function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
