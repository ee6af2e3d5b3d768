import type { Source } from '../io/source.ts'
import type { Columns, RowSchema } from '../schema/row-schema.ts'
import { here } from '../errors/call-site.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import { needColumn } from '../schema/need-column.ts'
import { Graph, type Node } from './graph.ts'
import { checkForm, checkName } from './names.ts'
import { Stream } from './stream.ts'

/** What a pipeline is built with. */
export interface Building<Config> {
  /** Where rows come in. */
  readonly ingress: <C extends Columns>(
    name: string,
    source: Source<C>,
    options?: { readonly partitions?: number },
  ) => Stream<C>
  /** What differs from one run to the next. */
  readonly config: Config
}

/** A pipeline is a value: nothing happens until somebody runs it. */
export interface Pipeline<Config = unknown> {
  readonly name: string
  /** @internal The steps, joined. */
  readonly build: (config: Config) => Graph
}

/**
 * A pipeline: what comes in, what is done with it, and where it goes. Nothing runs yet.
 * @example
 * const paid = pipeline('paid', ({ ingress }) => {
 *   ingress('orders', collection(Order, []))
 *     .filter(({ amount }) => amount > 0)
 *     .egress('out', collect())
 * })
 * const free = { at: 0, shop: 'tea', amount: 0 }
 * drive(paid).push('orders', free, { ...free, amount: 90 }).finish().output('out')
 * // -> [ { at: 0, shop: 'tea', amount: 90 } ]
 */
export function pipeline<Config = undefined>(
  name: string,
  define: (building: Building<Config>) => void,
): Pipeline<Config> {
  checkForm(name, here())
  const build = (config: Config): Graph => {
    const graph = new Graph()
    define({ config, ingress: (...said) => addIngress(graph, ...said) })
    return graph
  }
  return { name, build }
}

function addIngress<C extends Columns>(
  graph: Graph,
  name: string,
  source: Source<C>,
  options: { readonly partitions?: number } = {},
): Stream<C> {
  const where = here()
  checkName(graph, name, where)
  const { schema, eventTime } = source
  if (eventTime !== undefined) {
    const type = needColumn(schema, eventTime.column, where)
    if (type.kind !== 'timestamp' || type.isOptional) {
      throw new PipelineError('PLX1007', `eventTime ${JSON.stringify(eventTime.column)}: ${type.kind}`, where)
    }
  }
  const time = eventTime === undefined ? null : { column: eventTime.column, plusMs: 0 }
  const shapes = [{ schema: schema as RowSchema, time }]
  const partitions = options.partitions ?? null
  const base = { from: [], where, shapes, partitions }
  const node = graph.add<Node>({ kind: 'ingress', name, source, ...base })
  return new Stream(graph, { node, output: 0 }, schema)
}
