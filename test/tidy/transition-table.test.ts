import { describe, expect, test } from 'vitest'
import { describePlanted } from './rule.ts'
import { transitionTable } from './transition-table.ts'
import { Tree } from './tree.ts'

const HELD = `const NONE: Row = { nothing: null, knocking: null }
const TABLE: Record<Place, Row> = {
  waiting: NONE,
  'member, alone': { ...NONE, knocking: 'let in' },
}`

const PRINTED = `Text.

| standing | nothing | knocking |
|---|---|---|
| waiting | - | - |
| member, alone | - | \`let in\` |

| other | table |`

function judged(printed: string, held = HELD): readonly string[] {
  const tree = new Tree({ 'packages/pair/PAIR.md': printed, 'packages/pair/src/life/own-view.test.ts': held })
  return describePlanted(transitionTable, tree).map((each) => each.replace('packages/pair/PAIR.md:1 ', ''))
}

describe('the transition table', () => {
  test('is printed as it is held', () => {
    expect(judged(PRINTED)).toEqual([])
    expect(judged(PRINTED.replace('\n\n| other | table |', ''))).toEqual([])
  })

  test.each([
    [
      '| waiting | - | - |',
      '| waiting | - | found |',
      "'waiting': knocking found, 2 cells; the test holds: 2 cells",
    ],
    [
      '| waiting | - | - |\n',
      '| waiting | - | - |\n| gone | - | - |\n',
      "'gone': 2 cells; the test holds: nothing",
    ],
    ['| waiting | - | - |\n', '', "'waiting': nothing; the test holds: 2 cells"],
    ['| waiting | - | - |', '| waiting | - |', "'waiting': 1 cells; the test holds: 2 cells"],
    [
      '`let in`',
      '`lead`',
      "'member, alone': knocking lead, 2 cells; the test holds: knocking let in, 2 cells",
    ],
  ])('with %s printed as %s is not', (is, instead, said) => {
    expect(judged(PRINTED.replace(is, instead))).toEqual([`prints of ${said}`])
  })

  test('is missed where it is gone, on either side', () => {
    expect(judged('')).toEqual(['has no table that begins with | standing | nothing |'])
    expect(judged(PRINTED, 'const TABLE = tableOf(x)')).toEqual([
      'packages/pair/src/life/own-view.test.ts:1 has no TABLE of literal rows',
    ])
  })
})
