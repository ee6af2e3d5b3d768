import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_CODES } from '@pollux/sdk'
import { describe, expect, it } from 'vitest'
import { CODES, errorMessages } from './error-messages.ts'
import { errorTable } from './error-table.ts'

const messages = errorMessages()

describe('wrong use', () => {
  it.each(CODES)('gets %s, with what, where, why, and what to try', (code) => {
    const { what, why, try: hint } = ERROR_CODES[code]
    const [first = '', ...rest] = messages.get(code)!.split('\n')
    expect(first).toMatch(new RegExp(`^PipelineError: ${code} .* \\(sales\\.ts:[1-9]\\d*\\): `))
    expect(first.endsWith(`: ${what}.`)).toBe(true)
    expect(rest).toEqual([`  Why: ${why}.`, `  Try: ${hint}.`])
  })

  it('is told in a document that is not stale (npm run errors)', () => {
    const path = join(import.meta.dirname, '..', '..', 'packages', 'sdk', 'ERRORS.md')
    expect(readFileSync(path, 'utf8')).toBe(errorTable(messages))
  })
})
