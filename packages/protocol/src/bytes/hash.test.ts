import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HASH_NULL, HASH_START, combineHash, hashBytes, hashInt64, hashNumber, hashText } from './hash.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('the hash of a key', () => {
  it('never changes for texts: these are the vectors of MurmurHash3 x86_32', () => {
    expect(hashText('')).toBe(0)
    expect(hashText('a')).toBe(0x3c2569b2)
    expect(hashText('abc')).toBe(0xb3dd93fa)
    expect(hashText('hello')).toBe(0x248bfa47)
    expect(hashText('hello, world')).toBe(0x149bbb7f)
    expect(hashText('Guangdong')).toBe(0x0cb3aa3f)
    expect(hashText('北京')).toBe(0x27c0ed47)
    expect(hashText('😀')).toBe(0xbeb42efa)
  })

  it('never changes for numbers, 64-bit ids, keys of several columns and null', () => {
    expect(hashNumber(0)).toBe(0x63852afc)
    expect(hashNumber(1)).toBe(0xf783608f)
    expect(hashNumber(-1)).toBe(0xe289df71)
    expect(hashNumber(0.5)).toBe(0x9f97d7a0)
    expect(hashNumber(Number.NaN)).toBe(0x5529940d)
    expect(hashNumber(Infinity)).toBe(0x1916a2e5)
    expect(hashNumber(1_700_000_000_000)).toBe(0xf94eaf84)
    expect(hashInt64(1, 0)).toBe(0x53075d44)
    expect(combineHash(combineHash(HASH_START, hashText('ab')), hashText('c'))).toBe(0x745b2c2e)
    expect(HASH_NULL).toBe(0x6e756c6c)
  })

  it('is the same for -0 and 0, and for every NaN', () => {
    expect(hashNumber(-0)).toBe(hashNumber(0))
    const odd = new Float64Array(new Uint32Array([7, 0xfff00001]).buffer)[0] as number
    expect(hashNumber(odd)).toBe(hashNumber(Number.NaN))
    expect(hashNumber(-Number.NaN)).toBe(hashNumber(Number.NaN))
  })

  it('is the same for a text and its UTF-8, also with lone surrogates', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 30 }),
          fc.string({ unit: 'binary', maxLength: 30 }),
          fc.constant('\udfff'),
        ),
        (text) => {
          const bytes = utf8(text)
          expect(hashText(text)).toBe(hashBytes(bytes, 0, bytes.length))
          const shifted = new Uint8Array([1, ...bytes, 2])
          expect(hashBytes(shifted, 1, 1 + bytes.length)).toBe(hashText(text))
        },
      ),
    )
  })
})
