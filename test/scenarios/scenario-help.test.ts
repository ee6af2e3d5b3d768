import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { READING, SCENARIO_HELP } from './scenario-help.ts'

describe('the help of a scenario', () => {
  test.each([
    '  pipeline in(1, replayable) -> count(2, chain) => out(1, transactional)',
    '  seed 3 ',
    '  source 24 rows in 200 ms ',
    '  checkpoint every 10 epochs ',
    '  keys for 100 epochs ',
    '  limit markBytes 600 ',
    '  quietly run ...',
    '  expect nobody was removed',
    '    poison:ID ',
    ', asks-to-hand-over,',
    ', durable-decision, ',
  ])('tells %j', (line) => {
    expect(SCENARIO_HELP).toContain(line)
  })

  test('tells how to read a recording, in the words of the document beside it', () => {
    expect(readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')).toContain(READING)
  })
})
