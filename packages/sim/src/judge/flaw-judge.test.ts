import { describe, expect, it } from 'vitest'
import { FLAW_MESSAGE, type FlawedPlace } from '../faults/flaw.ts'
import { FlawJudge } from './flaw-judge.ts'

const THROWS = { kind: 'throws', pair: 'in/0', where: 'rows', epoch: 11 } as const
const HALTED = { kind: 'halted', pair: 'in/0', code: `RangeError: ${FLAW_MESSAGE}` }

function judge(where: FlawedPlace = 'rows'): FlawJudge {
  return new FlawJudge({ ...THROWS, where }, () => 0)
}

describe('a run of code that throws', () => {
  it('may finish only if it never came to where it throws', () => {
    const one = judge()
    expect(one.escaped(new Set())).toBe(null)
    one.onShown()
    expect(one.escaped(new Set())).toBe('it finished, though the code of in/0 throws')
  })

  it('may finish in another run that never comes there: what was not durable is decided anew', () => {
    const one = judge()
    one.onShown()
    one.onRun()
    expect(one.escaped(new Set(['crash']))).toBe(null)
    one.onShown()
    expect(one.escaped(new Set(['crash']))).toContain('it finished')
  })

  it('may finish where nobody need come by that code again', () => {
    for (const where of ['state.load', 'state.encode', 'current'] as const) {
      const one = judge(where)
      one.onShown()
      expect(one.escaped(new Set())).toBe(null)
    }
    const one = judge('state.snapshot')
    one.onShown()
    expect(one.escaped(new Set())).toContain('it finished')
  })

  it('is halted by it beside the stream only by the name of what was asked', () => {
    const one = judge('state.encode')
    one.onShown()
    expect(one.isHaltedByIt(HALTED as never)).toBe(false)
    const code = `state.encode: ${HALTED.code}`
    expect(one.isHaltedByIt({ ...HALTED, code } as never)).toBe(true)
  })

  it('remembers across runs what shows before there is one', () => {
    const one = judge('factory')
    one.onShown()
    one.onRun()
    expect(one.escaped(new Set())).toContain('it finished')
  })

  it('is halted by it, by name, in the run in which it was shown', () => {
    const one = judge()
    expect(one.isHaltedByIt(HALTED as never)).toBe(false)
    one.onShown()
    expect(one.isHaltedByIt(HALTED as never)).toBe(true)
    expect(one.isHaltedByIt({ ...HALTED, code: 'RangeError: another' } as never)).toBe(false)
  })
})
