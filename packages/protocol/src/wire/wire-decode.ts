import { readFrame } from '../frame/frame-header.ts'
import { LIST_COUNT_MAX } from './wire-limits.ts'
import { isNumber, isWhole } from './wire-number.ts'
import type { WireReader } from './wire-reader.ts'
import type { Fieldset, Form, Union } from './wire-shape.ts'
import { readValue } from './wire-value.ts'

/** Reads a value of this form. After a refusal, which the reader keeps, the value means nothing. */
export function readForm(reader: WireReader, form: Form): unknown {
  switch (form.form) {
    case 'fieldset':
      return readFields(reader, form, {})
    case 'union':
      return readUnion(reader, form)
    case 'whole': {
      const value = reader.float64()
      if (!isWhole(value)) reader.refuse('wire.number', `${String(value)} is no whole number from 0`)
      return value
    }
    case 'number': {
      const value = reader.float64()
      if (!isNumber(value)) reader.refuse('wire.number', 'NaN')
      return value
    }
    case 'digest':
      return reader.uint32()
    case 'bool':
      return readFlag(reader)
    case 'text':
      return reader.text()
    case 'bytes':
      return reader.bytes()
    case 'frame':
      return readWholeFrame(reader)
    case 'value':
      return readValue(reader)
    case 'one-of': {
      const code = reader.byte()
      const word = form.words[code]
      if (word === undefined) reader.refuse('wire.literal', `${code} of ${form.words.length} words`)
      return word
    }
    case 'nullable':
      return readFlag(reader) ? readForm(reader, form.of) : null
    case 'list':
      return readList(reader, form.of)
  }
}

function readFields(reader: WireReader, form: Fieldset, into: Record<string, unknown>): unknown {
  for (const field of form.fields) {
    into[field.name] = readForm(reader, field.form)
    if (!reader.refused) continue
    reader.within(field.name)
    break
  }
  return into
}

function readUnion(reader: WireReader, form: Union): unknown {
  const code = reader.byte()
  const kind = form.kinds[code]
  if (kind === undefined) {
    reader.refuse('wire.kind', `${code} of ${form.kinds.length} kinds`)
    return null
  }
  const value = readFields(reader, form.cases[code] as Fieldset, { kind })
  if (reader.refused) reader.within(kind)
  return value
}

function readList(reader: WireReader, of: Form): unknown {
  const count = reader.uint32()
  const values: unknown[] = []
  if (count > LIST_COUNT_MAX) reader.refuse('wire.count', `${count} values, at most ${LIST_COUNT_MAX}`)
  // A count that promises more than there is ends at the first value that is not there.
  for (let index = 0; index < count && !reader.refused; index += 1) {
    values.push(readForm(reader, of))
    if (reader.refused) reader.within(String(index))
  }
  return values
}

function readFlag(reader: WireReader): boolean {
  const byte = reader.byte()
  if (byte > 1) reader.refuse('wire.literal', `${byte} is neither no nor yes`)
  return byte === 1
}

/** By its header alone: whether the content is a frame of the channel is for the channel's decoder to say. */
function readWholeFrame(reader: WireReader): unknown {
  const bytes = reader.bytes()
  if (reader.refused) return null
  const frame = readFrame(bytes)
  if ('refused' in frame) reader.refuse('wire.frame', `${frame.refused}, ${frame.detail}`)
  return frame
}
