import { describe, expect, test } from 'vitest'
import { documents } from './documents.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

const REPOSITORY = {
  'package.json': '{ "scripts": { "sim": "x" } }',
  'README.md': '# What it is\n## The *picture* of a pair',
  'packages/pair/PAIR.md': '# Pair',
  'packages/pair/src/view.ts': '',
}

/** What the rule says when this is the text of a package's README. */
function documented(text: string): readonly string[] {
  const path = 'packages/pair/README.md'
  const tree = new Tree({ ...REPOSITORY, [path]: text })
  return describePlanted(documents, tree).map((each) => each.slice(path.length + 1))
}

describe('documents', () => {
  test('what exists may be named', () => {
    const good = [
      '[pair](./PAIR.md) [top](../../README.md#what-it-is) [picture](../../README.md#the-picture-of-a-pair)',
      '[web](https://example.org/x.html) [here](#states) [source](src/) [mail](mailto:a@b)',
      '# States',
      '`npm run sim -- --planted`, `packages/pair/src/view.ts:12`, `src/view.ts`, PAIR.md',
      '`packages/*/src/*.ts`',
      '`test` and `a/b` are not paths of the repository, nor is `packages/<name>/x`',
    ]
    expect(documented(good.join('\n'))).toEqual([])
  })

  test.each([
    ['[x](./GONE.md)', ['1 links to ./GONE.md, which does not exist']],
    ['# Pair\n[x](src/gone.ts)', ['2 links to src/gone.ts, which does not exist']],
    ['![x](picture.svg)', ['1 links to picture.svg, which does not exist']],
    ['[x](PAIR.md#states)', ['1 links to PAIR.md#states, which has no such heading']],
    ['run npm run simulate', ['1 names npm run simulate, which package.json does not have']],
    ['`packages/pair/src/gone.ts`', ['1 names packages/pair/src/gone.ts, which does not exist']],
    ['`src/gone.ts`', ['1 names src/gone.ts, which does not exist']],
    ['`test/sim/*.ts`', ['1 names test/sim/*.ts, which does not exist']],
    ['see hazards.md', ['1 refers to hazards.md, which is not in the repository']],
  ])('%s', (text, faults) => {
    expect(documented(text)).toEqual(faults)
  })

  test('a comment refers to nothing outside the repository either', () => {
    const tree = new Tree({
      ...REPOSITORY,
      'a.ts': '// as PAIR.md says\n\n// as PLAN.md says\nconst s = "GONE.md"',
    })
    expect(describePlanted(documents, tree)).toEqual([
      'a.ts:3 refers to PLAN.md, which is not in the repository',
    ])
  })
})
