import { describe, expect, it } from 'vitest'
import { Tree } from '../tidy/tree.ts'
import { exampleModule } from './example-module.ts'
import { publicNames } from './public-list.ts'
import { undocumented } from './undocumented.ts'

/** What is said when this is the text of a file that the SDK's list leads to. */
function said(text: string, list: string): readonly string[] {
  const tree = new Tree({
    'packages/sdk/package.json': '{ "exports": { ".": "./src/index.ts" } }',
    'packages/sdk/src/index.ts': list,
    'packages/sdk/src/a.ts': text,
  })
  return undocumented(publicNames(tree))
}

const A = 'packages/sdk/src/a.ts:'

describe('a public name', () => {
  it('that is called has a line and an example', () => {
    const list = `export { a, b, c } from './a.ts'`
    const text = [
      'export function a() {}\n/** Does it. */\nexport const b = () => 1\n// No doc.\nexport class C {}',
      '/**\n * Does it.\n * @example\n * c() // -> 1\n */\nexport function c() {}\nexport { C as d }',
    ].join('\n')
    expect(said(text, list)).toEqual([
      `${A}1 (@pollux/sdk): a has no line that says what it is`,
      `${A}1 (@pollux/sdk): a has no example`,
      `${A}3 (@pollux/sdk): b has no example`,
    ])
  })

  it('that is a type, or a constant, has a line', () => {
    const list = `export { type A, type B, C } from './a.ts'`
    const text = `export interface A {}\n/** One. */\nexport type B = 1\n/** Two. */\nexport const C = 2`
    expect(said(text, list)).toEqual([`${A}1 (@pollux/sdk): A has no line that says what it is`])
  })

  it('that is a class has an example, or each of its methods has, but for what is internal', () => {
    const methods = `  /** Two. */\n  two() {}\n  /** @internal */\n  three() {}\n  #four() {}\n  one() {}`
    const list = `export type { A } from './a.ts'`
    expect(said(`/** It. */\nexport class A {\n${methods}\n}`, list)).toEqual([
      `${A}2 (@pollux/sdk): A.two has no example`,
      `${A}2 (@pollux/sdk): A.one has no line that says what it is`,
      `${A}2 (@pollux/sdk): A.one has no example`,
    ])
    expect(said(`/** It.\n * @example\n * a // -> 1\n */\nexport class A {\n${methods}\n}`, list)).toEqual([
      `${A}5 (@pollux/sdk): A.one has no line that says what it is`,
    ])
  })
})

describe('an example', () => {
  it('shows what it says, also over several lines, and imports what it names', () => {
    const names = publicNames(
      new Tree({
        'packages/sdk/package.json': '{ "exports": { ".": "./src/index.ts" } }',
        'packages/sdk/src/index.ts': `export { sum, type Sum } from './sum.ts'`,
        'packages/sdk/src/sum.ts': 'export const sum = 1\nexport interface Sum {}',
      }),
    )
    const shown = 'sum(one, { orders: 1 })\n// -> 1\n// -> 2\none // -> 3'
    const code = `import { x } from 'x'\nconst one: Sum = x.sum\n${shown}`
    const { text, expected } = exampleModule(code, '@pollux/sdk', names)
    expect(expected).toEqual(['1 2', '3'])
    expect(text).toBe(
      [
        `import { sum } from '@pollux/sdk'`,
        `import { type Sum } from '@pollux/sdk'`,
        `import { x } from 'x'`,
        `import type { World } from './example-world.ts'`,
        '',
        'export const body = ({ show }: World) => {',
        '',
        'const one: Sum = x.sum',
        'show(0, sum(one, { orders: 1 }))',
        '// -> 1\n// -> 2',
        'show(1, one) // -> 3',
        '}\n',
      ].join('\n'),
    )
  })
})
