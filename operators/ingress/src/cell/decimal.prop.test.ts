import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteTextOf } from './byte-text.ts'
import { parseInt64, parseMoney, parseNumber, parseWhole } from './decimal.ts'

/** A text in the middle of other bytes, as it lies in a file. */
function within(
  text: string,
  parse: (bytes: ReturnType<typeof byteTextOf>, from: number, to: number) => number,
) {
  const [before, after] = ['1', ',123456789\n']
  return parse(byteTextOf(before + text + after), before.length, before.length + text.length)
}

const whole = (text: string): number => within(text, parseWhole)
const number = (text: string): number => within(text, parseNumber)
const money = (text: string, decimals: number): number =>
  within(text, (bytes, from, to) => parseMoney(bytes, from, to, decimals))

function int64(text: string): bigint | null {
  const halves = new Int32Array(2)
  let isOne = false
  within(text, (bytes, from, to) => {
    isOne = parseInt64(bytes, from, to, halves, 0)
    return 0
  })
  return isOne ? (BigInt(halves[1]!) << 32n) | BigInt(halves[0]! >>> 0) : null
}

/** What looks like a number, and what nearly does. */
const hostile = fc.stringMatching(/^[-+]?[0-9.eE:/]{0,24}$/)
const digits = fc.stringMatching(/^-?[0-9]{1,20}$/)
const decimal = fc.stringMatching(/^-?[0-9]{0,12}\.?[0-9]{0,12}(e-?[0-9]{1,3})?$/)

describe('a whole number', () => {
  const naive = (text: string): number => {
    const value = /^-?[0-9]+$/.test(text) ? Number(text) : Number.NaN
    return Number.isSafeInteger(value) ? value + 0 : Number.NaN
  }
  it('is what its digits say, as far as that is safe', () => {
    fc.assert(
      fc.property(fc.oneof(digits, hostile), (text) => {
        expect(whole(text)).toBe(naive(text))
      }),
    )
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(whole(String(value))).toBe(value + 0)
      }),
    )
  })

  it('ends where numbers end to be exact', () => {
    expect([whole('9007199254740991'), whole('-9007199254740991')]).toEqual([2 ** 53 - 1, 1 - 2 ** 53])
    for (const text of [
      '9007199254740992',
      '9007199254740993',
      '9999999999999999',
      '10000000000000000',
      '',
    ]) {
      expect(whole(text)).toBeNaN()
    }
    expect([whole('-0'), whole('00000000000000000000000000042')]).toEqual([0, 42])
  })
})

describe('a number', () => {
  const isNumber = (text: string): boolean => /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)
  const naive = (text: string): number => (isNumber(text) ? Number(text) : Number.NaN)

  it('is the same double that JavaScript reads', () => {
    fc.assert(
      fc.property(fc.oneof(decimal, hostile), (text) => {
        expect(number(text)).toBe(naive(text))
      }),
    )
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(number(String(value))).toBe(value + 0)
      }),
    )
  })

  it('may be infinite or none, and nothing else in words', () => {
    expect([number('Infinity'), number('-Infinity')]).toEqual([Infinity, -Infinity])
    for (const text of ['NaN', 'Infinity1', '+Infinity', 'inf', '0x10', ' 1', '1 ', '', '-', '.', 'e5']) {
      expect(number(text)).toBeNaN()
    }
    expect(Object.is(number('-0'), -0)).toBe(true)
  })
})

describe('money', () => {
  const naive = (text: string, decimals: number): number => {
    const found = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text)
    if (found === null || (found[3] ?? '').length > decimals) return Number.NaN
    const units = BigInt(found[2]! + (found[3] ?? '').padEnd(decimals, '0'))
    const value = Number(found[1] === '-' ? -units : units)
    return Number.isSafeInteger(value) ? value + 0 : Number.NaN
  }
  const amount = fc.stringMatching(/^-?[0-9]{1,17}(\.[0-9]{1,4})?$/)

  it('is exact in minor units, or none', () => {
    fc.assert(
      fc.property(fc.oneof(amount, hostile), fc.integer({ min: 0, max: 4 }), (text, decimals) => {
        expect(money(text, decimals)).toBe(naive(text, decimals))
      }),
    )
  })

  it('needs no more decimals than there are, and no fewer digits than one', () => {
    expect([money('12.5', 2), money('-0.07', 2), money('12', 2), money('-12.30', 2)]).toEqual([
      1250, -7, 1200, -1230,
    ])
    for (const text of ['12.345', '12.', '.5', '1.-5', '--1', '1.2.3', '90071992547409.92']) {
      expect(money(text, 2)).toBeNaN()
    }
  })
})

describe('64 bits', () => {
  it('hold whole numbers of 64 bits, and no others', () => {
    const wide = fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n })
    fc.assert(
      fc.property(fc.oneof(wide.map(String), digits, hostile), (text) => {
        const value = /^-?[0-9]+$/.test(text) ? BigInt(text) : null
        const fits = value !== null && BigInt.asIntN(64, value) === value
        expect(int64(text)).toBe(fits ? value : null)
      }),
    )
    const ends = [2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, -(2n ** 32n)]
    expect(ends.map((end) => int64(String(end)))).toEqual([ends[0], null, ends[2], null, ends[4]])
  })
})
