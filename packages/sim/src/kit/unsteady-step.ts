import type { BatchTrial, Pipeline } from '@pollux/sdk'
import type { Node, UnsteadyStep } from './answer-log.ts'
import { describeRow } from './describe-row.ts'
import type { PlainRow } from './given-rows.ts'

type Graph = ReturnType<Pipeline['build']>

const KEEPS = 'something besides the row, such as a variable outside of it'
const DIVIDES = 'where a batch begins and ends'

/**
 * The same pipeline, in which every batch callback is asked twice about all rows, and then about each alone;
 * `onUnsteady` is told where the answers differ. Replicas give it other rows at once, so what it answered in
 * one of them is not to be compared with what it answered in another.
 */
export function askingTwice<Config>(
  pipeline: Pipeline<Config>,
  onUnsteady: (step: UnsteadyStep) => void,
): Pipeline<Config> {
  const build = (config: Config): Graph => {
    const graph = pipeline.build(config)
    for (const node of graph.nodes) {
      if (node.kind !== 'map-batch') continue
      Object.assign(node, { onBatch: (trial: BatchTrial) => askAgain(node, trial, onUnsteady) })
    }
    return graph
  }
  return { ...pipeline, build }
}

function askAgain(node: Node, trial: BatchTrial, onUnsteady: (step: UnsteadyStep) => void): void {
  const all = trial.ask(0, trial.rows)
  const again = trial.ask(0, trial.rows)
  const alone = Array.from({ length: trial.rows }, (_, row) => trial.ask(row, row + 1)).flat()
  const first = `row ${describeRow(trial.row(0) as PlainRow)}`
  const batch = `about ${trial.rows} rows from ${first}`
  const tell = (asked: string, others: readonly string[], cause: string): void => {
    const at = all.findIndex((row, index) => row !== others[index])
    const place = at < 0 ? all.length : at
    const [one, other] = [all, others].map((rows) => rows[place] ?? 'no more rows')
    onUnsteady({ node, callback: '', asked, first: one!, second: other!, cause })
  }
  if (all.join('\n') !== again.join('\n')) tell(`twice ${batch}`, again, KEEPS)
  else if (all.join('\n') !== alone.join('\n'))
    tell(`${batch} at once, and about each of them alone,`, alone, DIVIDES)
}
