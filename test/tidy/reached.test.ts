import { describe, expect, test } from 'vitest'
import { reached } from './reached.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

describe('every source file is reached by a test', () => {
  test('directly, through another file, through a package, or from a command; types need none', () => {
    const tree = new Tree({
      'packages/std/package.json': '{ "exports": { ".": "./src/index.ts" } }',
      'packages/std/src/index.ts': `export * from './a.ts'`,
      'packages/std/src/a.ts': `import { b } from './b.ts'; export const a = b`,
      'packages/std/src/b.ts': 'export const b = 1',
      'packages/std/src/shape.ts':
        'declare const brand: unique symbol\nexport interface Shape { [brand]: 1 }\ntype Other = Shape',
      'packages/pair/src/c.ts': 'export const c = 1',
      'packages/pair/src/c.test.ts': `import { c } from './c.ts'`,
      'test/sim/main.ts': `import { a } from '@pollux/std'`,
    })
    expect(describePlanted(reached, tree)).toEqual([])
  })

  test('an import of its types only does not reach a file that does something', () => {
    const tree = new Tree({
      'packages/pair/src/a.ts': 'export const a = 1',
      'packages/pair/src/b.ts': 'export const b = 1; export type B = 1',
      'packages/pair/src/c.test.ts': `import type { B } from './b.ts'`,
    })
    const what = 'is imported by no test, and by nothing that a test imports'
    expect(describePlanted(reached, tree)).toEqual([
      `packages/pair/src/a.ts:1 ${what}`,
      `packages/pair/src/b.ts:1 ${what}`,
    ])
  })
})
