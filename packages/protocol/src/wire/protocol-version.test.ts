import { describe, expect, it } from 'vitest'
import { hashText } from '../bytes/hash.ts'
import { PROTOCOL_VERSION } from '../message/message.ts'
import type { Value } from '../schema/column.ts'
import { decisionShape } from './wire-decision.ts'
import { describeForm } from './wire-form-text.ts'
import { imageShape } from './wire-image.ts'
import { messageShape } from './wire-message.ts'
import { bool, fieldset, list, nullable, number, oneOf, text, union, value, whole } from './wire-shape.ts'
import type { Form } from './wire-shape.ts'
import { STORED_VERSION } from './wire-stored.ts'

type Hashes = Readonly<Record<number, string>>

/**
 * The hash of the shapes in each version. A line that was released never changes: a new shape is a new line.
 */
const PROTOCOL_HASHES: Hashes = { 1: '5aad29df' }
const STORED_HASHES: Hashes = { 1: '93c23010' }

describe('a version stands for its shapes', () => {
  it('of what replicas say to each other', () => {
    expect(staleVersion('PROTOCOL_VERSION', PROTOCOL_VERSION, PROTOCOL_HASHES, [messageShape])).toBe('')
  })

  it('of what logs and checkpoints hold', () => {
    const shapes = [decisionShape, imageShape]
    expect(staleVersion('STORED_VERSION', STORED_VERSION, STORED_HASHES, shapes)).toBe('')
  })

  it('so a shape that changed says what to do', () => {
    const before = fieldset<{ at: number }>({ at: whole('epoch') })
    const after = fieldset<{ at: number }>({ at: whole('seq') })
    const known = { 1: '8f316738' }
    expect(staleVersion('PROTOCOL_VERSION', 1, known, [before])).toBe('')
    expect(staleVersion('PROTOCOL_VERSION', 1, known, [after])).toBe(
      'The shapes are no longer those of PROTOCOL_VERSION 1: ' +
        'peers and files of that version would be misread. ' +
        "Raise PROTOCOL_VERSION to 2 and add the line 2: '7b7df375' here.",
    )
    expect(staleVersion('PROTOCOL_VERSION', 2, known, [after])).toBe(
      "PROTOCOL_VERSION 2 has no line here. Add 2: '7b7df375'.",
    )
  })
})

describe('the text of a shape', () => {
  it('has every name, every word and their order in it', () => {
    const shape = union<
      | { kind: 'x'; on: boolean; at: number | null; all: readonly string[] }
      | { kind: 'y'; word: 'b' | 'a'; mark: number; cell: Value }
    >({
      x: { on: bool, at: nullable(whole('epoch')), all: list(text) },
      y: { word: oneOf({ b: true, a: true }), mark: number('watermark'), cell: value },
    })
    expect(describeForm(shape)).toBe(
      '<x{on:bool,at:whole:epoch?,all:[text]}|y{word:(b|a),mark:number:watermark,' +
        'cell:value(null|false|true|number|text|int64|bytes)}>',
    )
  })
})

/** Empty if the shapes are those of the version; else what to do. */
function staleVersion(name: string, version: number, hashes: Hashes, shapes: readonly Form[]): string {
  const hash = hashText(shapes.map(describeForm).join('\n')).toString(16).padStart(8, '0')
  if (hashes[version] === hash) return ''
  if (hashes[version] === undefined) return `${name} ${version} has no line here. Add ${version}: '${hash}'.`
  return (
    `The shapes are no longer those of ${name} ${version}: ` +
    `peers and files of that version would be misread. ` +
    `Raise ${name} to ${version + 1} and add the line ${version + 1}: '${hash}' here.`
  )
}
