import { describe, expect, test } from 'vitest'
import { packages } from './packages.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

const MANIFEST = {
  name: '@pollux/std',
  license: 'Apache-2.0',
  type: 'module',
  exports: { '.': './src/index.ts' },
}

const GOOD = {
  'packages/std/package.json': JSON.stringify(MANIFEST),
  'packages/std/README.md': '',
  'packages/std/src/index.ts': '',
  'packages/std/src/ring.ts': '',
}

describe('packages', () => {
  test('a whole one', () => {
    expect(describePlanted(packages, new Tree(GOOD))).toEqual([])
  })

  test('one without anything', () => {
    expect(describePlanted(packages, new Tree({ 'packages/std/package.json': '{}' }))).toEqual([
      "packages/std/package.json:1 is named ''",
      'packages/std/package.json:1 has no license',
      'packages/std/package.json:1 is not a module',
      'packages/std/README.md:1 does not exist',
      'packages/std/src/index.ts:1 does not exist',
      'packages/std/package.json:1 is an empty shell',
    ])
  })

  test('one of several lists instead of an index', () => {
    const { 'packages/std/src/index.ts': _, ...rest } = GOOD
    const manifest = (exports: object) => ({
      'packages/std/package.json': JSON.stringify({ ...MANIFEST, exports }),
    })
    const several = { ...rest, ...manifest({ './ring': './src/ring.ts' }) }
    expect(describePlanted(packages, new Tree(several))).toEqual([])
    expect(describePlanted(packages, new Tree({ ...rest, ...manifest({}) }))).toEqual([
      'packages/std/src/index.ts:1 does not exist',
    ])
  })

  test('one without a package.json', () => {
    expect(describePlanted(packages, new Tree({ 'packages/std/src/a.ts': '' }))).toEqual([
      'packages/std/package.json:1 does not exist',
    ])
  })

  test('an export of what is not there', () => {
    const exports = { ...MANIFEST.exports, './seeds': './src/seeds.ts' }
    const tree = new Tree({ ...GOOD, 'packages/std/package.json': JSON.stringify({ ...MANIFEST, exports }) })
    expect(describePlanted(packages, tree)).toEqual([
      'packages/std/package.json:1 exports ./seeds from ./src/seeds.ts, which is no file',
    ])
  })

  test('one that the layout does not know', () => {
    expect(describePlanted(packages, new Tree({ ...GOOD, 'packages/shortcut/package.json': '{}' }))).toEqual([
      'packages/shortcut/package.json:1 is a package that the layout does not know',
    ])
  })
})
