import { checkSource, rowsDigest, SOURCE_CLAIMS } from '@pollux/sdk'
import type { ReadReply, RowSet } from '@pollux/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Order, orders, type OrdersOptions } from './orders.ts'
import { PROVINCES } from './provinces.ts'
import { burst } from './rate.ts'

const FLAT_OUT = { rate: 1000, flatOut: true } as const

/** One range of one partition, from its positions alone. */
function range(
  options: OrdersOptions,
  from: number,
  to: number,
  place = { partition: 0, partitions: 1 },
): RowSet {
  const reader = orders(options).open(place)
  let found: ReadReply | null = null
  reader.read({ from: String(from), to: String(to), bytes: 1, waitMs: 0 }, (reply) => (found = reply))
  const reply = found as ReadReply | null
  if (reply?.kind !== 'rows' || reply.rows === null) throw new Error(JSON.stringify(reply))
  return reply.rows
}

function column(rows: RowSet, name: string): readonly unknown[] {
  const { index } = Order.wire.column(name)
  return Array.from({ length: rows.rows }, (_, row) => rows.value(index, row))
}

const numbers = (rows: RowSet, name: string): readonly number[] => column(rows, name) as readonly number[]

describe('orders', () => {
  it.each(SOURCE_CLAIMS)('$name', (claim) => {
    let verdict: Error | null = new Error('no answer')
    checkSource(claim, orders({ ...FLAT_OUT, rows: 90 }), (error) => (verdict = error))
    expect(verdict).toBeNull()
  })

  it('are the same rows however the range is split, over the whole of a long run', () => {
    const options = { rate: burst({ calm: 100, at: '2s', factor: 30 }), flatOut: true }
    fc.assert(
      fc.property(
        fc.nat({ max: 100_000 }),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 99 }),
        (from, first, second) => {
          const whole = range(options, from, from + first + second)
          const parts = [
            range(options, from, from + first),
            range(options, from + first, from + first + second),
          ]
          for (const { index, name } of Order.wire.columns) {
            expect(parts.flatMap((part) => column(part, name))).toEqual(
              column(whole, Order.wire.columns[index]!.name),
            )
          }
        },
      ),
    )
    expect(() => range({ ...FLAT_OUT }, 2 ** 50, 2 ** 50 + 10)).not.toThrow()
  })

  it('are others with another seed, and never change with the code', () => {
    const digests = [1, 2].map((seed) => rowsDigest(range({ ...FLAT_OUT, seed }, 0, 1000)))
    expect(digests[0]).not.toBe(digests[1])
    expect(digests).toEqual([4_070_881_153, 1_723_138_911])
  })

  it('come from provinces by their shares, and from few shops often', () => {
    const rows = range({ ...FLAT_OUT }, 0, 100_000)
    for (const [name, share] of [
      ['province', 'buyer'],
      ['seller', 'seller'],
    ] as const) {
      const counts = new Map<unknown, number>()
      for (const province of column(rows, name)) counts.set(province, (counts.get(province) ?? 0) + 1)
      const sum = PROVINCES.reduce((total, province) => total + province[share], 0)
      for (const province of PROVINCES) {
        const expected = province[share] / sum
        expect(Math.abs((counts.get(province.en) ?? 0) / rows.rows - expected)).toBeLessThan(
          0.001 + expected * 0.05,
        )
      }
    }
    const sellers = column(rows, 'seller')
    const ofGuangdong = numbers(rows, 'shop').filter((_, row) => sellers[row] === 'Guangdong')
    const ranks = ofGuangdong.map((shop) => Math.floor(shop / PROVINCES.length))
    const [first, second] = [0, 1].map((rank) => ranks.filter((one) => one === rank).length)
    expect(first! / ofGuangdong.length).toBeCloseTo(0.102, 2)
    expect(first! / second!).toBeGreaterThan(1.8)
    expect(new Set(ofGuangdong.map((shop) => shop % PROVINCES.length)).size).toBe(1)
  })

  it('are lognormal: half of them below 90 yuan, and 200 on average', () => {
    const amounts = [...numbers(range({ ...FLAT_OUT }, 0, 100_000), 'amount')].sort((a, b) => a - b)
    expect(Math.abs(amounts[50_000]! - 9000)).toBeLessThan(150)
    expect(Math.abs(amounts.reduce((a, b) => a + b, 0) / amounts.length - 20_000)).toBeLessThan(600)
    expect(amounts[0]!).toBeGreaterThanOrEqual(1)
    expect(amounts.every(Number.isSafeInteger)).toBe(true)
    // One in a hundred is above the median times e to the 2.33 sigma.
    expect(Math.abs(amounts[99_000]! / 9000 - Math.exp(2.3263 * 1.2637))).toBeLessThan(0.6)
  })

  it('are told late, and told again, as often as is said', () => {
    const rows = range({ ...FLAT_OUT, late: 0.03, lateBy: '10s', repeats: 0.01 }, 0, 50_000)
    const delays = numbers(rows, 'at').map((at, row) => Date.UTC(2016, 10, 10, 16) + row - at)
    const late = delays.filter((delay) => delay >= 200 + 64).length / delays.length
    expect(late).toBeGreaterThan(0.027)
    expect(late).toBeLessThan(0.031)
    expect(Math.max(...delays)).toBeLessThan(10_100)
    const ids = column(rows, 'id')
    expect(1 - new Set(ids).size / ids.length).toBeCloseTo(0.01, 2)
    const seen = new Map<unknown, string>()
    const texts = ids.map((_, row) =>
      Order.wire.columns.map(({ index }) => String(rows.value(index, row))).join(),
    )
    for (const [row, id] of ids.entries()) seen.set(id, texts[row]!)
    expect(texts.filter((text, row) => seen.get(ids[row]) !== text)).toEqual([])
    expect(ids.every((id) => (id as bigint) > 2n ** 53n)).toBe(true)
  })

  it('come when they are due: the clock says how far, not which', async () => {
    const reader = orders({ rate: 1000 }).open({ partition: 0, partitions: 1 })
    const read = (from: string, waitMs: number) =>
      new Promise<ReadReply & { kind: 'rows' }>((resolve) => {
        reader.read({ from, to: null, bytes: 1 << 20, waitMs }, (reply) =>
          resolve(reply as ReadReply & { kind: 'rows' }),
        )
      })
    const first = await read('', 0)
    expect(first.rows?.rows).toBe(1)
    const second = await read(first.to, 60_000)
    expect(second.rows!.rows).toBeGreaterThan(0)
    expect(rowsDigest(second.rows!)).toBe(rowsDigest(range(FLAT_OUT, Number(first.to), Number(second.to))))
    reader.close()
  })
})
