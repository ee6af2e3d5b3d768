import { expect, it } from 'vitest'
import { insteadOf, nearest } from './nearest.ts'

it('a name is taken for the nearest one, and for none where it is far from all', () => {
  const known = ['allowedLateness', 'early', 'preAggregate', 'stateBytesMax']
  expect(nearest('allowedLatenes', known)).toBe('allowedLateness')
  expect(nearest('allowedlateness', known)).toBe('allowedLateness')
  expect(nearest('lateness', known)).toBe(null)
  expect(nearest('erly', known)).toBe('early')
  expect(nearest('aerly', known)).toBe('early')
  expect(nearest('', known)).toBe(null)
  expect(nearest('by', ['of'])).toBe(null)
  expect(nearest('early', [])).toBe(null)
})

it('and what there is, is said', () => {
  expect(insteadOf('amuont', ['at', 'amount'])).toBe('did you mean amount? there is at, amount')
  expect(insteadOf('price', ['at', 'amount'])).toBe('there is at, amount')
})
