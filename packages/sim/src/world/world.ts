import { assert, Random } from '@pollux/std'

type Happening = () => void

/**
 * Virtual time: a heap of things that will happen, in order of time and, at the same time, of being planned.
 * Nothing in a simulated run happens outside it, so a seed is a run.
 */
export class World {
  readonly random: Random
  now = 0
  /** Things that have happened: the steps of the run. */
  steps = 0
  readonly #times: number[] = []
  readonly #orders: number[] = []
  readonly #happenings: Happening[] = []
  #planned = 0

  constructor(seed: number) {
    this.random = new Random(seed)
  }

  at(time: number, happening: Happening): void {
    this.#push(Math.max(time, this.now), this.#planned++, happening)
  }

  after(delay: number, happening: Happening): void {
    this.at(this.now + delay, happening)
  }

  /** Lets the next thing happen; false when nothing is planned any more. */
  step(): boolean {
    const happening = this.#pop()
    if (happening === null) return false
    this.steps++
    happening()
    return true
  }

  #push(time: number, order: number, happening: Happening): void {
    let at = this.#times.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(time, order, parent)) break
      this.#move(parent, at)
      at = parent
    }
    this.#place(at, time, order, happening)
  }

  #pop(): Happening | null {
    const first = this.#happenings[0]
    if (first === undefined) return null
    const time = this.#times[0]!
    assert(time >= this.now, 'time does not go back')
    this.now = time
    const lastTime = this.#times.pop()!
    const lastOrder = this.#orders.pop()!
    const last = this.#happenings.pop()!
    const length = this.#times.length
    if (length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) break
      if (child + 1 < length && this.#before(this.#times[child + 1]!, this.#orders[child + 1]!, child))
        child++
      if (this.#before(lastTime, lastOrder, child)) break
      this.#move(child, at)
      at = child
    }
    this.#place(at, lastTime, lastOrder, last)
    return first
  }

  #before(time: number, order: number, other: number): boolean {
    const otherTime = this.#times[other]!
    return time < otherTime || (time === otherTime && order < this.#orders[other]!)
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#times[from]!, this.#orders[from]!, this.#happenings[from]!)
  }

  #place(at: number, time: number, order: number, happening: Happening): void {
    this.#times[at] = time
    this.#orders[at] = order
    this.#happenings[at] = happening
  }
}
