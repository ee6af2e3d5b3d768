import { describe, expect, test } from 'vitest'
import { cycles } from './cycles.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

describe('files import each other without cycles', () => {
  test('two ways to the same file are no cycle', () => {
    const tree = new Tree({
      'src/a.ts': `import './b.ts'; import './c.ts'`,
      'src/b.ts': `import './c.ts'`,
      'src/c.ts': `import 'd'`,
    })
    expect(describePlanted(cycles, tree)).toEqual([])
  })

  test('a cycle is reported once, by its shortest way, and one of types is one', () => {
    const tree = new Tree({
      'src/a.ts': `import './b.ts'`,
      'src/b.ts': `import './c.ts'\nimport './d.ts'`,
      'src/c.ts': `import './d.ts'`,
      'src/d.ts': `\nimport type { B } from './b.ts'`,
    })
    expect(describePlanted(cycles, tree)).toEqual([
      'src/b.ts:2 is in a cycle: b.ts -> d.ts -> b.ts',
      'src/c.ts:1 is in a cycle: c.ts -> d.ts -> b.ts -> c.ts',
    ])
  })

  test('a file that imports itself is a cycle', () => {
    expect(describePlanted(cycles, new Tree({ 'a.ts': `import './a.ts'` }))).toEqual([
      'a.ts:1 is in a cycle: a.ts -> a.ts',
    ])
  })
})
