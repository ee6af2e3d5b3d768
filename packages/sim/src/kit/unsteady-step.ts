import type { BatchTrial, Pipeline } from '@pollux/sdk'
import { describeRow } from './describe-row.ts'
import type { PlainRow } from './given-rows.ts'

type Graph = ReturnType<Pipeline['build']>
type Node = Graph['nodes'][number]
type Emit = (row: PlainRow) => void

/** A step whose callback was asked twice and gave two answers. */
export interface UnsteadyStep {
  readonly node: Node
  /** `twice about row {at 5}`: what it was asked. */
  readonly asked: string
  readonly first: string
  readonly second: string
  /** What its answer depends on that it may not depend on. */
  readonly cause: string
}

const KEEPS = 'something besides the row, such as a variable outside of it'
const DIVIDES = 'where a batch begins and ends'

/**
 * The same pipeline, in which every callback is asked twice about each row; `onUnsteady` is told where the
 * answers differ. Whoever keeps something between rows is found by it, whatever that is.
 */
export function askingTwice<Config>(
  pipeline: Pipeline<Config>,
  onUnsteady: (step: UnsteadyStep) => void,
): Pipeline<Config> {
  const build = (config: Config): Graph => {
    const graph = pipeline.build(config)
    for (const node of graph.nodes) Object.assign(node, probed(node, onUnsteady))
    return graph
  }
  return { ...pipeline, build }
}

/** The callbacks of a step, each replaced by one that asks it twice. */
function probed(node: Node, onUnsteady: (step: UnsteadyStep) => void): object {
  const twice = <Answer>(ask: (row: PlainRow) => Answer, describe: (answer: Answer) => string) => {
    return (row: PlainRow): Answer => {
      const answer = ask(row)
      const [first, second] = [describe(answer), describe(ask(row))]
      const asked = `twice about row ${describeRow(row)}`
      if (first !== second) onUnsteady({ node, asked, first, second, cause: KEEPS })
      return answer
    }
  }
  switch (node.kind) {
    case 'filter':
      return { keeps: twice(node.keeps, String) }
    case 'map':
      return { change: twice(node.change, (row) => describeRow(row as PlainRow)) }
    case 'flat-map': {
      const spread = node.spread as (row: PlainRow, emit: Emit) => void
      const emitted = (row: PlainRow): readonly PlainRow[] => {
        const rows: PlainRow[] = []
        spread(row, (one) => rows.push(one))
        return rows
      }
      const asked = twice(emitted, (rows) => `[${rows.map(describeRow).join(', ')}]`)
      return { spread: (row: PlainRow, emit: Emit) => asked(row).forEach(emit) }
    }
    case 'branch':
      return { conditions: node.conditions.map((holds) => twice(holds, String)) }
    case 'map-batch':
      return { onBatch: (trial: BatchTrial) => onUnstable(node, trial, onUnsteady) }
    default:
      return {}
  }
}

/** A batch callback is asked about all rows twice, and then about each alone. */
function onUnstable(node: Node, trial: BatchTrial, onUnsteady: (step: UnsteadyStep) => void): void {
  const all = trial.ask(0, trial.rows)
  const again = trial.ask(0, trial.rows)
  const alone = Array.from({ length: trial.rows }, (_, row) => trial.ask(row, row + 1)).flat()
  const first = `row ${describeRow(trial.row(0) as PlainRow)}`
  const batch = `about ${trial.rows} rows from ${first}`
  const tell = (asked: string, others: readonly string[], cause: string): void => {
    const at = all.findIndex((row, index) => row !== others[index])
    const place = at < 0 ? all.length : at
    const [one, other] = [all, others].map((rows) => rows[place] ?? 'no more rows')
    onUnsteady({ node, asked, first: one!, second: other!, cause })
  }
  if (all.join('\n') !== again.join('\n')) tell(`twice ${batch}`, again, KEEPS)
  else if (all.join('\n') !== alone.join('\n'))
    tell(`${batch} at once, and about each of them alone,`, alone, DIVIDES)
}
