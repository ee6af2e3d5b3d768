import { describe, expect, it } from 'vitest'
import { cellOf, Coverage, whyNever } from './coverage.ts'
import { PHASES } from './protocol-phase.ts'
import { FAULT_KINDS } from '../faults/struck-slots.ts'

describe('the coverage table', () => {
  it('names a cell that can occur and was never hit', () => {
    const coverage = new Coverage()
    coverage.add(allBut('crash while loading'))
    expect(coverage.empty).toEqual([['crash', 'loading']])
    coverage.add([cellOf('crash', 'loading')])
    expect(coverage.empty).toEqual([])
  })

  it('does not ask for what cannot occur, and says so when it does', () => {
    const coverage = new Coverage()
    coverage.add(allBut(''))
    expect(coverage.contradicted).toEqual([])
    coverage.add([cellOf('source-cut', 'committing')])
    expect(coverage.contradicted).toEqual([['source-cut', 'committing']])
  })

  it('gives every cell a number of its own', () => {
    const cells = FAULT_KINDS.flatMap((kind) => PHASES.map((phase) => cellOf(kind, phase)))
    expect(new Set(cells).size).toBe(FAULT_KINDS.length * PHASES.length)
  })

  it('adds up what several threads have counted', () => {
    const [one, other] = [new Coverage(), new Coverage()]
    one.add([cellOf('hang', 'steady'), cellOf('hang', 'steady')])
    other.add([cellOf('hang', 'steady')])
    one.merge(other.counts)
    expect(one.count('hang', 'steady')).toBe(3)
  })

  it('prints a dash and a reason for what cannot occur', () => {
    const table = new Coverage().table()
    const down = table.split('\n').find((line) => line.startsWith('down'))
    expect(down?.split(/ +/).slice(0, 6)).toEqual(['down', '-', '-', '-', '-', '0'])
    expect(table).toContain('- crash while down: there is no worker to strike')
  })
})

function allBut(name: string): number[] {
  return FAULT_KINDS.flatMap((kind) =>
    PHASES.filter((phase) => whyNever(kind, phase) === null && `${kind} while ${phase}` !== name).map(
      (phase) => cellOf(kind, phase),
    ),
  )
}
