import { expect, test } from 'vitest'
import { lockfile } from './lockfile.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

test('an optional dependency without an entry is reported; its own folder and those above count', () => {
  const packages = {
    'node_modules/a': { optionalDependencies: { 'a-linux': '1', 'a-darwin': '1', fsevents: '1' } },
    'node_modules/a/node_modules/a-linux': {},
    'node_modules/b/node_modules/a-darwin': {},
    'node_modules/fsevents': {},
  }
  const tree = new Tree({ 'package-lock.json': JSON.stringify({ packages }, null, 2) })
  expect(describePlanted(lockfile, tree)).toEqual(['package-lock.json:6 has no entry for a-darwin'])
})
