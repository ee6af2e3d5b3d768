import { describe, expect, test } from 'vitest'
import { purity } from './purity.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

/** What the rule says of this text, without the path. */
function impure(text: string, path = 'packages/pair/src/a.ts'): readonly string[] {
  return describePlanted(purity, new Tree({ [path]: text })).map((each) => each.slice(path.length + 1))
}

describe('pure packages', () => {
  test.each([
    ['const now = Date.now()', 'uses Date'],
    ['let at: Date', 'uses Date'],
    ['const x = Math.random()', 'uses Math.random'],
    ["const x = Math['random']()", 'uses Math.random'],
    ['setTimeout(f, 1)', 'uses setTimeout'],
    ['const later = setInterval', 'uses setInterval'],
    ['setImmediate(f)', 'uses setImmediate'],
    ['queueMicrotask(f)', 'uses queueMicrotask'],
    ['const e = process.env', 'uses process'],
    ['const t = performance.now()', 'uses performance'],
    ['const id = crypto.randomUUID()', 'uses crypto'],
    ['new Intl.Collator()', 'uses Intl'],
    ['console.log(1)', 'uses console'],
    ['const b = Buffer.alloc(1)', 'uses Buffer'],
    ['function f(): Promise<void> { return g() }', 'uses Promise'],
    ['const f = new Function()', 'uses Function'],
    ["eval('1')", 'uses eval'],
    ["require('fs')", 'uses require'],
    ['globalThis.x = 1', 'uses globalThis'],
    ['fetch(x)', 'uses fetch'],
    ['new WeakRef(x)', 'uses WeakRef'],
    ['a.localeCompare(b)', 'uses localeCompare'],
    ['n.toLocaleString()', 'uses toLocaleString'],
    ['async function f() {}', 'is asynchronous'],
    ['const f = async () => 1', 'is asynchronous'],
    ['class A { async f() {} }', 'is asynchronous'],
    ["const m = import('./b.ts')", 'imports dynamically'],
    ['const here = import.meta.url', 'uses import.meta'],
    ["import { readFileSync } from 'node:fs'", 'imports node:fs'],
    ["import fs from 'fs'", 'imports fs'],
    ["export { x } from 'lodash'", 'imports lodash'],
    ["import type { Socket } from 'node:net'", 'imports node:net'],
    ['let count = 0', 'has a module-level let'],
    ['export let count = 0', 'has a module-level let'],
    ['var count = 0', 'has a module-level var'],
    ['const seen = new Map<string, number>()', 'has a module-level empty container'],
    ['export const seen: string[] = []', 'has a module-level empty container'],
    ['class A { static count = 0 }', 'has a static field that is not readonly'],
    ['const o = { process }', 'uses process'],
    ['function f(process: number) { return process }', 'uses process'],
    ["import { now as Date } from './now.ts'", 'uses Date'],
    ['const x = { [Date]: 1 }', 'uses Date'],
  ])('%s', (text, what) => {
    expect(impure(text)).toContain(`1 ${what}`)
  })

  test('one file makes functions of text, and is as pure as the others apart from that', () => {
    const path = 'packages/sdk/src/program/generated/generated-function.ts'
    expect(impure('const f = new Function()', path)).toEqual([])
    expect(impure("eval('1')", path)).toEqual(['1 uses eval'])
  })

  test('a word in a comment, in a string or after a dot is not a use', () => {
    const text = [
      '// Date, Promise, setTimeout and process.env are for drivers',
      "export const text = 'Date.now() Promise let async'",
      'export interface Operator { process(batch: Batch): void; readonly crypto: Digest }',
      'export function run(o: Operator, b: Batch) { let count = 0; o.process(b); return (count += 1) }',
      'export const table = { Buffer: 1, console: 2 }',
      'export const x = Math.min(1, 2)',
      'const NONE: readonly string[] = []',
      'const NOWHERE: ReadonlyMap<string, number> = new Map()',
      "import { must } from '@pollux/std'",
      "export * from './b.ts'",
    ]
    expect(impure(text.join('\n'))).toEqual([])
  })

  test('the line is that of the use', () => {
    expect(impure('\n\nconst a = 1\nconst b = Date.now()\n')).toEqual(['4 uses Date'])
  })

  test('tests may do I/O and wait, but depend on neither clock nor chance', () => {
    const path = 'packages/pair/src/a.test.ts'
    expect(
      impure("import { test } from 'vitest'\nlet x = 0\nawait import('node:fs')\nconsole.log(process)", path),
    ).toEqual([])
    expect(impure('const x = Math.random() + Date.now()\nsetTimeout(f, 9)', path)).toEqual([
      '1 uses Math.random',
      '1 uses Date',
      '2 uses setTimeout',
    ])
  })

  test('what is no pure package may use all of it', () => {
    expect(impure("import 'node:fs'\nconst t = Date.now()\nawait x", 'test/bench/a.ts')).toEqual([])
  })

  test('in one file globals are replaced, and nothing else is excused there', () => {
    const path = 'packages/sim/src/kit/forbidden-globals.ts'
    expect(impure('globalThis.x = 1', path)).toEqual([])
    expect(impure('globalThis.x = Date.now()', path)).toEqual(['1 uses Date'])
    expect(impure('globalThis.x = 1', 'packages/sim/src/kit/simulate.ts')).toHaveLength(1)
  })
})
