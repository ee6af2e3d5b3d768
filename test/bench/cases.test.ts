import { expect, it } from 'vitest'
import { planCases } from './plans.ts'
import { stepsCases } from './stateless-steps.ts'
import { windowCases } from './window-steps.ts'

// What they cost is for `npm run bench` to tell; that they run, twice over, is seen here.
it.each([
  ['stateless steps', stepsCases],
  ['windows', windowCases],
  ['plans', planCases],
] as const)('%s can be measured', (_, casesOf) => {
  const cases = casesOf()
  expect(cases.length).toBeGreaterThan(2)
  for (const { run, byHand } of cases) for (const one of [run, byHand, run]) one()
})
