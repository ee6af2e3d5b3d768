import { Rejected } from '../io/rejected.ts'
import type { AnySource, DeadLetterSource, Source } from '../io/source.ts'
import { type Columns, RowSchema } from '../schema/row-schema.ts'
import { checkOptions } from '../errors/check-options.ts'
import { here } from '../errors/call-site.ts'
import { checkCallbacks } from '../errors/check-callbacks.ts'
import { PipelineError } from '../errors/pipeline-error.ts'
import { durationMs } from '../window/duration.ts'
import { needTime } from './event-time.ts'
import { Graph, type Node } from './graph.ts'
import { IngressStream } from './ingress-stream.ts'
import { checkForm, checkName } from './names.ts'
import { Stream } from './stream.ts'
import { checkPolicy } from './step-check.ts'

/** What a pipeline is built with. */
export interface Building<Config> {
  /** Where rows come in. */
  readonly ingress: AddIngress
  /** What differs from one run to the next. */
  readonly config: Config
}

interface AddIngress {
  /** With the records that were no rows in a stream of their own, `failed`. */
  <C extends Columns>(name: string, source: DeadLetterSource<C>, options?: IngressOptions): IngressStream<C>
  <C extends Columns>(name: string, source: Source<C>, options?: IngressOptions): Stream<C>
}

export interface IngressOptions {
  readonly partitions?: number
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
  const where = here()
  checkForm(name, where)
  const called = `pipeline ${JSON.stringify(name)}`
  checkCallbacks(called, { define })
  const build = (config: Config): Graph => {
    const graph = new Graph()
    const ingress = (...said: Parameters<AddIngress>) => addIngress(graph, ...said)
    const returned: unknown = define({ config, ingress: ingress as AddIngress })
    graph.close()
    if (typeof (returned as PromiseLike<unknown> | undefined)?.then === 'function')
      throw new PipelineError(
        'PLX1032',
        `${called}, define: not a function that is done when it returns`,
        where,
      )
    if (!graph.nodes.some(({ kind }) => kind === 'ingress')) throw new PipelineError('PLX1043', called, where)
    return graph
  }
  return { name, build }
}

function addIngress<C extends Columns>(
  graph: Graph,
  name: string,
  source: Source<C>,
  options: IngressOptions = {},
): Stream<C> {
  const where = here()
  checkName(graph, name, where)
  checkIngress(name, source, where)
  checkOptions<IngressOptions>(`ingress ${JSON.stringify(name)}`, options, { partitions: true })
  const { schema, eventTime } = source
  if (eventTime !== undefined)
    needTime(schema, eventTime.column, `eventTime ${JSON.stringify(eventTime.column)}`, where)
  const time = eventTime === undefined ? null : { column: eventTime.column, plusMs: 0 }
  const tells = source.badRecords === 'deadLetter'
  if (tells && source.kind === 'push') throw new PipelineError('PLX1024', source.description, where)
  const failed = tells ? [{ schema: Rejected as RowSchema, time: null }] : []
  const shapes = [{ schema: schema as RowSchema, time }, ...failed]
  const partitions = options.partitions ?? null
  const base = { from: [], where, shapes, partitions }
  const node = graph.add<Node>({ kind: 'ingress', name, source, ...base })
  return new (tells ? IngressStream : Stream)(graph, { node, output: 0 }, schema)
}

/** What would only be seen when it is read. */
function checkIngress(name: string, source: AnySource | undefined, where: string): void {
  const which = `ingress ${JSON.stringify(name)}`
  if (!(source?.schema instanceof RowSchema) || typeof source.open !== 'function')
    throw new PipelineError('PLX1032', `${which}: not a source`, where)
  const { badRecords, eventTime, idleAfter } = source
  checkPolicy(`${which}, badRecords`, badRecords)
  durationMs(eventTime?.outOfOrder ?? 0, 0, where)
  durationMs(idleAfter ?? 0, 0, where)
}
