import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

interface Printed {
  readonly loops: readonly string[]
  readonly output: { readonly words: readonly object[]; readonly error: string }
}

const OFF = '--disallow-code-generation-from-strings'

function run(...options: readonly string[]): Printed {
  return JSON.parse(printedBy('small-pipeline.ts', options)) as Printed
}

function printedBy(name: string, options: readonly string[]): string {
  const file = join(import.meta.dirname, name)
  return execFileSync(process.execPath, [...options, file], { encoding: 'utf8', timeout: 60_000 })
}

it('a pipeline gives the same where the platform makes no code of text', () => {
  const [on, off] = [run(), run(OFF)]
  expect([on.loops, off.loops]).toEqual([
    ['generated', 'generated'],
    ['interpreted', 'interpreted'],
  ])
  expect(off.output).toEqual(on.output)
  expect(on.output.words).toHaveLength(4)
  // The lines are those of the file: of the step, and of the throw.
  const { error } = on.output
  expect(error).toMatch(/^words, map \(small-pipeline\.ts:21\), at row \{word "wrong", length 5, /)
  expect(error).toMatch(/: TypeError: that is wrong \(thrown at small-pipeline\.ts:34\)$/)
})

it('and its plan says so', () => {
  expect(printedBy('small-plan.ts', [])).toMatch(
    '\n  filter (small-plan.ts:8) reads text\n  in one generated loop\n',
  )
  expect(printedBy('small-plan.ts', [OFF])).toMatch(
    '\n  filter (small-plan.ts:8)\n  row by row, interpreted: the platform makes no code of text\n',
  )
})
