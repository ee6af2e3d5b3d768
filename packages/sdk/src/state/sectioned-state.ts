import type { OperatorState, StateSnapshot } from '@pollux/protocol'
import { assert } from '@pollux/std'
import type { KeyedStore } from './keyed-store.ts'
import { encodeRows } from './state-frames.ts'

/** A store among those of one step: which kind it is, and which of its kind (a window's end, say). */
export interface Section {
  readonly kind: number
  readonly tag: number
  readonly store: KeyedStore
}

/** What a step keeps, as far as snapshots are concerned. */
export interface Sectioned {
  /** In an order that content alone decides. */
  sections(): readonly Section[]
  /** The store of a section, made if it is not there. */
  storeFor(kind: number, tag: number): KeyedStore
  /** Rows of a group have been loaded. */
  onLoaded?(kind: number, tag: number, group: number): void
}

/** About what a step keeps, from the content of its stores alone. */
export function bytesOf(step: Sectioned): number {
  return step.sections().reduce((sum, { store }) => sum + store.bytes, 0)
}

/** Kind (4 bytes), tag (8), length (4). */
const HEAD_BYTES = 16

/** The stores of one step as state: of each group, section by section. */
export class SectionedState implements OperatorState {
  readonly #step: Sectioned

  constructor(step: Sectioned) {
    this.#step = step
  }

  snapshot(): StateSnapshot {
    let sections = this.#step.sections().map(({ kind, tag, store }) => ({ kind, tag, rows: store.freeze() }))
    const groups = [...new Set(sections.flatMap(({ rows }) => [...rows.keys()]))].sort((a, b) => a - b)
    return {
      groups,
      encode: (group) => {
        const parts = sections.flatMap(({ kind, tag, rows }) => {
          const held = rows.get(group)
          return held === undefined ? [] : [{ kind, tag, bytes: encodeRows(held) }]
        })
        return joined(parts)
      },
      release: () => {
        sections = []
      },
    }
  }

  load(group: number, bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = 0; at < bytes.length;) {
      assert(at + HEAD_BYTES <= bytes.length, () => `group ${group}: a section is cut off`)
      const kind = view.getUint32(at, true)
      const tag = view.getFloat64(at + 4, true)
      const length = view.getUint32(at + 12, true)
      at += HEAD_BYTES
      assert(at + length <= bytes.length, () => `group ${group}: section ${kind} of ${tag} is cut off`)
      this.#step.storeFor(kind, tag).load(group, bytes.subarray(at, at + length))
      this.#step.onLoaded?.(kind, tag, group)
      at += length
    }
  }
}

function joined(
  parts: readonly { readonly kind: number; readonly tag: number; readonly bytes: Uint8Array }[],
): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { bytes }) => sum + HEAD_BYTES + bytes.length, 0))
  const view = new DataView(whole.buffer)
  let at = 0
  for (const { kind, tag, bytes } of parts) {
    view.setUint32(at, kind, true)
    view.setFloat64(at + 4, tag, true)
    view.setUint32(at + 12, bytes.length, true)
    whole.set(bytes, at + HEAD_BYTES)
    at += HEAD_BYTES + bytes.length
  }
  return whole
}
