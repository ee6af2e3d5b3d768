import { type Decision, describePosition, type Message, type PairId, type Topology } from '@pollux/protocol'
import type { DisplayClient, ShownRow } from '../world/display-client.ts'
import { type ModelRow, modelOutput } from './batch-model.ts'
import type { ProcessModel } from '../world/process-model.ts'
import type { SinkModel } from '../world/sink-model.ts'
import { tagOf, type ToyRow } from '../runs/toy-rows.ts'

/** What a run did wrong, by the name of the promise it broke. */
export type Verdict =
  | 'lost'
  | 'repeated'
  | 'reordered'
  | 'diverged'
  | 'stuck'
  | 'crashed'
  | 'halted'
  | 'final-changed'
  | 'bound'
  | 'decision-rewritten'
  | 'unacknowledged'
  /** A watermark passed rows that were there and not decided yet. */
  | 'late'
  /** A consumer needs what no member keeps any more. */
  | 'unserved'
  /** The run was given up though a member was left. */
  | 'rolled-back'
  /** A replica was removed that nothing ailed. */
  | 'deposed'
  /** Somebody wrote, or led, without fencing its predecessor. */
  | 'unfenced'

export interface Violation {
  readonly verdict: Verdict
  readonly detail: string
}

/** A frame (rows, epoch, digest) or a seal (rows 0 or -1 for idle, end, watermark) as it was first sent. */
interface SentItem {
  readonly rows: number
  readonly to: number
  readonly mark: number
}

/** A few seals that others' progress asked for. */
const BOUND_SLACK_BYTES = 400

/**
 * Watches a run while it happens: twins must be byte-identical, what was sent is never taken back, a decision
 * log never changes, buffers keep their bounds.
 */
export class Checker {
  readonly violations: Violation[] = []
  readonly #topology: Topology
  /** By run and channel: what stands at each position, as first sent. */
  readonly #sent = new Map<number, Map<number, SentItem>>()

  /** Buffers of members that have been within their bound. */
  readonly #settled = new WeakSet<object>()

  constructor(topology: Topology) {
    this.#topology = topology
  }

  report(verdict: Verdict, detail: string): void {
    if (this.violations.length < 20) this.violations.push({ verdict, detail })
  }

  /**
   * Every item on its way from a producer: the same wherever and whenever it is sent within a run (P1).
   */
  onSend(worker: ProcessModel, channel: number, message: Message): void {
    if (message.kind !== 'frame' && message.kind !== 'seal') return
    const { run } = worker.replica.context
    const { start } = message
    const key = start.epoch * 0x100_0000 + start.seq
    const place = run * 1000 + channel
    const sent = this.#sent.get(place) ?? new Map<number, SentItem>()
    this.#sent.set(place, sent)
    const item =
      message.kind === 'frame'
        ? { rows: message.frame.rows, to: message.epoch, mark: message.frame.digest }
        : { rows: message.idle ? -1 : 0, to: message.to, mark: message.watermark }
    const before = sent.get(key)
    if (before === undefined) sent.set(key, item)
    else if (before.rows !== item.rows || before.to !== item.to || before.mark !== item.mark) {
      const at = `run ${run} channel ${channel} at ${describePosition(start)}`
      this.report(
        'diverged',
        `${worker.slot} sends ${JSON.stringify(item)}, before it was ${JSON.stringify(before)}: ${at}`,
      )
    }
  }

  /**
   * A member's buffer holds at most its mark and one epoch: it stops between epochs once the mark is reached.
   */
  checkBounds(worker: ProcessModel): void {
    const { markBytes } = worker.identity.limits
    if (!worker.replica.life.serves) return
    for (const { buffer, channel } of worker.replica.outputs.channels) {
      const within = buffer.bytes - buffer.lastEpochBytes <= markBytes + BOUND_SLACK_BYTES
      // A joiner does not stop, so one that becomes a member may be over the mark, or amid an epoch that it
      // began there; it may not get there again.
      if (within && worker.replica.body.settled) this.#settled.add(buffer)
      if (within || !this.#settled.has(buffer)) continue
      this.report('bound', `${worker.slot} keeps ${buffer.bytes} bytes for channel ${channel.id}`)
    }
  }

  checkLogs(history: ReadonlyMap<string, readonly Decision[]>): void {
    for (const [log, decisions] of history) {
      decisions.forEach((decision, place) => {
        if (decision.index !== place + 1)
          this.report('decision-rewritten', `${log}: ${decision.index} at ${place + 1}`)
        const before = decisions[place - 1]
        const from = before === undefined ? 0 : before.seals ? before.to : before.from
        if (decision.from !== from)
          this.report('decision-rewritten', `${log}: ${decision.index} begins at ${decision.from}`)
      })
    }
  }

  /** Every row of the source is in exactly one decision, in order. */
  checkCoverage(pair: PairId, decisions: readonly Decision[], rows: number): void {
    let position = ''
    for (const read of decisions.flatMap((decision) => decision.reads)) {
      if (Number(read.from) !== Number(position))
        this.report('lost', `${pair}: a decision reads from ${read.from}, not ${position}`)
      position = read.to
    }
    if (Number(position) !== rows) this.report('lost', `${pair}: decided up to row ${position} of ${rows}`)
  }

  /** The source has no late rows, so none may come behind a watermark that an earlier seal has told. */
  checkLateness(
    pair: PairId,
    decisions: readonly Decision[],
    rowsOf: (decision: Decision) => readonly ToyRow[],
  ): void {
    let told = Number.NEGATIVE_INFINITY
    for (const decision of decisions) {
      const late = rowsOf(decision).find((row) => row.at < told)
      if (late !== undefined)
        this.report(
          'late',
          `${pair}: decision ${decision.index} has row ${late.id} of ${late.at} behind ${told}`,
        )
      if (decision.seals) told = Math.max(told, decision.watermark)
    }
  }

  checkOutput(
    decisions: ReadonlyMap<PairId, readonly Decision[]>,
    rowsOf: (pair: PairId, decision: Decision) => readonly ToyRow[],
    sinks: ReadonlyMap<PairId, SinkModel>,
    clients: readonly DisplayClient[],
  ): void {
    const expected = modelOutput(this.#topology, decisions, rowsOf)
    for (const [pair, rows] of expected) {
      const { stage } = this.#topology.pair(pair)
      if (stage.kind !== 'egress') continue
      const sink = sinks.get(pair)
      if (stage.sink === 'transactional' && sink !== undefined) {
        this.#compareRows(
          pair,
          rows,
          sink.rows.map((row) => ({ epoch: row.epoch, values: row.values })),
        )
      } else if (stage.sink === 'idempotent' && sink !== undefined) this.#compareStored(pair, rows, sink)
      for (const client of clients) if (client.pair === pair) this.#compareShown(client, rows)
    }
  }

  #compareRows(pair: PairId, expected: readonly ModelRow[], actual: readonly ShownRow[]): void {
    const count = Math.max(expected.length, actual.length)
    for (let place = 0; place < count; place++) {
      const want = expected[place]
      const got = actual[place]
      if (want !== undefined && got !== undefined && sameRow(want, got)) continue
      const before = actual.slice(0, place)
      const verdict =
        got === undefined
          ? 'lost'
          : before.some((row) => String(row.values) === String(got.values))
            ? 'repeated'
            : actual.slice(place).some((row) => want !== undefined && sameRow(want, row))
              ? 'reordered'
              : 'lost'
      const should = want === undefined ? 'none' : describeModel(want)
      this.report(verdict, `${pair}: row ${place} is ${describeRow(got)}, should be ${should}`)
      return
    }
  }

