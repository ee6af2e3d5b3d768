import { epoch, generation, run } from '@pollux/sdk'
import type { OpenReply, TransactionalWriter, WriteReply } from '@pollux/sdk'
import { rowsOf } from './epoch-rows.ts'

export function open(
  writer: TransactionalWriter,
  ofRun = 1,
  ofGeneration = 1,
  create = true,
): Promise<OpenReply> {
  const request = { run: run(ofRun), generation: generation(ofGeneration), create }
  return new Promise((resolve) => writer.open(request, resolve))
}

export function commit(writer: TransactionalWriter, from: number, to: number): Promise<WriteReply> {
  const request = { expect: epoch(from), record: epoch(to), rows: rowsOf(from, to) }
  return new Promise((resolve) => writer.commit(request, resolve))
}
