import { assert } from '@pollux/std'
import { readForm } from './wire-decode.ts'
import { writeForm } from './wire-encode.ts'
import { WIRE_BYTES_MAX } from './wire-limits.ts'
import { WireReader } from './wire-reader.ts'
import type { WireRefusal } from './wire-refusal.ts'
import type { Shape } from './wire-shape.ts'
import { WireWriter } from './wire-writer.ts'

interface CodecOptions<T> {
  /** One letter that keeps apart what must not be taken for each other. */
  readonly mark: string
  readonly version: number
  readonly shape: Shape<T>
}

/**
 * Values of one shape to bytes and back. The bytes begin with 'P', 'L', the mark and the version, which stay
 * where they are in every version: a peer or a log of another one is refused by that name and not by whatever
 * it looks like. Equal values have equal bytes, and other bytes than these are refused.
 */
export class WireCodec<T extends object> {
  readonly #mark: number
  readonly #version: number
  readonly #shape: Shape<T>

  constructor({ mark, version, shape }: CodecOptions<T>) {
    assert(version > 0 && version < 256, () => `version ${version} does not fit into a byte`)
    this.#mark = mark.charCodeAt(0)
    this.#version = version
    this.#shape = shape
  }

  encode(value: T): Uint8Array {
    const writer = new WireWriter()
    for (const byte of [0x50, 0x4c, this.#mark, this.#version]) writer.byte(byte)
    writeForm(writer, this.#shape, value)
    return writer.finish()
  }

  /** Frames and bytes in the result are views of `bytes`, which the caller leaves alone from here on. */
  decode(bytes: Uint8Array): T | WireRefusal {
    const reader = new WireReader(bytes)
    if (bytes.length > WIRE_BYTES_MAX) {
      reader.refuse('wire.length', `${bytes.length} bytes, at most ${WIRE_BYTES_MAX}`)
    }
    this.#readHead(reader)
    const value = reader.refused ? null : readForm(reader, this.#shape)
    if (reader.left > 0) reader.refuse('wire.length', `${reader.left} bytes too many`)
    return reader.refusal() ?? (value as T)
  }

  #readHead(reader: WireReader): void {
    const marks = [reader.byte(), reader.byte(), reader.byte()]
    const version = reader.byte()
    if (marks[0] !== 0x50 || marks[1] !== 0x4c || marks[2] !== this.#mark) {
      reader.refuse('wire.mark', `${marks.join(' ')}, not 80 76 ${this.#mark}`)
    }
    if (version !== this.#version) reader.refuse('wire.version', `version ${version}, not ${this.#version}`)
  }
}
