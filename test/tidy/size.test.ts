import { describe, expect, test } from 'vitest'
import { describePlanted } from './rule.ts'
import { sizeRule } from './size.ts'
import { Tree } from './tree.ts'

const PATH = 'packages/pair/src/a.ts'

function sized(text: string, listed: Record<string, string> = {}): readonly string[] {
  return describePlanted(sizeRule(listed), new Tree({ [PATH]: text }))
}

describe('size', () => {
  test('300 lines are a file, 301 are too many', () => {
    expect(sized('x\n'.repeat(300))).toEqual([])
    expect(sized('x\n'.repeat(301))).toEqual([`${PATH}:301 has 301 lines, over 300`])
  })

  test('a listed file may have 500, and none has 501', () => {
    const listed = { [PATH]: 'one table' }
    expect(sized('x\n'.repeat(500), listed)).toEqual([])
    expect(sized('x\n'.repeat(501), listed)).toEqual([`${PATH}:301 has 501 lines, over 500`])
  })

  test('an entry of the list that is not needed is taken off', () => {
    expect(sized('x\n'.repeat(300), { [PATH]: 'was long' })).toEqual([
      `test/tidy/long-files.ts:1 lists ${PATH}, which is not over 300 lines`,
    ])
    expect(sized('', { 'gone.ts': 'was long' })).toEqual([
      'test/tidy/long-files.ts:1 lists gone.ts, which is not over 300 lines',
    ])
  })

  test('110 columns are a line, counted in characters; an address is not wrapped', () => {
    expect(sized(`${'é'.repeat(110)}\n// https://${'x'.repeat(200)}`)).toEqual([])
    expect(sized(`\n${'x'.repeat(111)}`)).toEqual([`${PATH}:2 has 111 columns, over 110`])
  })
})
