import { describe, expect, it } from 'vitest'
import { hashText } from '../bytes/hash.ts'
import { Dictionary, isSymbolText } from './dictionary.ts'

describe('Dictionary', () => {
  it('numbers texts in order of first appearance and hashes the text, not the number', () => {
    const dictionary = new Dictionary(3)
    expect([dictionary.intern('b'), dictionary.intern('a'), dictionary.intern('b')]).toEqual([0, 1, 0])
    expect(dictionary.texts()).toEqual(['b', 'a'])
    expect(dictionary.hash(1)).toBe(hashText('a'))
    expect([dictionary.find('a'), dictionary.find('c')]).toEqual([1, -1])
  })

  it('is full at its cap, and what it knows it still finds', () => {
    const dictionary = new Dictionary(1)
    dictionary.intern('a')
    expect([dictionary.intern('b'), dictionary.intern('a'), dictionary.length]).toEqual([-1, 0, 1])
  })

  it('takes a lone surrogate for the U+FFFD that it travels as', () => {
    const dictionary = new Dictionary(5)
    expect([dictionary.intern('\ud800'), dictionary.intern('\ufffd'), dictionary.find('\udc00')]).toEqual([
      0, 0, 0,
    ])
    expect(dictionary.text(0)).toBe('\ufffd')
  })

  it('forgets what was added last, and numbers anew from there', () => {
    const dictionary = new Dictionary(5)
    for (const text of ['a', 'b', 'c']) dictionary.intern(text)
    dictionary.truncate(1)
    expect([dictionary.length, dictionary.find('b'), dictionary.intern('c')]).toEqual([1, -1, 1])
    expect(() => dictionary.truncate(3)).toThrow('truncate(3) of 2')
  })

  it('takes texts of 256 bytes, however many characters those are', () => {
    expect(isSymbolText('x'.repeat(256))).toBe(true)
    expect(isSymbolText('x'.repeat(257))).toBe(false)
    expect(isSymbolText('京'.repeat(85))).toBe(true)
    expect(isSymbolText('京'.repeat(86))).toBe(false)
  })
})
