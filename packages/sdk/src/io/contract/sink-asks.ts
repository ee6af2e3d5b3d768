import { epoch, generation, type PendingRow, run } from '@pollux/protocol'
import type { SinkAnswer, SinkAsk } from '../sink.ts'

export function open(ofRun: number, ofGeneration: number, create: boolean): SinkAsk {
  return { kind: 'open', run: run(ofRun), generation: generation(ofGeneration), create }
}

export function commit(expect: number, to: number, rows: readonly PendingRow[]): SinkAsk {
  return { kind: 'commit', expect: epoch(expect), record: epoch(to), rows }
}

export function upsert(to: number, rows: readonly PendingRow[]): SinkAsk {
  return { kind: 'upsert', record: epoch(to), rows }
}

export function record(at: number): SinkAnswer {
  return { kind: 'record', record: epoch(at) }
}

export function committed(at: number): SinkAnswer {
  return { kind: 'committed', record: epoch(at) }
}

export function conflict(at: number): SinkAnswer {
  return { kind: 'conflict', record: epoch(at) }
}
