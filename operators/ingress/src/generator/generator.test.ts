import { checkSource, schema, SOURCE_CLAIMS, t } from '@pollux/sdk'
import { describe, expect, it } from 'vitest'
import { lastOf, readAll } from '../../test-kit/read-all.ts'
import { generator } from './generator.ts'
import type { Rate } from './rate.ts'

const Tick = schema({
  n: t.int32(),
  at: t.timestamp(),
  side: t.symbol(['buy', 'sell']),
  note: t.text().optional(),
})
const ticks = (rows: number) =>
  generator({
    schema: Tick,
    rate: 10,
    flatOut: true,
    rows,
    from: 0,
    eventTime: 'at',
    row: (n, at, dice) => ({
      n,
      at,
      side: dice.pick(['buy', 'sell']),
      note: dice.chance(0.5) ? 'x'.repeat(dice.below(9)) : null,
    }),
  })

describe('a generator', () => {
  it.each(SOURCE_CLAIMS)('$name', (claim) => {
    let verdict: Error | null = new Error('no answer')
    checkSource(claim, ticks(80), (error) => (verdict = error))
    expect(verdict).toBeNull()
  })

  it('gives each row its time and its chance', async () => {
    const all = await readAll(ticks(400))
    expect(all.rows.map(([n, at]) => [n, at])).toEqual(Array.from({ length: 400 }, (_, n) => [n, n * 100]))
    const bought = all.rows.filter(([, , side]) => side === 'buy').length
    expect(Math.abs(bought - 200)).toBeLessThan(40)
    expect(lastOf(all)).toMatchObject({ ended: true, to: '400' })
  })

  it('fails at a row that cannot be made, or does not fit, and says which', async () => {
    const failing = (row: (n: number) => { readonly n: number }, rate: Rate = 10) =>
      generator({ schema: schema({ n: t.uint8() }), rate, flatOut: true, row })
    const thrown = failing((n) => {
      if (n === 7) throw new RangeError('no seven')
      return { n }
    })
    expect(lastOf(await readAll(thrown))).toEqual({ kind: 'failed', detail: 'row 7: RangeError: no seven' })
    const none = failing((n) => (n < 3 ? { n } : (undefined as unknown as { readonly n: number })))
    const reason = 'row 3: TypeError: a row is an object with its columns, not undefined'
    expect(lastOf(await readAll(none))).toEqual({ kind: 'failed', detail: reason })
    const misfit = { kind: 'failed', detail: expect.stringMatching(/^row 256: ColumnError: .*256/) as string }
    expect(lastOf(await readAll(failing((n) => ({ n }))))).toEqual(misfit)
    const fading = failing(
      (n) => ({ n: n % 9 }),
      (second) => (second < 3 ? 5 : Number.NaN),
    )
    const detail = 'the rate of second 3 is NaN, not from 0 to 1000000000000'
    expect(lastOf(await readAll(fading))).toEqual({ kind: 'failed', detail })
  })

  it('describes itself', () => {
    expect(ticks(5).description).toBe('generator of 5 rows, flat out')
    expect(
      generator({ schema: Tick, rate: 10, row: () => ({ n: 1, at: 1, side: 'buy' as const }) }).description,
    ).toBe('generator of rows, 10 a second')
  })
})
