import type { PairId } from '@pollux/protocol'
import type { Simulation } from '@pollux/sim/simulator'

/** The column of a toy that no other toy has the same value in. */
const ID = 0

/** Times every row from the source to its first appearance at an output: what a fault costs a user. */
export class OutputWatch {
  readonly #simulation: Simulation
  readonly #arrivals = new Map<number, number>()
  readonly #seen = new Map<PairId, number>()
  readonly #shown = new Set<number>()
  slowest: { readonly id: number; readonly ms: number } | null = null

  constructor(simulation: Simulation) {
    this.#simulation = simulation
    for (const place of simulation.topology.pairs.values()) {
      if (place.stage.kind !== 'ingress') continue
      const data = simulation.data(place.id)
      const rows = data.batch(0, data.length)
      data.arrivals.forEach((at, row) => this.#arrivals.set(Number(rows.value(ID, row)), at))
    }
  }

  /** Rows that have arrived at the sources so far. */
  get arrived(): number {
    return [...this.#arrivals.values()].filter((at) => at <= this.#simulation.world.now).length
  }

  /** Rows at the output of one egress partition. */
  out(pair: PairId): number {
    return this.#seen.get(pair) ?? 0
  }

  look(): void {
    const { topology, displayClients } = this.#simulation
    for (const place of topology.pairs.values()) {
      if (place.stage.kind !== 'egress') continue
      if (place.stage.sink === 'resumable') {
        for (const client of displayClients) {
          if (client.pair === place.id)
            this.#count(place.id, Math.max(-1, ...client.shown.keys()) + 1, () => shownIds(client.shown))
        }
        continue
      }
      const sink = this.#simulation.sink(place.id)
      if (place.stage.sink === 'transactional') {
        this.#count(place.id, sink.rows.length, (from) =>
          sink.rows.slice(from).map((row) => Number(row.values[ID])),
        )
      } else
        this.#count(place.id, sink.stored.size, (from) => [...sink.stored.keys()].slice(from).map(Number))
    }
  }

  #count(pair: PairId, size: number, idsFrom: (from: number) => readonly number[]): void {
    const before = this.#seen.get(pair) ?? 0
    if (size <= before) return
    this.#seen.set(pair, size)
    for (const id of idsFrom(before)) this.#time(id)
  }

  #time(id: number): void {
    const arrival = this.#arrivals.get(id)
    if (arrival === undefined || this.#shown.has(id)) return
    this.#shown.add(id)
    const ms = this.#simulation.world.now - arrival
    if (ms > (this.slowest?.ms ?? 0)) this.slowest = { id, ms }
  }
}

function shownIds(shown: ReadonlyMap<number, { readonly values: readonly unknown[] }>): number[] {
  return [...shown.values()].map((row) => Number(row.values[ID]))
}
