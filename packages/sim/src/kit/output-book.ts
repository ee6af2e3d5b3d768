import type { PairId, Value } from '@pollux/protocol'
import type { Compiled } from '@pollux/sdk'
import type { ExpectedOutput } from '../judge/expected-output.ts'
import { SimulateError } from './author-error.ts'
import { describeRow } from './describe-row.ts'
import type { PlainRow } from './given-rows.ts'
import type { LateCounts } from './late-counts.ts'

/** What came out of one egress in one run. */
export interface BookedOutput {
  readonly seed: number
  readonly rows: readonly PlainRow[]
  /** Rows that came too late, by step. */
  readonly late: LateCounts
}

/** What came out of every egress, run by run. Of runs that differ in nothing but order the first is kept. */
export class OutputBook {
  readonly #columns = new Map<string, readonly string[]>()
  readonly #booked = new Map<string, Map<string, BookedOutput>>()

  readonly compiled: Pick<Compiled, 'plan' | 'drafts'>

  constructor(compiled: Pick<Compiled, 'plan' | 'drafts'>) {
    this.compiled = compiled
    const { stages, edges } = compiled.plan
    for (const { name } of stages.filter(({ kind }) => kind === 'egress')) {
      const { schema } = edges.find((edge) => edge.to === name)!
      this.#columns.set(
        name,
        schema.columns.map((column) => column.name),
      )
      this.#booked.set(name, new Map())
    }
  }

  get egresses(): readonly string[] {
    return [...this.#columns.keys()]
  }

  add(seed: number, outputs: ReadonlyMap<PairId, ExpectedOutput>, late: LateCounts): void {
    for (const egress of this.egresses) {
      const rows = this.rowsOf(egress, outputs)
      const booked = this.#booked.get(egress)!
      const key = rows.map(describeRow).sort().join('\n')
      if (!booked.has(key)) booked.set(key, { seed, rows, late })
    }
  }

  /** All that came out of an egress, partition by partition. */
  rowsOf(egress: string, outputs: ReadonlyMap<PairId, ExpectedOutput>): readonly PlainRow[] {
    const columns = this.#columns.get(egress)!
    const own = [...outputs].filter(([pair]) => pair.slice(0, pair.lastIndexOf('/')) === egress)
    return own.flatMap(([, { rows }]) =>
      rows.map(({ values }) => {
        const cells = columns.map((name, place) => [name, values[place] as Value])
        return Object.fromEntries(cells) as PlainRow
      }),
    )
  }

  /** The first run first. */
  booked(egress: string): readonly BookedOutput[] {
    const booked = this.#booked.get(egress)
    if (booked === undefined)
      throw new SimulateError(`there is no egress ${egress}; there is ${this.egresses.join(', ')}`)
    return [...booked.values()]
  }
}
