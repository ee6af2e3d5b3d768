import fc from 'fast-check'
import { epoch, EPOCH_END, incarnation, run } from '@pollux/protocol'
import type { Epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { latestCut } from './checkpoint-keeper.ts'
import { partName } from './part-name.ts'

const PAIRS = ['orders/0', 'sums/0', 'sums/1', 'wall/0']
const LAST = 30

const part = fc
  .record({
    pair: fc.constantFrom(...PAIRS),
    from: fc.nat(LAST),
    length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(Number.POSITIVE_INFINITY)),
    incarnation: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ pair, from, length, incarnation: who }) => {
    return named(pair, from, from + length, who)
  })
const parts = fc.array(part, { maxLength: 14 })
const epochs = fc.integer({ min: -1, max: LAST }).map((value) => value as Epoch)
const wanted = fc.record({ above: epochs, from: epochs })

/** Tries the end and every epoch at which a part begins, from the last one down. */
function twin(
  all: readonly { pair: string; from: number; to: number }[],
  { above, from }: { readonly above: number; readonly from: number },
): number | null {
  const begins = (cut: number): boolean => {
    return cut === EPOCH_END || cut === from || all.some((one) => one.from === cut)
  }
  const cuts = [EPOCH_END, ...Array.from({ length: LAST + 1 }, (_, back) => LAST - back)]
  const valid = (cut: number): boolean =>
    PAIRS.every((pair) => all.some((one) => one.pair === pair && one.from <= cut && cut < one.to))
  return cuts.find((cut) => cut > above && cut >= from && begins(cut) && valid(cut)) ?? null
}

function named(pair: string, from: number, to: number, who: number) {
  const one = { run: run(1), pair, from: epoch(from), to, incarnation: incarnation(who) }
  return { ...one, name: partName(one) }
}

describe('the cut of a checkpoint (P11)', () => {
  it('is the greatest wanted where a part begins, all are called, or the end is, that every pair has', () => {
    fc.assert(
      fc.property(parts, wanted, (all, cuts) => {
        expect(latestCut(run(1), all, PAIRS, cuts)?.epoch ?? null).toBe(twin(all, cuts))
      }),
      { numRuns: 1000 },
    )
  })

  it('names for each pair a part of its own that is valid there', () => {
    fc.assert(
      fc.property(parts, wanted, (all, cuts) => {
        const cut = latestCut(run(1), all, PAIRS, cuts)
        if (cut === null) return
        expect(Object.keys(cut.parts).sort()).toEqual(PAIRS)
        for (const [pair, name] of Object.entries(cut.parts)) {
          const chosen = all.find((one) => one.name === name)
          expect(chosen?.pair).toBe(pair)
          expect(chosen!.from <= cut.epoch && cut.epoch < chosen!.to).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('is the end where all have ended', () => {
    const ended = PAIRS.map((pair) => named(pair, EPOCH_END, Number.POSITIVE_INFINITY, 1))
    expect(latestCut(run(1), ended, PAIRS, { above: epoch(20), from: epoch(0) })?.epoch).toBe(EPOCH_END)
    expect(latestCut(run(1), ended, PAIRS, { above: EPOCH_END, from: epoch(0) })).toBe(null)
  })
})
