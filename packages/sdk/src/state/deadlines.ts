/** The least number of entries in front, cheaply: times of slots, which the caller holds to what is true. */
export class Deadlines {
  readonly #times: number[] = []
  readonly #slots: number[] = []

  get size(): number {
    return this.#times.length
  }

  /** The earliest time; infinitely late where there is none. */
  get first(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY
  }

  push(time: number, slot: number): void {
    const times = this.#times
    const slots = this.#slots
    let at = times.length
    times.push(time)
    slots.push(slot)
    while (at > 0) {
      const above = (at - 1) >> 1
      if (times[above]! <= time) break
      times[at] = times[above]!
      slots[at] = slots[above]!
      at = above
    }
    times[at] = time
    slots[at] = slot
  }

  /** Takes the first entry away and gives its slot. */
  pop(): number {
    const times = this.#times
    const slots = this.#slots
    const popped = slots[0]!
    const time = times.pop()!
    const slot = slots.pop()!
    const size = times.length
    if (size === 0) return popped
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= size) break
      if (below + 1 < size && times[below + 1]! < times[below]!) below++
      if (times[below]! >= time) break
      times[at] = times[below]!
      slots[at] = slots[below]!
      at = below
    }
    times[at] = time
    slots[at] = slot
    return popped
  }
}
