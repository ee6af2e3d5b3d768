import { resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Tree } from '../tidy/tree.ts'
import { AuthorFolder } from './author-folder.ts'
import { exampleModule } from './example-module.ts'
import { publicNames } from './public-list.ts'
import { undocumented } from './undocumented.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const names = publicNames(Tree.onDisk(ROOT))
const folder = new AuthorFolder()
afterAll(() => folder.remove())

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
  for (const { file, text } of examples) folder.write(file, text)

  it('each compiles', () => {
    expect(() => folder.compile()).not.toThrow()
  })

  const ran = folder.run(examples.map(({ file }) => file))
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
