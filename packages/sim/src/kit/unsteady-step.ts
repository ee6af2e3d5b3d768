import type { Pipeline } from '@pollux/sdk'
import { describeRow } from './describe-row.ts'
import type { PlainRow } from './given-rows.ts'

type Graph = ReturnType<Pipeline['build']>
type Node = Graph['nodes'][number]
type Emit = (row: PlainRow) => void

/** A step whose callback was asked twice about one row and gave two answers. */
export interface UnsteadyStep {
  readonly node: Node
  readonly row: PlainRow
  readonly first: string
  readonly second: string
}

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
      if (first !== second) onUnsteady({ node, row, first, second })
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
    default:
      return {}
  }
}
