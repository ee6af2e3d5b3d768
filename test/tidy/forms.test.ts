import { describe, expect, test } from 'vitest'
import { forms } from './forms.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

function formed(text: string, path = 'packages/pair/src/a.ts'): readonly string[] {
  return describePlanted(forms, new Tree({ [path]: text })).map((each) => each.slice(path.length + 1))
}

describe('forms', () => {
  test('a default export is for tool configurations', () => {
    expect(formed('\nexport default 1')).toEqual(['2 exports a default'])
    expect(formed('export default 1', 'vitest.config.ts')).toEqual([])
  })

  test.each([
    ['enum A { B }', 'declares an enum'],
    ['namespace A { export const b = 1 }', 'declares a namespace'],
    ['const a: any = 1', 'uses any'],
    ['const a = b as any', 'uses any'],
    ['// @ts-ignore\nf()', 'uses @ts-ignore'],
    ['/* @ts-nocheck */', 'uses @ts-nocheck'],
    ['// @ts-expect-error it is wrong\nf()', 'uses @ts-expect-error'],
    ['// oxlint-disable-next-line no-console\nf()', 'switches a lint rule off without a reason'],
    ['/* eslint-disable */', 'switches a lint rule off without a reason'],
  ])('%s', (text, what) => {
    expect(formed(text)).toEqual([`1 ${what}`])
  })

  test('a test that something does not compile expects the error', () => {
    expect(
      formed('// @ts-expect-error a Seq is no Epoch\nf()', 'packages/std/src/brand.compile.test.ts'),
    ).toEqual([])
  })

  test('a lint rule may be switched off with a reason; words in strings are words', () => {
    expect(formed('// oxlint-disable-next-line no-console -- the command line prints\nf()')).toEqual([])
    expect(formed("const s = '// @ts-ignore any enum'")).toEqual([])
  })
})
