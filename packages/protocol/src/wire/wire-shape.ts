import { assert } from '@pollux/std'
import type { Frame } from '../frame/frame.ts'
import type { Value } from '../schema/column.ts'

/**
 * How a value lies on the wire, as data: `writeForm` and `readForm` walk it, `describeForm` prints it for the
 * hash that is tied to the version. Nothing is written by hand for a single message, so nothing can be read
 * otherwise than it was written.
 */
export type Form = Leaf | List | Nullable | OneOf | Fieldset | Union

export interface Leaf {
  readonly form: 'bool' | 'whole' | 'number' | 'digest' | 'text' | 'bytes' | 'frame' | 'value'
  /** What the value means: an epoch and a seq lie alike and are not the same shape. */
  readonly name: string
}

export interface List {
  readonly form: 'list'
  readonly of: Form
}

export interface Nullable {
  readonly form: 'nullable'
  readonly of: Form
}

/** One byte: the place of the word among `words`. */
export interface OneOf {
  readonly form: 'one-of'
  readonly words: readonly string[]
}

export interface Fieldset {
  readonly form: 'fieldset'
  /** They follow each other in this order, without names. */
  readonly fields: readonly { readonly name: string; readonly form: Form }[]
}

/** One byte, the place of the kind among `kinds`; then the fields of that kind. */
export interface Union {
  readonly form: 'union'
  readonly kinds: readonly string[]
  readonly cases: readonly Fieldset[]
  readonly codes: ReadonlyMap<string, number>
}

/**
 * The form of a `T` and of nothing wider or narrower: `carries` is never there and holds the compiler to it.
 */
export type Shape<T> = Form & { readonly carries?: (value: T) => T }

/** Every field of `T` and no other; the tag of a union is written by the union. */
export type Fields<T> = { readonly [K in Exclude<keyof T, 'kind'>]-?: Shape<T[K]> }

/** Every kind of `T` and no other. */
export type Cases<T extends { readonly kind: string }> = {
  readonly [K in T['kind']]: Fields<Extract<T, { readonly kind: K }>>
}

export const bool: Shape<boolean> = { form: 'bool', name: 'bool' }
export const text: Shape<string> = { form: 'text', name: 'text' }
export const bytes: Shape<Uint8Array> = { form: 'bytes', name: 'bytes' }
export const frame: Shape<Frame> = { form: 'frame', name: 'frame' }
/** A cell of a row, which says itself what it is. */
export const value: Shape<Value> = { form: 'value', name: 'value' }
/** 32 bits without a sign. */
export const digest: Shape<number> = { form: 'digest', name: 'digest' }

/**
 * A safe integer from 0 on, as a float64: every such number has one encoding, and none needs a second field.
 */
export function whole<T extends number>(name: string): Shape<T> {
  return { form: 'whole', name }
}

/** Any number but NaN, infinities included. */
export function number(name: string): Shape<number> {
  return { form: 'number', name }
}

export function list<T>(of: Shape<T>): Shape<readonly T[]> {
  // Else a count could promise values without end in no bytes at all.
  assert(of.form !== 'fieldset' || of.fields.length > 0, 'values in a list take at least a byte each')
  return { form: 'list', of }
}

export function nullable<T>(of: Shape<T>): Shape<T | null> {
  return { form: 'nullable', of }
}

/** Takes an object, because the compiler can tell that it has every word. */
export function oneOf<T extends string>(words: Readonly<Record<T, true>>): Shape<T> {
  return { form: 'one-of', words: codedWords(words) }
}

export function fieldset<T>(fields: Fields<T>): Shape<T> {
  return toFieldset(fields)
}

export function union<T extends { readonly kind: string }>(cases: Cases<T>): Shape<T> {
  const kinds = codedWords(cases)
  return {
    form: 'union',
    kinds,
    cases: kinds.map((kind) => toFieldset(cases[kind as T['kind']])),
    codes: new Map(kinds.map((kind, code) => [kind, code])),
  }
}

function toFieldset(fields: object): Fieldset {
  return {
    form: 'fieldset',
    fields: Object.entries(fields).map(([name, form]) => ({ name, form: form as Form })),
  }
}

function codedWords(words: object): readonly string[] {
  const coded = Object.keys(words)
  assert(coded.length > 0 && coded.length <= 256, () => `${coded.length} words do not fit into a byte`)
  return coded
}
