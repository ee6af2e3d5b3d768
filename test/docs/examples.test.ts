import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { printedBy, tsc } from '../pack/pack-packages.ts'
import { Tree } from '../tidy/tree.ts'
import { exampleModule } from './example-module.ts'
import { publicNames } from './public-list.ts'
import type { Ran } from './run-examples.ts'
import { undocumented } from './undocumented.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const names = publicNames(Tree.onDisk(ROOT))
const folder = mkdtempSync(join(tmpdir(), 'pollux-examples-'))
afterAll(() => rmSync(folder, { recursive: true }))

const examples = names
  .flatMap(({ list, name, doc, members }) => [
    ...doc.examples.map((code) => ({ name, list, code })),
    ...members.flatMap((member) =>
      member.doc.examples.map((code) => ({ name: `${name}.${member.name}`, list, code })),
    ),
  ])
  .map((example, index) => ({
    ...example,
    file: `example-${index}.ts`,
    ...exampleModule(example.code, example.list, names),
  }))

describe('what authors import', () => {
  it('has a line each, and what can be called an example', () => {
    expect(names.length).toBeGreaterThan(100)
    expect(undocumented(names)).toEqual([])
  })
})

describe('the example of', () => {
  // As an author's project would have it: by the names of the packages, outside the repository.
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const here = (name: string): string => JSON.stringify(join(import.meta.dirname, name))
  writeFileSync(join(folder, 'example-world.ts'), `export type * from ${here('example-world.ts')}\n`)
  const bodies = examples.map(({ file }, index) => `import { body as body${index} } from './${file}'`)
  const byFile = examples.map(({ file }, index) => `'${file}': body${index}`).join(', ')
  const main = [`import { runExamples } from ${here('run-examples.ts')}`, ...bodies]
  writeFileSync(join(folder, 'main.ts'), [...main, `console.log(runExamples({ ${byFile} }))`].join('\n'))
  for (const { file, text } of examples) writeFileSync(join(folder, file), text)

  it('each compiles', () => {
    const typeRoots = [join(ROOT, 'node_modules', '@types')]
    const compile = () =>
      tsc(folder, {
        extends: join(ROOT, 'tsconfig.json'),
        compilerOptions: { typeRoots, noUnusedLocals: false },
        include: ['*.ts'],
      })
    expect(compile).not.toThrow()
  })

  const ran = new Map(
    Object.entries(JSON.parse(printedBy(process.execPath, ['main.ts'], folder)) as Record<string, Ran>),
  )
  it.each(examples)('$name comes to what it says', ({ file, expected }) => {
    const { error, shown } = { error: '', shown: [], ...ran.get(file) }
    expect(error).toBe('')
    expect(shown.map(squeezed)).toEqual(expected.map(squeezed))
    expect(shown.length).toBeGreaterThan(0)
  })
})

/** Where lines are broken is nobody's concern. */
function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
