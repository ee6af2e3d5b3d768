import { epoch } from '@pollux/protocol'
import type { Image, ImagePart } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { at } from '../../test-kit/items.ts'
import { imageBytes } from '../ports/stored-bytes.ts'
import { ImageAssembly } from './image-assembly.ts'
import { ImageStream } from './image-stream.ts'

const SHOPS = Array.from({ length: 40 }, (_, code) => `shop ${code}`)
const STATE = new Map([
  [2, new Uint8Array(1000).map((_, place) => place)],
  [3, new Uint8Array(0)],
  [7, new Uint8Array(90).fill(7)],
])
const INPUT = { channel: 0, position: at(4, 9), digest: 5, watermark: 90, idle: false }
const PARTS: readonly ImagePart[] = [
  { kind: 'boundary', at: epoch(4), before: epoch(3), watermark: 90 },
  { kind: 'input', ...INPUT, dictionaries: [SHOPS, [], ['é', 'tea', 'ink']] },
  { kind: 'input', ...INPUT, channel: 1, dictionaries: [['tea'], ['pen']] },
  { kind: 'output', channel: 2, kept: at(4, 0), keptDigest: 6, dictionaries: [['tea'], SHOPS] },
  {
    kind: 'pending',
    to: epoch(3),
    nextRow: 3,
    points: [],
    rows: [0, 1, 2].map((seq) => ({ epoch: epoch(2), seq, values: [seq] })),
  },
  { kind: 'pending', to: epoch(4), nextRow: 3, points: [], rows: [] },
]
const WHOLE: Image = [
  ...PARTS,
  ...[...STATE].map(([group, bytes]) => ({ kind: 'group' as const, group, bytes })),
]
/** What one part takes beside what is in it, and the largest text or row: less is in no piece. */
const INDIVISIBLE = 64 + 33

function slices(most: number): Image[] {
  const state = { groups: [...STATE.keys()], encode: (group: number) => STATE.get(group)!, release: () => {} }
  const stream = new ImageStream(PARTS, { snapshot: () => state })
  const cut: Image[] = []
  while (!stream.done) cut.push(stream.next(most))
  return cut
}

function assembled(cut: readonly Image[]): Image {
  const assembly = new ImageAssembly()
  for (const slice of cut) assembly.add(slice)
  return assembly.whole()
}

describe('an image that was cut', () => {
  it.each([1, 40, 80, 100, 300, 1000, 100_000])('at %i bytes is whole again, byte for byte', (most) => {
    expect(assembled(slices(most))).toEqual(WHOLE)
  })

  it.each([40, 80, 100, 300, 1000])(
    'at %i bytes has no slice larger than that and what is in one piece',
    (most) => {
      const largest = Math.max(...slices(most).map(imageBytes))
      expect(largest).toBeGreaterThan(most - INDIVISIBLE)
      expect(largest).toBeLessThanOrEqual(most + INDIVISIBLE)
    },
  )

  it('has the state of one group in several slices, and the dictionaries of one channel', () => {
    const kinds = slices(300).map((slice) => slice.map(({ kind }) => kind).join(' '))
    expect(kinds).toEqual([
      'boundary input',
      'input',
      'input input output',
      'output',
      'output pending',
      'pending pending group',
      'group',
      'group',
      'group',
      'group group',
    ])
  })

  it('takes two that are one behind the other for pieces of one only where they are of the same', () => {
    const twice = [...WHOLE.slice(2, 4), ...WHOLE.slice(1, 2)]
    expect(assembled([twice.slice(0, 1), twice.slice(1)])).toEqual(twice)
  })

  it('has nothing in it if nothing has come', () => {
    expect(assembled([])).toEqual([])
  })
})
