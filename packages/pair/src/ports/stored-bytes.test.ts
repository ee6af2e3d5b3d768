import type { ImagePart } from '@pollux/protocol'
import { expect, it } from 'vitest'
import { at } from '../../test-kit/items.ts'
import { imageBytes, partBytes } from './stored-bytes.ts'

function input(...texts: string[]): ImagePart {
  const point = { kind: 'input', channel: 0, position: at(1, 2), digest: 3 } as const
  return { ...point, watermark: 4, idle: false, dictionaries: [texts] }
}

it('counts the texts of a dictionary, as they are in UTF-8', () => {
  const alone = partBytes(input())
  expect(partBytes(input('tea', '')) - alone).toBe(3 + 8 + 8)
  for (const text of ['tea', 'thé', '茶', '🍵', 'a茶é🍵'])
    expect(partBytes(input(text)) - alone).toBe(new TextEncoder().encode(text).length + 8)
  expect(imageBytes([input('tea'), input('tea')])).toBe(2 * partBytes(input('tea')))
})

it('counts rows that wait for a sink', () => {
  const row = { epoch: at(0, 0).epoch, seq: 1, values: ['tea', 2, new Uint8Array(100), null] }
  const pending = (rows: number): ImagePart => ({
    kind: 'pending',
    to: at(1, 0).epoch,
    nextRow: rows,
    points: [],
    rows: Array.from({ length: rows }, () => row),
  })
  expect(partBytes(pending(1000)) - partBytes(pending(0))).toBe(1000 * (24 + 11 + 9 + 108 + 9))
})
