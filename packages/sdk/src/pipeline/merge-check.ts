import { describeSchema } from '@pollux/protocol'
import { PipelineError } from '../errors/pipeline-error.ts'
import { shown } from '../errors/shown.ts'
import { RowSchema } from '../schema/row-schema.ts'
import type { Graph } from './graph.ts'

interface Merged {
  readonly graph: Graph
  readonly schema: RowSchema
}

/** Only streams of one pipeline and of one schema are merged. */
export function checkMerged(ours: Merged, others: readonly unknown[], where: string): void {
  for (const other of others) {
    if (Array.isArray(other))
      throw new PipelineError('PLX1032', 'merge: a list, not streams one by one: merge(...list)', where)
    // Rows by key, for one, have none.
    const { graph, schema } = (other ?? {}) as Partial<Merged>
    if (!(schema instanceof RowSchema))
      throw new PipelineError('PLX1032', `merge: ${shown(other)}, not a stream`, where)
    if (graph !== ours.graph) throw new PipelineError('PLX1004', 'merge', where)
    const columns = [ours.schema, schema].map(({ wire }) => describeSchema(wire))
    if (schema.wire.text !== ours.schema.wire.text)
      throw new PipelineError('PLX1009', `merge of ${columns.join(' and ')}`, where)
  }
}
