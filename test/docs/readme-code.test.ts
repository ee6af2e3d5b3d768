import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { AuthorFolder } from './author-folder.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const folder = new AuthorFolder()
afterAll(() => folder.remove())

/** Code in documents that can stand alone, which is what imports something. */
const programs = ['packages', 'operators'].flatMap(packagesIn).flatMap(([name, readme]) => {
  const text = readFileSync(readme, 'utf8')
  return [...text.matchAll(/```ts\n(.*?)```/gs)]
    .map((found) => found[1]!)
    .filter((code) => code.startsWith('import '))
    .map((code, index) => ({ name: `${name}-${index + 1}`, code }))
})

describe('code in a README', () => {
  for (const { name, code } of programs) folder.write(`${name}.ts`, code)

  it('compiles', () => {
    expect(programs.length).toBeGreaterThan(6)
    expect(() => folder.compile()).not.toThrow()
  })

  it.each(programs)('runs, and prints what it says it prints: $name', ({ name, code }) => {
    const cwd = join(folder.path, `run-${name}`)
    mkdirSync(cwd)
    const file = join(folder.path, `${name}.ts`)
    const printed = execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 100_000, cwd })
    const said = [...code.matchAll(/^ *console\.log\(.*\n((?: *\/\/ .*\n)+)/gm)].map((lines) =>
      lines[1]!.replaceAll(/^ *\/\/ /gm, ''),
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
