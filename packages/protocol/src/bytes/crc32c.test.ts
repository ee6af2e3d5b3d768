import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'

/** Bit by bit, as the definition says. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

describe('CRC-32C', () => {
  it('has the published values (RFC 3720, B.4)', () => {
    const whole = (bytes: Uint8Array): number => crc32c(bytes, 0, bytes.length)
    expect(whole(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
    expect(whole(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(whole(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
    expect(whole(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e)
    expect(whole(Uint8Array.from({ length: 32 }, (_, index) => 31 - index))).toBe(0x113fdb5c)
    expect(whole(new Uint8Array(0))).toBe(0)
  })

  it('equals the bitwise twin over any range', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(40), fc.nat(40), (bytes, skip, drop) => {
        const from = Math.min(skip, bytes.length)
        const to = Math.max(from, bytes.length - drop)
        expect(crc32c(bytes, from, to)).toBe(bitwise(bytes.subarray(from, to)))
      }),
      { numRuns: 500 },
    )
  })
})
