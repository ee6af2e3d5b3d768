import { assert } from '@pollux/std'
import type { IdempotentWriter, SinkAnswer, SinkAsk, TransactionalWriter } from './sink.ts'

/**
 * What the core asks, put to a writer.
 * @example
 * const writer = collect().open({ partition: 0, partitions: 1, schema: Order })
 * askSink(writer, { kind: 'open', run: run(1), generation: generation(1), create: true }, (reply) => {
 *   reply // -> { kind: 'record', record: 0 }
 * })
 */
export function askSink(
  writer: TransactionalWriter | IdempotentWriter,
  ask: SinkAsk,
  answer: (reply: SinkAnswer) => void,
): void {
  switch (ask.kind) {
    case 'open':
      return writer.open(ask, answer)
    case 'probe':
      return writer.probe(answer)
    case 'commit':
      assert('commit' in writer, 'only a transactional sink is asked to commit')
      return writer.commit(ask, answer)
    case 'upsert':
      assert('upsert' in writer, 'only an idempotent sink is asked to upsert')
      return writer.upsert(ask, answer)
  }
}
