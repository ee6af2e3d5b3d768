import { describe, expect, it } from 'vitest'
import type { Lane } from '../plan/topology.ts'
import type { Position } from '../position.ts'
import { epoch } from './wire-items.ts'
import { bool, digest, fieldset, nullable, oneOf, text, union, whole } from './wire-shape.ts'
import type { Shape } from './wire-shape.ts'

interface Pair {
  readonly name: string
  readonly on: boolean
}
type Either = { readonly kind: 'x'; readonly on: boolean } | { readonly kind: 'y' }

describe('a table that is not the type does not compile', () => {
  it('field by field', () => {
    fieldset<Pair>({ name: text, on: bool })
    // @ts-expect-error: a field is missing
    fieldset<Pair>({ name: text })
    // @ts-expect-error: a field is too many
    fieldset<Pair>({ name: text, on: bool, off: bool })
    // @ts-expect-error: a text is no flag
    fieldset<Pair>({ name: text, on: text })
    // @ts-expect-error: null may come, and the type does not have it
    fieldset<Pair>({ name: text, on: nullable(bool) })
    // @ts-expect-error: the type has null, which may not come
    const maybe: Shape<boolean | null> = bool
    expect(maybe).toBe(bool)
  })

  it('kind by kind', () => {
    union<Either>({ x: { on: bool }, y: {} })
    // @ts-expect-error: a kind is missing
    expect(() => union<Either>({ x: { on: bool } })).not.toThrow()
    // @ts-expect-error: a kind is too many
    union<Either>({ x: { on: bool }, y: {}, z: {} })
    // @ts-expect-error: the field of a kind is missing
    union<Either>({ x: {}, y: {} })
  })

  it('word by word, and number by number', () => {
    oneOf<Lane>({ a: true, b: true })
    // @ts-expect-error: a word is missing
    oneOf<Lane>({ a: true })
    // @ts-expect-error: a word is too many
    oneOf<Lane>({ a: true, b: true, c: true })
    fieldset<Position>({ epoch, seq: whole('seq') })
    // @ts-expect-error: an epoch is no seq
    fieldset<Position>({ epoch, seq: epoch })
    // @ts-expect-error: a digest is no epoch
    expect(fieldset<Position>({ epoch: digest, seq: whole('seq') })).toHaveProperty('form', 'fieldset')
  })
})
