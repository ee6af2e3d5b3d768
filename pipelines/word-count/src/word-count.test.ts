import type { Columns, Sink } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { drive, expectSameAsBatch, type PlainRow, simulate } from '@pollux/sim'
import { Random } from '@pollux/std'
import { describe, expect, it } from 'vitest'
import { Line, wordCount, type WordCountEnds } from './word-count.ts'

const lines = namedSource(Line, { description: 'lines', eventTime: { column: 'at', outOfOrder: '1s' } })
const counts: Sink<Columns> = { description: 'counts', kind: 'transactional' }
const ENDS: WordCountEnds = { lines, counts }

const VERSE = 'A rose is a rose is a rose, said she; and a rose it was.'.split(' ')

interface Said {
  readonly at: number
  readonly text: string
}

/** Out of order, but never later than the source allows. */
function said(count: number, seed: number): readonly Said[] {
  const random = new Random(seed)
  let now = 5000
  return Array.from({ length: count }, () => {
    now += random.between(0, 250)
    const words = Array.from({ length: random.below(7) }, () => random.pick(VERSE))
    return { at: now - random.below(1000), text: words.join(' ') }
  })
}

/** What must have been told: of each second the words that came in it, and how often they had by then. */
function counted(input: readonly Said[]): readonly string[] {
  const words = input.flatMap(({ at, text }) =>
    [...text.matchAll(/\w+/g)].map(([word]) => ({ word, end: Math.floor(at / 1000) * 1000 + 1000 })),
  )
  const told = new Set(words.map(({ word, end }) => `${end} ${word}`))
  return [...told].map((one) => {
    const [end, word] = one.split(' ')
    const times = words.filter((other) => other.word === word && other.end <= Number(end)).length
    return `${one} ${times}`
  })
}

function tell(rows: readonly PlainRow[]): readonly string[] {
  return rows.map(({ word, windowEnd, times }) => `${String(windowEnd)} ${String(word)} ${String(times)}`)
}

describe('the count of words', () => {
  it('is of the words so far, told of those that have come again', () => {
    const driver = drive(wordCount, ENDS)
    driver.push('lines', { at: 100, text: 'a rose is a rose' }, { at: 1100, text: 'is a rose.' })
    driver.push('lines', { at: 3000, text: 'and so on' }).advanceTo(3000)
    expect([...tell(driver.output('counts'))].sort()).toEqual([
      '1000 a 2',
      '1000 is 1',
      '1000 rose 2',
      '2000 a 3',
      '2000 is 2',
      '2000 rose 3',
    ])
  })

  it('is right to the word under faults of every kind', () => {
    const input = said(60, 1)
    const rows = input.map((line) => ({ ...line }))
    const report = simulate(wordCount, {
      config: ENDS,
      input: { lines: rows },
      schedules: 30,
      partitions: 2,
    })
    expect(report.verdict).toBe('ok')
    expectSameAsBatch(report)
    const told = [...tell(report.output('counts'))].sort()
    expect(told.length).toBeGreaterThan(30)
    expect(told).toEqual([...counted(input)].sort())
    // A word that is not there, or there once more, does not pass.
    expect(told).not.toEqual([...counted(input.slice(1))].sort())
    expect(told).not.toEqual([...counted([...input, { at: input[0]!.at, text: 'rose' }])].sort())
  })
})
