import { assert, must } from '@pollux/std'
import { readFrameHeader } from '../frame/frame-header.ts'
import type { Frame } from '../frame/frame.ts'
import { LIST_COUNT_MAX } from './wire-limits.ts'
import { isDigest, isNumber, isWhole } from './wire-number.ts'
import type { Fieldset, Form, Union } from './wire-shape.ts'
import { writeValue } from './wire-value.ts'
import type { WireWriter } from './wire-writer.ts'

/**
 * Appends a value of this form. It asserts whatever `readForm` checks: a message that its receiver would
 * refuse is a broken invariant here, and is found where it was made.
 */
export function writeForm(writer: WireWriter, form: Form, value: unknown): void {
  switch (form.form) {
    case 'fieldset':
      return writeFields(writer, form, value as object)
    case 'union':
      return writeUnion(writer, form, value as { readonly kind: string })
    case 'whole':
      assert(isWhole(value), () => `${form.name} is a whole number from 0, not ${String(value)}`)
      return writer.float64(value)
    case 'number':
      assert(isNumber(value), () => `${form.name} is a number, not ${String(value)}`)
      return writer.float64(value)
    case 'digest':
      assert(isDigest(value), () => `${form.name} is 32 bits, not ${String(value)}`)
      return writer.uint32(value)
    case 'bool':
      return writer.byte(value === true ? 1 : 0)
    case 'text':
      return writer.text(value as string)
    case 'bytes':
      return writer.bytes(value as Uint8Array)
    case 'frame':
      return writeFrame(writer, value as Frame)
    case 'value':
      return writeValue(writer, value)
    case 'one-of': {
      const code = form.words.indexOf(value as string)
      assert(code >= 0, () => `${String(value)} is none of ${form.words.join(', ')}`)
      return writer.byte(code)
    }
    case 'nullable':
      writer.byte(value === null ? 0 : 1)
      if (value !== null) writeForm(writer, form.of, value)
      return
    case 'list':
      return writeList(writer, form.of, value as readonly unknown[])
  }
}

function writeFields(writer: WireWriter, form: Fieldset, value: object): void {
  const record = value as Readonly<Record<string, unknown>>
  for (const field of form.fields) writeForm(writer, field.form, record[field.name])
}

function writeUnion(writer: WireWriter, form: Union, value: { readonly kind: string }): void {
  const code = must(form.codes.get(value.kind), () => `${value.kind} is none of ${form.kinds.join(', ')}`)
  writer.byte(code)
  writeFields(writer, form.cases[code] as Fieldset, value)
}

function writeList(writer: WireWriter, of: Form, values: readonly unknown[]): void {
  assert(
    values.length <= LIST_COUNT_MAX,
    () => `${values.length} values in a list of at most ${LIST_COUNT_MAX}`,
  )
  writer.uint32(values.length)
  for (const each of values) writeForm(writer, of, each)
}

function writeFrame(writer: WireWriter, frame: Frame): void {
  const header = readFrameHeader(frame.bytes)
  assert(!('refused' in header), 'a frame whose bytes are none')
  const same = header.seq === frame.seq && header.rows === frame.rows && header.digest === frame.digest
  assert(same, () => `a frame from ${frame.seq} whose bytes say ${header.seq}, or are another's`)
  writer.bytes(frame.bytes)
}
