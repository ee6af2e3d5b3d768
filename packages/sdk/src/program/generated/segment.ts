import type { RowSet } from '@pollux/protocol'
import { must } from '@pollux/std'
import type { StageProgram } from '../../compile/stage-program.ts'
import type { Sinks } from '../row-loop.ts'
import { Relay } from './relay.ts'
import type { SegmentPlan } from './segment-plan.ts'
import { ShortCalls } from './short-calls.ts'
import { SegmentText } from './segment-text.ts'

/** Rows that may be added to a sink before it is looked at. */
const CHUNK_ROWS = 4096
type Loop = (rows: RowSet, from: number, to: number) => void

/** One generated loop, and those behind it. */
export class Segment {
  readonly #loop: Loop
  readonly #relays: readonly Relay[]
  readonly #touched: readonly number[]
  readonly #added: (sink: number) => void
  readonly #rowsMax: number
  readonly #calls: ShortCalls

  constructor(program: StageProgram, plan: SegmentPlan, sinks: Sinks, name: string) {
    const relays = new Map<string, Relay>()
    for (const [key, kept] of plan.kept) {
      const behind = new Segment(program, kept.plan, sinks, `${name}/${key}`)
      const { schema } = program.steps[kept.step]!.feeds[kept.feed]!
      relays.set(key, new Relay(schema, (rows) => behind.run(rows)))
    }
    const places = Math.max(1, ...[...plan.sinks.values()].map((use) => use.places))
    this.#rowsMax = Math.floor(CHUNK_ROWS / places)
    this.#calls = new ShortCalls(this.#rowsMax)
    const { writer } = new SegmentText({
      program,
      plan,
      sinks: sinks.rows,
      relays,
      rowsMax: this.#rowsMax,
      name,
    })
    this.#loop = must(writer.made(name) as Loop | null, 'code can be generated')
    this.#relays = [...relays.values()]
    this.#touched = [...plan.sinks.keys()]
    this.#added = sinks.added
  }

  run(rows: RowSet): void {
    let from = 0
    while (from < rows.rows) {
      const to = this.endOfSome(rows, from)
      this.runSome(rows, from, to)
      from = to
    }
  }

  /** How far to go before sinks are looked at. */
  endOfSome(rows: RowSet, from: number): number {
    return this.#calls.end(from, rows.rows)
  }

  runSome(rows: RowSet, from: number, to: number): void {
    this.#loop(rows, from, to)
    for (const relay of this.#relays) relay.drain()
    for (const sink of this.#touched) this.#added(sink)
  }
}
