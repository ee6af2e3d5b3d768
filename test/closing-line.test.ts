import { describe, expect, test } from 'vitest'
import { closingLine } from './closing-line.ts'
import type { Judged } from './closing-line.ts'

type State = 'passed' | 'failed' | 'skipped' | 'pending'

function judged(states: readonly State[], suiteErrors = 0, ownErrors = 0): Judged {
  const errors = (count: number) => () => Array.from({ length: count }, () => new Error('planted'))
  const tests = states.map((state) => ({ result: () => ({ state }) }))
  return {
    children: {
      allTests: () => tests,
      allSuites: () => [{ errors: errors(0) }, { errors: errors(suiteErrors) }],
    },
    errors: errors(ownErrors),
  }
}

describe('the closing line', () => {
  test('counts tests over all files', () => {
    const modules = [judged(['passed', 'passed']), judged(['failed', 'passed'])]
    expect(closingLine(modules, 0, 'failed')).toBe('3 passed, 1 failed')
  })

  test('names the skipped only when there are any', () => {
    expect(closingLine([judged(['passed', 'skipped', 'pending'])], 0, 'passed')).toBe(
      '1 passed, 0 failed, 2 skipped',
    )
  })

  test('a failed hook, a file that did not load and an error outside a test are failures', () => {
    expect(closingLine([judged(['passed'], 1)], 0, 'failed')).toBe('1 passed, 1 failed')
    expect(closingLine([judged(['passed']), judged([], 0, 1)], 0, 'failed')).toBe('1 passed, 1 failed')
    expect(closingLine([judged(['passed'])], 2, 'failed')).toBe('1 passed, 2 failed')
  })

  test('so are an interrupted run and one without tests', () => {
    expect(closingLine([judged(['passed'])], 0, 'interrupted')).toBe('1 passed, 1 failed')
    expect(closingLine([], 0, 'passed')).toBe('0 passed, 1 failed')
  })
})
