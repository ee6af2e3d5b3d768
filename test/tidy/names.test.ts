import { describe, expect, test } from 'vitest'
import { names } from './names.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

function named(...paths: string[]): readonly string[] {
  return describePlanted(names, new Tree(Object.fromEntries(paths.map((path) => [path, '']))))
}

describe('names of files and folders', () => {
  test('kebab-case, documents in capitals, and what tools ask for', () => {
    const good = [
      'packages/pair/PAIR.md',
      'LICENSE',
      '.ci/run',
      '.oxlintrc.json',
      'test/tidy/rule-tests.test.ts',
    ]
    expect(
      named(...good, 'src/column-types.ts', 'src/common-prefix.ts', 'a.prop.test.ts', 'k8s/x.yaml'),
    ).toEqual([])
  })

  test('no other case', () => {
    expect(named('src/OutputBuffer.ts', 'src/output_buffer.ts', 'Sim/a.ts')).toEqual([
      "Sim/a.ts:1 has 'Sim' in its name, which is not kebab-case",
      "src/OutputBuffer.ts:1 has 'OutputBuffer.ts' in its name, which is not kebab-case",
      "src/output_buffer.ts:1 has 'output_buffer.ts' in its name, which is not kebab-case",
    ])
  })

  test.each(['utils.ts', 'helpers.ts', 'common/a.ts', 'manager.ts', 'types.ts', 'misc.ts', 'utils.test.ts'])(
    '%s says nothing',
    (path) => {
      expect(named(`src/${path}`)).toEqual([
        `src/${path}:1 has '${path.split('/')[0]}' in its name, which says nothing`,
      ])
    },
  )

  test('neither does string-utils.ts or buffer-manager.ts', () => {
    expect(named('string-utils.ts', 'buffer-manager.ts')).toHaveLength(2)
  })
})
