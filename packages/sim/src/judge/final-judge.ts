import { type Decision, EPOCH_END, type PairId, type Topology } from '@pollux/protocol'
import type { RowNumbers, Workload } from '../runs/workload.ts'
import type { DisplayClient } from '../world/display-client.ts'
import type { PushClients } from '../world/push-clients.ts'
import type { SinkModel } from '../world/sink-model.ts'
import type { SourceRows } from '../world/source-rows.ts'
import type { Checker } from './checker.ts'
import type { EndWatch } from './end-watch.ts'
import type { ExpectedOutput } from './expected-output.ts'

/** A run that has finished, and all that it has left behind. */
export interface FinishedRun {
  readonly topology: Topology
  readonly workload: Workload
  /** Every decision that became durable, by log. */
  readonly history: ReadonlyMap<PairId, readonly Decision[]>
  readonly data: ReadonlyMap<PairId, SourceRows>
  readonly pushClients: PushClients
  readonly sinks: ReadonlyMap<PairId, SinkModel>
  readonly displayClients: readonly DisplayClient[]
  readonly endWatch: EndWatch
  readonly checker: Checker
}

/** Compares what a run has left with what its workload says; returns what should have come out. */
export function judgeFinished(run: FinishedRun): ReadonlyMap<PairId, ExpectedOutput> {
  const { topology, workload, history, sinks, displayClients, endWatch, checker } = run
  for (const client of displayClients) client.owedEnd = endWatch.owes(client.pair)
  const rowsOf: RowNumbers = (_pair, decision) => [
    ...decision.reads.flatMap(({ from, to }) => numbersFrom(Number(from), Number(to))),
    ...decision.pushes.flatMap((push) => run.pushClients.rowsOf(push.key)),
  ]
  checker.checkLogs(history)
  for (const { id, stage } of topology.pairs.values()) {
    if (stage.kind !== 'ingress') continue
    const decisions = history.get(id) ?? []
    if (decisions.at(-1)?.to !== EPOCH_END) checker.report('lost', `${id}: its log does not reach the end`)
    if (stage.source !== 'replayable') continue
    const data = run.data.get(id)!
    checker.checkCoverage(id, decisions, data.length)
    checker.checkLateness(id, decisions, data, (decision) => rowsOf(id, decision))
  }
  checkPushes(run)
  const expected = workload.expected(topology, history, rowsOf)
  checker.checkOutput(expected, sinks, displayClients)
  return expected
}

function checkPushes({ history, pushClients, checker }: FinishedRun): void {
  const keys = [...history.values()].flat().flatMap((decision) => decision.pushes.map((push) => push.key))
  if (new Set(keys).size !== keys.length) checker.report('repeated', 'a pushed request was decided twice')
  for (const key of pushClients.storedKeys) {
    if (!keys.includes(key))
      checker.report('unacknowledged', `push ${key} was answered and is not in any log`)
  }
}

function numbersFrom(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, place) => from + place)
}
