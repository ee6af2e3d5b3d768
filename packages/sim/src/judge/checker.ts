import { type Decision, describePosition, type Message, type PairId, type Topology } from '@pollux/protocol'
import type { DisplayClient } from '../world/display-client.ts'
import { describeOutputRow, type ExpectedOutput, type OutputRow, sameOutputRow } from './expected-output.ts'
import { pairOfSlot } from '../faults/struck-slots.ts'
import type { ProcessModel } from '../world/process-model.ts'
import type { SinkModel } from '../world/sink-model.ts'
import type { SourceRows } from '../world/source-rows.ts'

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

/** A promise that a run has broken. */
export interface Violation {
  readonly verdict: Verdict
  readonly detail: string
  /** Whose fault it is, or seems to be, where that can be said. */
  readonly pair?: PairId
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

  report(verdict: Verdict, detail: string, pair?: PairId): void {
    if (this.violations.length >= 20) return
    this.violations.push(pair === undefined ? { verdict, detail } : { verdict, detail, pair })
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
        pairOfSlot(worker.slot),
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

  /** A row that is not late by itself may not come behind a watermark that an earlier seal has told. */
  checkLateness(
    pair: PairId,
    decisions: readonly Decision[],
    data: SourceRows,
    rowsOf: (decision: Decision) => readonly number[],
  ): void {
    let told = Number.NEGATIVE_INFINITY
    for (const decision of decisions) {
      const late = rowsOf(decision).find((row) => data.isOvertaken(row, told))
      if (late !== undefined)
        this.report('late', `${pair}: decision ${decision.index} has row ${late}, which is behind ${told}`)
      if (decision.seals) told = Math.max(told, decision.watermark)
    }
  }

  checkOutput(
    expected: ReadonlyMap<PairId, ExpectedOutput>,
    sinks: ReadonlyMap<PairId, SinkModel>,
    clients: readonly DisplayClient[],
  ): void {
    for (const [pair, output] of expected) {
      const { stage } = this.#topology.pair(pair)
      if (stage.kind !== 'egress') continue
      const sink = sinks.get(pair)
      if (stage.sink === 'transactional' && sink !== undefined)
        this.#compareRows(pair, output.rows, sink.rows)
      else if (stage.sink === 'idempotent' && sink !== undefined) this.#compareStored(pair, output.rows, sink)
      for (const client of clients) if (client.pair === pair) this.#compareShown(client, output)
    }
  }

  #compareRows(pair: PairId, expected: readonly OutputRow[], actual: readonly OutputRow[]): void {
    const count = Math.max(expected.length, actual.length)
    for (let place = 0; place < count; place++) {
      const want = expected[place]
      const got = actual[place]
      if (want !== undefined && got !== undefined && sameOutputRow(want, got)) continue
      const before = actual.slice(0, place)
      const verdict =
        got === undefined
          ? 'lost'
          : before.some((row) => String(row.values) === String(got.values))
            ? 'repeated'
            : actual.slice(place).some((row) => want !== undefined && sameOutputRow(want, row))
              ? 'reordered'
              : 'lost'
      this.report(
        verdict,
        `${pair}: row ${place} is ${describeOutputRow(got)}, should be ${describeOutputRow(want)}`,
      )
      return
    }
  }

  #compareStored(pair: PairId, expected: readonly OutputRow[], { keys, stored, latest }: SinkModel): void {
    const want = new Map(expected.map((row, seq) => [keys.single(row.values, seq), row]))
    for (const [key, row] of want) {
      const got = stored.get(key)
      if (got === undefined) this.report('lost', `${pair}: ${describeOutputRow(row)} is missing`)
      else this.#compareKept(pair, row, got)
    }
    for (const [key, row] of stored) {
      if (!want.has(key)) this.report('repeated', `${pair}: ${describeOutputRow(row)} should not be there`)
    }
    // A key is written many times over: what stays is what was written last.
    const last = new Map(expected.map((row, seq) => [keys.shared(row.values, seq), row]))
    for (const [key, row] of last) this.#compareKept(pair, row, latest.get(key))
  }

  #compareKept(pair: PairId, want: OutputRow, got: OutputRow | undefined): void {
    if (got !== undefined && sameOutputRow(want, got)) return
    this.report(
      'reordered',
      `${pair}: ${describeOutputRow(got)} is kept, should be ${describeOutputRow(want)}`,
    )
  }

  #compareShown(client: DisplayClient, { rows, contentAfter }: ExpectedOutput): void {
    if (client.complaint !== null) this.report('final-changed', client.complaint)
    for (const [seq, row] of client.sealed) {
      const want = rows[seq]
      if (want === undefined || !sameOutputRow(want, row)) {
        this.report(
          'final-changed',
          `client ${client.id} of ${client.pair}: event ${seq} was final as ${describeOutputRow(row)}`,
        )
        return
      }
    }
    for (const reset of client.resets) {
      if (sameContent(reset.rows, contentAfter(reset.seq + 1))) continue
      this.report(
        'final-changed',
        `client ${client.id} of ${client.pair}: a reset to ${reset.seq} shows other content`,
      )
      return
    }
    if (client.owedEnd && !client.ended)
      this.report('lost', `client ${client.id} of ${client.pair} was never told the end`)
    if (!client.ended) return
    for (let seq = client.base + 1; seq < rows.length; seq++) {
      if (client.sealed.has(seq)) continue
      this.report('lost', `client ${client.id} of ${client.pair}: event ${seq} never came`)
      return
    }
  }
}

type Content = readonly (readonly unknown[])[]

/** In whatever order. */
function sameContent(one: Content, other: Content): boolean {
  return String(one.map(String).sort()) === String(other.map(String).sort())
}
