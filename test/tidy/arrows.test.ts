import { describe, expect, test } from 'vitest'
import { arrows } from './arrows.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

const HOUSE = {
  'package.json': '{ "devDependencies": { "vitest": "1" } }',
  'packages/std/package.json': '{ "exports": { ".": "./src/index.ts", "./test": "./src/seeds.ts" } }',
  'packages/protocol/package.json':
    '{ "exports": { ".": "./src/index.ts" }, "dependencies": { "@pollux/std": "1" } }',
  'packages/pair/package.json': '{ "exports": { ".": "./src/index.ts" } }',
  'packages/protocol/src/index.ts': `export { a } from './a.ts'`,
  'packages/protocol/src/b.ts': 'export const b = 1',
}

/** What the rule says when this is the text of one file more. */
function planted(path: string, text: string): readonly string[] {
  return describePlanted(arrows, new Tree({ ...HOUSE, 'packages/protocol/src/a.ts': '', [path]: text }))
}

describe('imports follow the arrows between packages', () => {
  test('a package imports the one below it, its subpath, and its own files', () => {
    const text = [
      `import '@pollux/std'`,
      `import { s } from '@pollux/std/test'`,
      `import { b } from './b.ts'`,
    ]
    expect(planted('packages/protocol/src/a.ts', text.join('\n'))).toEqual([])
  })

  test('not the one above it, not even for its types', () => {
    expect(planted('packages/std/src/a.ts', `\nimport type { X } from '@pollux/pair'`)).toEqual([
      'packages/std/src/a.ts:2 imports @pollux/pair, against the arrows',
    ])
    expect(planted('packages/std/src/a.ts', `let x: import('@pollux/pair').X`)).toEqual([
      'packages/std/src/a.ts:1 imports @pollux/pair, against the arrows',
    ])
    expect(planted('packages/std/src/a.ts', `await import('@pollux/pair')`)).toEqual([
      'packages/std/src/a.ts:1 imports @pollux/pair, against the arrows',
    ])
  })

  test('no inner file of another package, neither by name nor by path', () => {
    expect(planted('packages/protocol/src/a.ts', `import '@pollux/std/src/ring.ts'`)).toEqual([
      "packages/protocol/src/a.ts:1 imports '@pollux/std/src/ring.ts', which @pollux/std does not export",
    ])
    expect(planted('packages/protocol/src/a.ts', `export * from '../../std/src/ring.ts'`)).toEqual([
      'packages/protocol/src/a.ts:1 reaches into packages/std by a path',
    ])
    expect(planted('test/bench/main.ts', `import '../../packages/protocol/src/b.ts'`)).toEqual([
      'test/bench/main.ts:1 reaches into packages/protocol by a path',
    ])
  })

  test('what tests share is for tests, whichever package it is in', () => {
    const kit = { 'packages/protocol/test-kit/rows.ts': '', 'packages/protocol/src/a.ts': '' }
    const said = (path: string, text: string): readonly string[] =>
      describePlanted(arrows, new Tree({ ...HOUSE, ...kit, [path]: text }))
    expect(said('packages/protocol/src/c.test.ts', `import '../test-kit/rows.ts'`)).toEqual([])
    expect(said('packages/protocol/test-kit/more.ts', `import './rows.ts'`)).toEqual([])
    expect(said('packages/protocol/src/c.ts', `import '../test-kit/rows.ts'`)).toEqual([
      "packages/protocol/src/c.ts:1 imports '../test-kit/rows.ts', which is for tests",
    ])
    expect(said('packages/protocol/src/c.ts', `import '@pollux/std/test-kit'`)).toEqual([
      "packages/protocol/src/c.ts:1 imports '@pollux/std/test-kit', which is for tests",
    ])
  })

  test('inside a package, the file itself, with .ts', () => {
    expect(planted('packages/protocol/src/a.ts', `import './b'`)).toEqual([
      "packages/protocol/src/a.ts:1 imports './b', which is not a file",
    ])
    expect(planted('packages/protocol/src/a.ts', `import './index.ts'`)).toEqual([
      "packages/protocol/src/a.ts:1 imports its own package's index",
    ])
    expect(planted('packages/protocol/src/a.ts', `import '@pollux/protocol'`)).toEqual([
      'packages/protocol/src/a.ts:1 imports its own package by name',
    ])
  })

  test('whatever is imported is declared', () => {
    expect(planted('packages/pair/src/a.ts', `import '@pollux/std'`)).toEqual([
      'packages/pair/src/a.ts:1 imports @pollux/std, which packages/pair/package.json does not declare',
    ])
    expect(planted('packages/pair/src/a.ts', `import 'lmdb'`)).toEqual([
      'packages/pair/src/a.ts:1 imports lmdb, which packages/pair/package.json does not declare',
    ])
    expect(planted('packages/pair/src/a.ts', `import 'vitest'`)).toEqual([
      'packages/pair/src/a.ts:1 imports vitest, which packages/pair/package.json does not declare',
    ])
    expect(planted('packages/pair/src/a.test.ts', `import 'vitest'; import 'node:fs'`)).toEqual([])
  })

  test('a package without a row is none', () => {
    expect(planted('packages/pair/src/a.ts', `import '@pollux/shortcut'`)).toEqual([
      'packages/pair/src/a.ts:1 imports @pollux/shortcut, which has no row',
    ])
  })
})
