import { BatchBuilder, defineSchema, hashKey, keyGroup } from '@pollux/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeRows } from '../state/state-frames.ts'
import { KeyTimers } from './key-timers.ts'

const KEY = { name: 'k0', type: 'text' } as const
const GROUPS = 2
/** The last two have one hash. */
const KEYS = ['a', 'b', 'c', 'd', 'kyas', 'k2d1z']
const rows = new BatchBuilder(defineSchema([KEY]))
for (const key of KEYS) rows.appendValues([key])
const HASHES = KEYS.map((_, row) => hashKey(rows, ['k0'], row))

interface NaiveTimer {
  readonly key: number
  readonly name: string
  at: number
}
type Told = readonly [at: number, name: string, key: string]

/** A list of timers in the order in which they came. */
class NaiveTimers {
  #timers: NaiveTimer[] = []

  set(key: number, at: number, name: string): void {
    const found = this.#timers.find((one) => one.key === key && one.name === name)
    if (found === undefined) this.#timers.push({ key, name, at })
    else found.at = at
  }

  cancel(key: number, name: string): void {
    this.#timers = this.#timers.filter((one) => one.key !== key || one.name !== name)
  }

  forget(key: number): void {
    this.#timers = this.#timers.filter((one) => one.key !== key)
  }

  due(until: number): readonly Told[] {
    const due = this.#timers.filter(({ at }) => at <= until)
    this.#timers = this.#timers.filter(({ at }) => at > until)
    const group = ({ key }: NaiveTimer): number => keyGroup(HASHES[key]!, GROUPS)
    return due
      .sort((a, b) => a.at - b.at || group(a) - group(b))
      .map(({ at, name, key }) => [at, name, KEYS[key]!])
  }
}

/** What is the same wherever it is: moved by a copy of its state. */
function moved(from: KeyTimers): KeyTimers {
  const to = new KeyTimers([KEY], GROUPS)
  for (const [group, held] of from.store.freeze()) {
    to.store.load(group, encodeRows(held))
    to.onLoaded(group)
  }
  return to
}

const key = fc.nat(KEYS.length - 1)
const name = fc.constantFrom('', 'x', 'y')
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant('set' as const), key, name, at: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('cancel' as const), key, name }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('forget' as const), key }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('boundary' as const), until: fc.nat(40) }) },
  fc.record({ act: fc.constant('move' as const) }),
)

it('has two keys of one hash to tell apart', () => {
  expect(HASHES[4]).toBe(HASHES[5])
})

it('timers are those of an obvious list of them, whatever is set, cancelled, forgotten and moved', () => {
  const tally = { due: 0, compacted: 0 }
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200, size: 'max' }), (acts) => {
      const naive = new NaiveTimers()
      let timers = new KeyTimers([KEY], GROUPS)
      const expectDue = (until: number): void => {
        const expected = naive.due(until)
        const found = timers.due(until)
        const told = found.map(({ at, name: text, rows: { keys }, slot }) => [at, text, keys.value(0, slot)])
        expect(told).toEqual(expected)
        tally.due += told.length
        tally.compacted += timers.store.all().filter(([, { isSparse }]) => isSparse).length
        timers.compact()
      }
      for (const one of acts) {
        if (one.act === 'set') {
          naive.set(one.key, one.at, one.name)
          timers.set(rows, one.key, HASHES[one.key]!, one.at, one.name)
        } else if (one.act === 'cancel') {
          naive.cancel(one.key, one.name)
          timers.cancel(rows, one.key, HASHES[one.key]!, one.name)
        } else if (one.act === 'forget') {
          naive.forget(one.key)
          timers.forget(rows, one.key, HASHES[one.key]!)
        } else if (one.act === 'move') timers = moved(timers)
        else expectDue(one.until)
      }
      expectDue(40)
    }),
    { numRuns: 300 },
  )
  expect(tally.due).toBeGreaterThan(2000)
  expect(tally.compacted).toBeGreaterThan(100)
})
