import type { OperatorState, StateSnapshot } from '@pollux/protocol'
import { assert } from '@pollux/std'

/** The states of all steps of a stage as one: of each group first the lengths, then the bytes of each. */
export class ProgramState implements OperatorState {
  readonly #states: readonly OperatorState[]

  constructor(states: readonly OperatorState[]) {
    this.#states = states
  }

  snapshot(): StateSnapshot {
    const parts = this.#states.map((state) => state.snapshot())
    const groups = [...new Set(parts.flatMap((part) => part.groups))].sort((a, b) => a - b)
    return {
      groups,
      encode: (group) => joined(parts.map((part) => part.encode(group))),
      release: () => parts.forEach((part) => part.release()),
    }
  }

  load(group: number, bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    assert(
      bytes.length >= 4 * this.#states.length,
      () => `group ${group}: ${bytes.length} bytes are no state`,
    )
    let at = 4 * this.#states.length
    this.#states.forEach((state, index) => {
      const length = view.getUint32(4 * index, true)
      assert(at + length <= bytes.length, () => `group ${group}: the state of step ${index} is cut off`)
      if (length > 0) state.load(group, bytes.subarray(at, at + length))
      at += length
    })
    assert(at === bytes.length, () => `group ${group}: ${bytes.length - at} bytes belong to no step`)
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const head = 4 * parts.length
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, head))
  const view = new DataView(bytes.buffer)
  let at = head
  parts.forEach((part, index) => {
    view.setUint32(4 * index, part.length, true)
    bytes.set(part, at)
    at += part.length
  })
  return bytes
}
