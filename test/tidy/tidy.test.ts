import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HOUSE_RULES } from './house-rules.ts'
import { describeViolations } from './rule.ts'
import type { Rule } from './rule.ts'
import { Tree } from './tree.ts'

describe('the house rules', () => {
  const tree = Tree.onDisk(resolve(import.meta.dirname, '../..'))

  test('see the repository', () => {
    expect(tree.paths).toContain('test/tidy/tidy.test.ts')
    expect(tree.paths).toContain('packages/std/src/index.ts')
    expect(tree.paths.filter((path) => path.includes('node_modules'))).toEqual([])
  })

  test.each(HOUSE_RULES.map((rule) => [rule.claim, rule] as const))('%s', (_claim, rule) => {
    assertHolds(rule, tree)
  })
})

/** Not an `expect`: its message would repeat the list as a difference. */
function assertHolds({ claim, check }: Rule, tree: Tree): void {
  const broken = check(tree)
  if (broken.length > 0) throw new Error(`"${claim}" does not hold:\n\n${describeViolations(broken)}\n`)
}
