import {
  BatchBuilder,
  copyCell,
  crc32c,
  defineSchema,
  FrameDecoder,
  FrameEncoder,
  keyGroup,
  seq,
  type Column,
  type ColumnSpec,
  type OperatorState,
  type Schema,
  type StateSnapshot,
} from '@pollux/protocol'
import { assert } from '@pollux/std'
import type { FrozenPane, Pane } from './pane.ts'

/** Rows of state in one frame. */
const ROWS_MOST = 16_384

/**
 * Panes as state: by group, each a row with its start, its key and its numbers, in frames. Rows come pane by
 * pane, keys in the order in which they were first put, so bytes do not depend on how the tables lie.
 */
export class PaneState implements OperatorState {
  readonly #schema: Schema
  readonly #groups: number
  readonly #keyColumns: number
  /** Where the key stands in a row of state. */
  readonly #keys: readonly Column[]
  readonly #panes: () => readonly Pane[]
  readonly #paneAt: (start: number) => Pane

  constructor(
    keys: readonly ColumnSpec[],
    width: number,
    groups: number,
    panes: () => readonly Pane[],
    paneAt: (start: number) => Pane,
  ) {
    const numbers = Array.from({ length: width }, (_, at): ColumnSpec => ({
      name: `n${at}`,
      type: 'float64',
    }))
    this.#schema = defineSchema([{ name: 'pane', type: 'float64' }, ...keys, ...numbers])
    this.#groups = groups
    this.#keyColumns = keys.length
    this.#keys = this.#schema.columns.slice(1, 1 + keys.length)
    this.#panes = panes
    this.#paneAt = paneAt
  }

  snapshot(): StateSnapshot {
    let frozen: readonly FrozenPane[] = this.#panes().map((pane) => pane.freeze())
    const slots = slotsByGroup(frozen, this.#groups)
    return {
      groups: [...slots.keys()].sort((a, b) => a - b),
      encode: (group) => this.#encode(frozen, slots.get(group) ?? []),
      release: () => {
        frozen = []
        slots.clear()
      },
    }
  }

  load(_group: number, bytes: Uint8Array): void {
    const decoder = new FrameDecoder(this.#schema, crc32c)
    for (let at = 0; at < bytes.length;) {
      const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true)
      const batch = decoder.decode(bytes.slice(at, at + length))
      assert(!('refused' in batch), () => `state is damaged: ${'refused' in batch ? batch.refused : ''}`)
      const keys = new BatchBuilder(this.#schema)
      for (let row = 0; row < batch.rows; row++) {
        keys.reset()
        keys.appendRow(batch, row)
        this.#put(keys)
      }
      at += length
    }
  }

  #put(state: BatchBuilder): void {
    const pane = this.#paneAt(state.data(0)[0]!)
    const at = pane.place(state, 0, this.#keys)
    for (let column = 1 + this.#keyColumns; column < state.schema.columns.length; column++) {
      pane.numbers[at + column - 1 - this.#keyColumns] = state.data(column)[0]!
    }
  }

  #encode(panes: readonly FrozenPane[], places: readonly Place[]): Uint8Array {
    const encoder = new FrameEncoder(this.#schema, crc32c)
    const builder = new BatchBuilder(this.#schema)
    const frames: Uint8Array[] = []
    const cut = (): void => {
      if (builder.rows > 0) frames.push(encoder.encode(builder, seq(0)).bytes.slice())
      builder.reset()
    }
    const width = this.#schema.columns.length - 1 - this.#keyColumns
    for (const { pane, slot } of places) {
      const { start, table, numbers } = panes[pane]!
      builder.reserve(1)
      const row = builder.rows
      builder.data(0)[row] = start
      for (let key = 0; key < this.#keyColumns; key++)
        copyCell(builder.columns[1 + key]!, row, table.keys, key, slot)
      for (let at = 0; at < width; at++)
        builder.data(1 + this.#keyColumns + at)[row] = numbers[slot * width + at]!
      builder.rows = row + 1
      if (builder.rows === ROWS_MOST) cut()
    }
    cut()
    const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0))
    frames.reduce((at, frame) => (bytes.set(frame, at), at + frame.length), 0)
    return bytes
  }
}

interface Place {
  readonly pane: number
  readonly slot: number
}

function slotsByGroup(panes: readonly FrozenPane[], groups: number): Map<number, Place[]> {
  const slots = new Map<number, Place[]>()
  panes.forEach(({ table, size }, pane) => {
    for (let slot = 0; slot < size; slot++) {
      const group = keyGroup(table.hash(slot), groups)
      const places = slots.get(group)
      if (places === undefined) slots.set(group, [{ pane, slot }])
      else places.push({ pane, slot })
    }
  })
  return slots
}
