import { assert } from '@pollux/std'
import type { OperatorState, StateSnapshot } from './operator.ts'

type Group = Map<number, Float64Array>

/**
 * State owned by the framework: rows of numbers by key, held by key group. A snapshot costs nothing when it
 * is taken: it shares every group, and a group is copied on the first write to it afterwards. Rows keep the
 * order in which their keys were first put, also through encode and load, so emission in that order does not
 * depend on layout.
 */
export class GroupTable implements OperatorState {
  readonly #width: number
  readonly #groups: (Group | undefined)[]
  /** Groups that an open snapshot also refers to. */
  readonly #shared: boolean[]

  constructor(groups: number, width: number) {
    this.#width = width
    this.#groups = new Array<Group | undefined>(groups).fill(undefined)
    this.#shared = new Array<boolean>(groups).fill(false)
  }

  get(group: number, key: number): Readonly<Float64Array> | undefined {
    return this.#groups[group]?.get(key)
  }

  /** The row of a key for writing, all zeros if it is new. Good until the next snapshot. */
  put(group: number, key: number): Float64Array {
    const rows = this.#writable(group)
    const row = rows.get(key)
    if (row !== undefined) return row
    const fresh = new Float64Array(this.#width)
    rows.set(key, fresh)
    return fresh
  }

  delete(group: number, key: number): void {
    if (this.#groups[group]?.has(key) === true) this.#writable(group).delete(key)
  }

  /** Keys and rows of a group in the order of their first put. */
  entries(group: number): Iterable<[number, Readonly<Float64Array>]> {
    return this.#groups[group] ?? []
  }

  snapshot(): StateSnapshot {
    const frozen = new Map<number, Group>()
    this.#groups.forEach((rows, group) => {
      if (rows === undefined || rows.size === 0) return
      frozen.set(group, rows)
      this.#shared[group] = true
    })
    return {
      groups: [...frozen.keys()],
      encode: (group) => encodeGroup(frozen.get(group) ?? new Map(), this.#width),
      release: () => frozen.clear(),
    }
  }

  load(group: number, bytes: Uint8Array): void {
    const stride = this.#width + 1
    assert(
      bytes.length % (8 * stride) === 0,
      () => `group ${group}: ${bytes.length} bytes are no rows of ${stride}`,
    )
    const values = new Float64Array(bytes.slice().buffer)
    const rows: Group = new Map()
    for (let at = 0; at < values.length; at += stride)
      rows.set(values[at]!, values.slice(at + 1, at + stride))
    this.#groups[group] = rows
    this.#shared[group] = false
  }

  #writable(group: number): Group {
    const rows = this.#groups[group]
    if (rows !== undefined && this.#shared[group] !== true) return rows
    const own: Group = new Map()
    if (rows !== undefined) for (const [key, row] of rows) own.set(key, row.slice())
    this.#groups[group] = own
    this.#shared[group] = false
    return own
  }
}

function encodeGroup(rows: Group, width: number): Uint8Array {
  const values = new Float64Array(rows.size * (width + 1))
  let at = 0
  for (const [key, row] of rows) {
    values[at] = key
    values.set(row, at + 1)
    at += width + 1
  }
  // One NaN for all: its bits differ between interpreted and compiled code.
  for (let index = 0; index < values.length; index++)
    if (values[index] !== values[index]) values[index] = Number.NaN
  return new Uint8Array(values.buffer)
}
