import { describe, expect, it } from 'vitest'
import { AssertionError, assert, must } from './assert.ts'

describe('assert', () => {
  it('passes what holds without building its message', () => {
    assert(true, () => {
      throw new Error('built')
    })
  })

  it('throws an AssertionError with the text or the built text', () => {
    expect(() => assert(0, 'zero is false')).toThrow(AssertionError)
    const row = 7
    expect(() => assert(false, () => `at ${row}`)).toThrow('at 7')
    expect(new AssertionError('x').name).toBe('AssertionError')
  })

  it('must() gives back falsy values that are there, and throws on null and undefined', () => {
    expect(must(0, 'gone')).toBe(0)
    expect(must('', 'gone')).toBe('')
    expect(() => must(null, 'gone')).toThrow('gone')
    expect(() => must(undefined, 'gone')).toThrow(AssertionError)
  })
})
