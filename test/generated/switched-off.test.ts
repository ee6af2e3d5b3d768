import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

interface Printed {
  readonly loops: readonly string[]
  readonly output: { readonly words: readonly object[]; readonly error: string }
}

function run(...options: readonly string[]): Printed {
  const file = join(import.meta.dirname, 'small-pipeline.ts')
  const printed = execFileSync(process.execPath, [...options, file], { encoding: 'utf8', timeout: 60_000 })
  return JSON.parse(printed) as Printed
}

it('a pipeline gives the same where the platform makes no code of text', () => {
  const [on, off] = [run(), run('--disallow-code-generation-from-strings')]
  expect([on.loops, off.loops]).toEqual([['generated'], ['interpreted']])
  expect(off.output).toEqual(on.output)
  expect(on.output.words).toHaveLength(4)
  // The lines are those of the file: of the step, and of the throw.
  const { error } = on.output
  expect(error).toMatch(/^words, map \(\S+small-pipeline\.ts:25\), at row \{word "wrong", length 5, /)
  expect(error).toMatch(/: TypeError: that is wrong \(thrown at \S+small-pipeline\.ts:30\)$/)
})
