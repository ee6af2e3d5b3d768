import type {
  BoundaryContext,
  Emitter,
  EpochContext,
  Operator,
  OperatorFactory,
  RowSet,
} from '@pollux/protocol'
import { BatchBuilder, GroupTable, hashNumber, keyGroup } from '@pollux/protocol'
import { appendToy, chain, toyAt, TOY_SCHEMA } from './toy-rows.ts'

/** Event-time width of the toy window. */
export const WINDOW_MS = 50

/** Passes rows on as they are. */
class Pass implements Operator {
  readonly state = null

  process(_port: number, rows: RowSet, _context: EpochContext, out: Emitter): void {
    out.emit(0, rows)
  }

  boundary(): void {}
}

/** Stateless, changes values, drops some rows, doubles others. */
class Mangle implements Operator {
  readonly state = null
  readonly #out = new BatchBuilder(TOY_SCHEMA)

  process(port: number, rows: RowSet, _context: EpochContext, out: Emitter): void {
    this.#out.reset()
    for (let row = 0; row < rows.rows; row++) {
      const toy = toyAt(rows, row)
      if (toy.id % 11 === 3) continue
      appendToy(this.#out, { ...toy, value: toy.value * 2 + port })
      if (toy.id % 13 === 5) appendToy(this.#out, { ...toy, id: toy.id + 0.5 })
    }
    out.emit(0, this.#out)
  }

  boundary(): void {}
}

/** Keyed; every output depends on the order of all rows of its key before it. */
class Chain implements Operator {
  readonly state: GroupTable
  readonly #groups: number
  readonly #out = new BatchBuilder(TOY_SCHEMA)

  constructor(groups: number) {
    this.#groups = groups
    this.state = new GroupTable(groups, 2)
  }

  process(_port: number, rows: RowSet, _context: EpochContext, out: Emitter): void {
    this.#out.reset()
    for (let index = 0; index < rows.rows; index++) {
      const toy = toyAt(rows, index)
      const row = this.state.put(keyGroup(hashNumber(toy.key), this.#groups), toy.key)
      row[0]!++
      row[1] = chain(row[1]!, toy.id, toy.value)
      appendToy(this.#out, { ...toy, value: row[1] })
    }
    out.emit(0, this.#out)
  }

  boundary(): void {}

  current(): readonly (readonly unknown[])[] {
    const rows: unknown[][] = []
    for (let group = 0; group < this.#groups; group++) {
      for (const [key, row] of this.state.entries(group)) rows.push([key, row[0], row[1]])
    }
    return rows
  }
}

/** Keyed sums over tumbling windows of event time, emitted when the watermark passes their end. */
class Windows implements Operator {
  readonly state: GroupTable
  readonly #groups: number
  readonly #out = new BatchBuilder(TOY_SCHEMA)

  constructor(groups: number) {
    this.#groups = groups
    this.state = new GroupTable(groups, 2)
  }

  process(_port: number, rows: RowSet): void {
    for (let index = 0; index < rows.rows; index++) {
      const toy = toyAt(rows, index)
      const window = Math.floor(toy.at / WINDOW_MS)
      const row = this.state.put(keyGroup(hashNumber(toy.key), this.#groups), window * 65_536 + toy.key)
      row[0] = row[0]! + toy.value
      row[1]!++
    }
  }

  boundary(context: BoundaryContext, out: Emitter): void {
    this.#out.reset()
    for (let group = 0; group < this.#groups; group++) {
      const closed: number[] = []
      for (const [key, row] of this.state.entries(group)) {
        const window = Math.floor(key / 65_536)
        if ((window + 1) * WINDOW_MS > context.watermark) continue
        closed.push(key)
        const end = (window + 1) * WINDOW_MS
        appendToy(this.#out, { id: key, key: key % 65_536, at: end, value: row[0]! + row[1]! / 1024 })
      }
      for (const key of closed) this.state.delete(group, key)
    }
    out.emit(0, this.#out)
  }
}

/** Fails at one row, in every incarnation. */
class Poison implements Operator {
  readonly state = null
  readonly #id: number

  constructor(id: number) {
    this.#id = id
  }

  process(_port: number, rows: RowSet, _context: EpochContext, out: Emitter): void {
    for (let row = 0; row < rows.rows; row++) {
      if (toyAt(rows, row).id === this.#id) throw new RangeError(`row ${this.#id} is poison`)
    }
    out.emit(0, rows)
  }

  boundary(): void {}
}

export function toyOperators(groups: number): OperatorFactory {
  return (step) => {
    const [name, argument] = step.split(':')
    if (name === 'pass') return new Pass()
    if (name === 'mangle') return new Mangle()
    if (name === 'chain') return new Chain(groups)
    if (name === 'windows') return new Windows(groups)
    if (name === 'poison') return new Poison(Number(argument))
    throw new Error(`there is no toy step ${step}`)
  }
}
