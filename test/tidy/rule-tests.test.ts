import { expect, test } from 'vitest'
import { ruleTests } from './rule-tests.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

test('a rule without a test beside it is reported; what is no rule needs none', () => {
  const tree = new Tree({
    'test/tidy/tree.ts': 'export class Tree {}',
    'test/tidy/names.ts': 'export const names: Rule = {}',
    'test/tidy/names.test.ts': '',
    'test/tidy/rule.ts': 'export function describePlanted(rule: Rule): string {',
    'test/tidy/vacuous.ts': 'export const vacuous: Rule = {}',
    'test/tidy/made.ts': 'const x = 1\nexport function sizeRule(listed: object): Rule {}',
  })
  expect(describePlanted(ruleTests, tree)).toEqual([
    'test/tidy/made.ts:1 has no test beside it',
    'test/tidy/vacuous.ts:1 has no test beside it',
  ])
})
