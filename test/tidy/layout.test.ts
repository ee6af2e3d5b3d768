import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { PACKAGES } from './layout.ts'
import { packages } from './packages.ts'
import { describeViolations } from './rule.ts'
import { Tree } from './tree.ts'

test('the layout has a row for what exists, and for nothing else', () => {
  const tree = Tree.onDisk(resolve(import.meta.dirname, '../..'))
  const existing = tree.paths.filter((path) =>
    /^(packages|operators|pipelines)\/[^/]+\/package\.json$/.test(path),
  )
  expect(PACKAGES.map(({ folder }) => `${folder}/package.json`).toSorted()).toEqual(existing.toSorted())
})

test('a new package without a row is told to add one', () => {
  const tree = new Tree({ 'packages/kiosk/package.json': '{ "name": "@pollux/kiosk" }' })
  expect(describeViolations(packages.check(tree))).toBe(
    [
      'packages/kiosk/package.json:1 is a package that the layout does not know',
      '  why: a package is found, licensed and imported in the same way as the others, or it is a folder',
      '  instead: add its row to test/tidy/layout.ts',
    ].join('\n'),
  )
})