  #compareStored(pair: PairId, expected: readonly ModelRow[], sink: SinkModel): void {
    const want = new Map<number, ModelRow>()
    for (const row of expected) want.set(row.id, row)
    for (const [id, row] of want) {
      const got = sink.stored.get(id)
      if (got === undefined) this.report('lost', `${pair}: id ${id} is missing`)
      else if (!sameRow(row, got))
        this.report('reordered', `${pair}: id ${id} is ${describeRow(got)}, should be ${describeModel(row)}`)
    }
    for (const id of sink.stored.keys()) {
      if (!want.has(id as number)) this.report('repeated', `${pair}: id ${String(id)} should not be there`)
    }
    // A key is written many times over: what stays is what was written last.
    const last = new Map<number, ModelRow>(expected.map((row) => [row.key, row]))
    for (const [key, row] of last) {
      const got = sink.latest.get(key)
      if (got !== undefined && sameRow(row, got)) continue
      this.report('reordered', `${pair}: key ${key} is ${describeRow(got)}, should be ${describeModel(row)}`)
    }
  }

  #compareShown(client: DisplayClient, expected: readonly ModelRow[]): void {
    if (client.complaint !== null) this.report('final-changed', client.complaint)
    for (const [seq, row] of client.sealed) {
      const want = expected[seq]
      if (want === undefined || !sameRow(want, row)) {
        this.report(
          'final-changed',
          `client ${client.id} of ${client.pair}: event ${seq} was final as ${describeRow(row)}`,
        )
        return
      }
    }
    for (const reset of client.resets) {
      const want = contentAfter(expected.slice(0, reset.seq + 1))
      const got = new Map(reset.rows.map((row) => [Number(row[0]), row.slice(1).map(Number)]))
      if (String([...got].sort(byKey)) === String([...want].sort(byKey))) continue
      this.report(
        'final-changed',
        `client ${client.id} of ${client.pair}: a reset to ${reset.seq} shows other content`,
      )
      return
    }
    if (client.owedEnd && !client.ended)
      this.report('lost', `client ${client.id} of ${client.pair} was never told the end`)
    if (!client.ended) return
    for (let seq = client.base + 1; seq < expected.length; seq++) {
      if (client.sealed.has(seq)) continue
      this.report('lost', `client ${client.id} of ${client.pair}: event ${seq} never came`)
      return
    }
  }
}

/** What a display shows after these events: per key, how many there were and what the last one came to. */
function contentAfter(rows: readonly ModelRow[]): Map<number, readonly number[]> {
  const content = new Map<number, readonly number[]>()
  for (const { key, value } of rows) content.set(key, [(content.get(key)?.[0] ?? 0) + 1, value])
  return content
}

function byKey([a]: [number, unknown], [b]: [number, unknown]): number {
  return a - b
}

function sameRow(want: ModelRow, got: ShownRow): boolean {
  const [id, key, at, value, tag] = got.values
  return (
    want.epoch === got.epoch &&
    want.id === id &&
    want.key === key &&
    want.at === at &&
    want.value === value &&
    tag === tagOf(want.key)
  )
}

function describeRow(row: ShownRow | undefined): string {
  return row === undefined ? 'none' : `(${row.values.join(', ')}) of epoch ${row.epoch}`
}

function describeModel(row: ModelRow): string {
  return `(${row.id}, ${row.key}, ${row.at}, ${row.value}) of epoch ${row.epoch}`
}
