import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAscii, isUtf8, readUtf8, utf8Length, writeUtf8 } from './utf8.ts'

const texts = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  // Any units at all, so halves of surrogate pairs stand alone.
  fc
    .array(fc.integer({ min: 0xd000, max: 0xffff }), { maxLength: 50 })
    .map((units) => String.fromCharCode(...units)),
)

describe('UTF-8 by hand', () => {
  it('writes what the engine writes and reads what it reads', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const expected = new TextEncoder().encode(text)
        const bytes = new Uint8Array(text.length * 3 + 3)
        const end = writeUtf8(text, bytes, 3)
        expect(bytes.subarray(3, end)).toEqual(expected)
        expect(readUtf8(bytes, 3, end)).toBe(text.toWellFormed())
        expect(utf8Length(text)).toBe(expected.length)
        expect(isUtf8(bytes, 3, end)).toBe(true)
        expect(isAscii(bytes, 3, end)).toBe(/^[\0-\x7f]*$/.test(text))
      }),
      { numRuns: 1000 },
    )
  })

  it('reads any bytes as the engine does, without a throw, and knows what is no UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        const lenient = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
        expect(readUtf8(bytes, 0, bytes.length)).toBe(lenient)
        let valid = true
        try {
          new TextDecoder('utf-8', { fatal: true }).decode(bytes)
        } catch {
          valid = false
        }
        expect(isUtf8(bytes, 0, bytes.length)).toBe(valid)
      }),
      { numRuns: 1000 },
    )
  })
})
