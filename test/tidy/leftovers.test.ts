import { describe, expect, test } from 'vitest'
import { leftovers } from './leftovers.ts'
import { describePlanted } from './rule.ts'
import { Tree } from './tree.ts'

function left(text: string, path = 'src/a.ts'): readonly string[] {
  return describePlanted(leftovers, new Tree({ [path]: text })).map((each) => each.slice(path.length + 1))
}

describe('leftovers', () => {
  test.each(['TODO', 'FIXME', 'XXX', 'HACK'])('%s in a comment or a document', (mark) => {
    expect(left(`\n// ${mark}: later`)).toEqual([`2 says ${mark}`])
    expect(left(`/* a\n ${mark} */`)).toEqual([`1 says ${mark}`])
    expect(left(`# Pair\n${mark}`, 'PAIR.md')).toEqual([`2 says ${mark}`])
    expect(left(`const s = '${mark}'`)).toEqual([])
  })

  test.each([
    'const seq = next(seq)',
    'let count = 0',
    'return seq + 1;',
    'if (seq > 0) {',
    'this.#queue.push(item)',
    'seq += 1',
    "import { a } from './a.ts'",
    'export function a() {',
    'release(frame);',
  ])('code in a comment: %s', (code) => {
    expect(left(`// ${code}\nf()`)).toEqual([`1 has code in a comment: ${code}`])
  })

  test.each([
    'D1. A decision is final when it is durable, or when both members of the view have it.',
    'return to the sender what it asked for',
    'if (and only if) both acked, evict',
    'seq = 3 is the first one after the take-over, so nothing is repeated.',
    'const is what it says',
    'a(b): the first one',
    'import of a package by its index',
    'step(input) -> effects',
    'let it be known',
  ])('a sentence: %s', (sentence) => {
    expect(left(`// ${sentence}\nf()`)).toEqual([])
  })

  test('an example in a doc comment is a document', () => {
    expect(left('/**\n * ```ts\n * const a = f()\n * ```\n */\nf()')).toEqual([])
  })

  test.each(['test.only', 'it.skip', 'describe.todo', 'test.skipIf', 'test.fails'])('%s', (muted) => {
    expect(left(`\n${muted}('x', f)`, 'src/a.test.ts')).toEqual([`2 has ${muted}`])
  })

  test('also behind another modifier; a `skip` of something else is none', () => {
    expect(left("test.concurrent.only('x', f)", 'src/a.test.ts')).toEqual(['1 has test.only'])
    expect(left('reader.skip(4)\nexpect(sink.only).toBe(1)', 'src/a.test.ts')).toEqual([])
  })
})
