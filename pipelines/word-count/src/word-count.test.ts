import type { Columns, Sink } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { drive } from '@pollux/sim'
import { expect, it } from 'vitest'
import { Line, wordCount } from './word-count.ts'

const lines = namedSource(Line, { description: 'lines', eventTime: { column: 'at' } })
const counts: Sink<Columns> = { description: 'counts', kind: 'resumable' }

it('counts the words so far, and tells those that have come again', () => {
  const driver = drive(wordCount, { lines, counts })
  driver.push('lines', { at: 100, text: 'a rose is a rose' }, { at: 1100, text: 'is a rose.' }).advanceTo(500)
  driver.push('lines', { at: 2000, text: 'and so on' }).advanceTo(3000)
  const told = driver
    .output('counts')
    .map(({ word, windowEnd, times }) => `${String(windowEnd)} ${String(word)} ${String(times)}`)
  expect(told.sort()).toEqual([
    '1000 a 2',
    '1000 is 1',
    '1000 rose 2',
    '2000 a 3',
    '2000 is 2',
    '2000 rose 3',
  ])
})
