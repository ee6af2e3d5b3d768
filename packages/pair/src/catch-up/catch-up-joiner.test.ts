import { epoch } from '@pollux/protocol'
import type { ImagePart, StateSliceMessage } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { CatchUpJoiner } from './catch-up-joiner.ts'

const CALL = { kind: 'catch-up', at: epoch(7), inputs: [] } as const
type Step = 'catch-up' | 'retained' | 'slice' | 'last slice'

function part(index: number): ImagePart {
  return { kind: 'egress', record: epoch(index), nextRow: 0, finalBefore: 0 }
}

/** Slice `index` of an image, of two parts that bear its number. */
function slice(index: number, last = false): StateSliceMessage {
  return { kind: 'state-slice', index, parts: [part(index), part(index)], last }
}

function joinerAt(phase: CatchUpJoiner['phase']): CatchUpJoiner {
  const joiner = new CatchUpJoiner()
  if (phase === 'called') return joiner
  joiner.onCatchUp(CALL)
  if (phase === 'subscribing') return joiner
  joiner.onRetained()
  if (phase === 'replaying') joiner.onSlice(slice(0, true))
  return joiner
}

/** Total: what each message makes of each phase. */
const TABLE: Record<CatchUpJoiner['phase'], Record<Step, CatchUpJoiner['phase']>> = {
  called: { 'catch-up': 'subscribing', retained: 'called', slice: 'called', 'last slice': 'called' },
  subscribing: {
    'catch-up': 'subscribing',
    retained: 'loading',
    slice: 'subscribing',
    'last slice': 'subscribing',
  },
  loading: { 'catch-up': 'loading', retained: 'loading', slice: 'loading', 'last slice': 'replaying' },
  replaying: {
    'catch-up': 'replaying',
    retained: 'replaying',
    slice: 'replaying',
    'last slice': 'replaying',
  },
}

const STEPS: Record<Step, (joiner: CatchUpJoiner) => unknown> = {
  'catch-up': (joiner) => joiner.onCatchUp(CALL),
  retained: (joiner) => joiner.onRetained(),
  slice: (joiner) => joiner.onSlice(slice(0)),
  'last slice': (joiner) => joiner.onSlice(slice(0, true)),
}

describe('a joiner', () => {
  for (const phase of Object.keys(TABLE) as CatchUpJoiner['phase'][]) {
    it(`${phase}: goes on as the table says, whatever comes`, () => {
      const after = Object.entries(STEPS).map(([step, take]) => {
        const joiner = joinerAt(phase)
        take(joiner)
        return [step, joiner.phase]
      })
      expect(Object.fromEntries(after)).toEqual(TABLE[phase])
    })
  }

  it('retains from when it knows the boundary, and is loaded only with the last slice', () => {
    const phases = (['called', 'subscribing', 'loading', 'replaying'] as const).map(joinerAt)
    expect(phases.map((joiner) => joiner.retains)).toEqual([false, true, true, true])
    expect(phases.map((joiner) => joiner.loaded)).toEqual([false, false, false, true])
  })

  it.each(['subscribing', 'loading', 'replaying'] as const)(
    'when %s takes no second boundary, and stays at its own',
    (phase) => {
      const joiner = joinerAt(phase)
      expect([joiner.onCatchUp({ ...CALL, at: epoch(9) }), joiner.survivorAt]).toEqual([false, 7])
    },
  )

  it('has the survivor at its boundary until it hears more', () => {
    const joiner = new CatchUpJoiner()
    expect([joiner.onCatchUp(CALL), joiner.survivorAt]).toEqual([true, 7])
  })

  it('gives the whole image with the last slice, in the order of its parts, and nothing before', () => {
    const joiner = joinerAt('loading')
    expect([joiner.onSlice(slice(0)), joiner.onSlice(slice(1))]).toEqual([null, null])
    const image = joiner.onSlice(slice(2, true))
    expect(image).toEqual([part(0), part(0), part(1), part(1), part(2), part(2)])
  })

  it('gives a group whole that came in pieces, over slices', () => {
    const joiner = joinerAt('loading')
    const piece = (...bytes: number[]): ImagePart => ({
      kind: 'group',
      group: 3,
      bytes: Uint8Array.from(bytes),
    })
    joiner.onSlice({ ...slice(0), parts: [part(0), piece(1, 2)] })
    joiner.onSlice({ ...slice(1), parts: [piece(3)] })
    expect(joiner.onSlice({ ...slice(2, true), parts: [piece(4), part(2)] })).toEqual([
      part(0),
      piece(1, 2, 3, 4),
      part(2),
    ])
  })

  it('takes a slice once, and none that comes before its turn', () => {
    const joiner = joinerAt('loading')
    joiner.onSlice(slice(0))
    for (const wrong of [slice(0), slice(2), slice(2, true)]) expect(joiner.onSlice(wrong)).toBe(null)
    expect(joiner.onSlice(slice(1, true))).toEqual([part(0), part(0), part(1), part(1)])
  })

  it('takes no slice before everything is retained: the image would begin where nothing is kept', () => {
    const joiner = joinerAt('subscribing')
    joiner.onSlice(slice(0))
    joiner.onRetained()
    expect(joiner.onSlice(slice(0, true))).toEqual([part(0), part(0)])
  })

  it('gives the image once', () => {
    const joiner = joinerAt('replaying')
    expect([joiner.onSlice(slice(0, true)), joiner.onSlice(slice(1, true))]).toEqual([null, null])
  })
})
