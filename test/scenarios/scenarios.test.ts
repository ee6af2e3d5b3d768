import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { playFile, scenarioFiles } from './scenario-files.ts'

const WIDTH = 110
const LINES_MOST = 120

describe('every scenario plays as recorded', () => {
  test.each(scenarioFiles())('$name', (file) => {
    const { text, faults } = playFile(file)
    expect(faults).toEqual([])
    expect(text, `if this is right: npm run scenarios -- --update ${file.name}`).toBe(
      readFileSync(file.path, 'utf8'),
    )
  })
})

describe('a scenario can be read', () => {
  test.each(scenarioFiles())('$name', ({ path }) => {
    const lines = readFileSync(path, 'utf8').split('\n')
    expect(lines.filter((line) => line.length > WIDTH)).toEqual([])
    expect(lines.length).toBeLessThanOrEqual(LINES_MOST)
  })
})
