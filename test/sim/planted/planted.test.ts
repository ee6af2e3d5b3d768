import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Source } from '../../tidy/source.ts'
import { CATALOGUE } from './catalogue.ts'
import { mutated, ROOT } from './plant.ts'
import { complaints } from './self-test/complaints.ts'
import { tryBaseline, tryMutations } from './trials.ts'

test('each planted bug still has its one place in the source', () => {
  for (const mutation of CATALOGUE) expect(mutated(mutation)).not.toBe('')
})

test('and that is code: a comment may be reworded', () => {
  const inProse = CATALOGUE.filter(({ file, find }) => {
    const source = new Source(file, readFileSync(new URL(file, ROOT), 'utf8'))
    const from = source.text.indexOf(find)
    return source.comments.some((comment) => comment.start < from + find.length && from < comment.end)
  })
  expect(inProse.map(({ name }) => name)).toEqual([])
})

test('each planted bug has a name of its own, in words', () => {
  const names = CATALOGUE.map(({ name }) => name)
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([])
  expect(new Set(names).size).toBe(names.length)
})

test('the simulator holds what it claims of itself', () => {
  expect([...complaints()]).toEqual([])
})

test('every planted bug is caught, and the core without them passes the same schedules', async () => {
  const judged = await tryMutations(CATALOGUE)
  const missed = judged.filter(({ caught }) => !caught)
  expect(missed.map(({ mutation, by, after, detail }) => [mutation.name, by, after, detail])).toEqual([])
  expect(await tryBaseline(judged)).toEqual([])
})
