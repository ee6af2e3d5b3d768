import type { Decision, OperatorFactory, PairId, PairPlace, Topology } from '@pollux/protocol'
import { type Random, must } from '@pollux/std'
import type { ExpectedOutput } from '../judge/expected-output.ts'
import type { RowNumbers, Workload } from '../runs/workload.ts'
import type { SinkKeys } from '../world/sink-model.ts'
import { type ModelRow, modelOutput } from './toy-model.ts'
import { toyOperators } from './toy-operators.ts'
import { tagOf } from './toy-rows.ts'
import { ToySourceRows } from './toy-source-rows.ts'

const ID = 0
const KEY = 1

/** Pipelines of toy operators over toy rows, judged by a model of their own that knows neither. */
export class ToyWorkload implements Workload {
  /** Ids are unique, so loss shows; a key is written many times over. */
  readonly sinkKeys: SinkKeys = { single: (values) => values[ID], shared: (values) => values[KEY] }
  readonly #groups: number
  readonly #rows: number
  readonly #sources = new Map<PairId, ToySourceRows>()

  /** `rows`: of each source. */
  constructor(groups: number, rows: number) {
    this.#groups = groups
    this.#rows = rows
  }

  sourceRows(place: PairPlace, index: number, random: Random, endMs: number): ToySourceRows {
    const rows = new ToySourceRows(random.fork(`source ${place.id}`), index, { rows: this.#rows, endMs })
    this.#sources.set(place.id, rows)
    return rows
  }

  operators(): OperatorFactory {
    return toyOperators(this.#groups)
  }

  expected(
    topology: Topology,
    decisions: ReadonlyMap<PairId, readonly Decision[]>,
    rowsOf: RowNumbers,
  ): ReadonlyMap<PairId, ExpectedOutput> {
    const shown = modelOutput(topology, decisions, (pair, decision) => {
      const { toys } = must(this.#sources.get(pair), () => `${pair} is no source`)
      return rowsOf(pair, decision).map((row) => toys[row]!)
    })
    return new Map([...shown].map(([pair, rows]) => [pair, expectedOf(rows)]))
  }
}

function expectedOf(rows: readonly ModelRow[]): ExpectedOutput {
  return {
    rows: rows.map(({ epoch, id, key, at, value }) => ({ epoch, values: [id, key, at, value, tagOf(key)] })),
    contentAfter: (count) => contentAfter(rows.slice(0, count)),
  }
}

/** Per key, how many there were and what the last one came to. */
function contentAfter(rows: readonly ModelRow[]): readonly (readonly unknown[])[] {
  const content = new Map<number, readonly [count: number, value: number]>()
  for (const { key, value } of rows) content.set(key, [(content.get(key)?.[0] ?? 0) + 1, value])
  return [...content].map(([key, [count, value]]) => [key, count, value])
}
