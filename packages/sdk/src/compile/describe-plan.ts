import type { Compiled } from './compile.ts'
import type { Port, StageDraft } from './stage-draft.ts'
import type { Node, StatefulNode } from '../pipeline/graph.ts'
import type { WindowSpec } from '../window/window-spec.ts'

/**
 * What a pipeline was made into, stage by stage, and why: for people.
 * @example
 * describePlan(compile(sales)).split('\n')[0] // -> 'sales: 3 stages, epochs of 10 ms'
 */
export function describePlan({ plan, drafts }: Compiled): string {
  const lines = drafts.flatMap((stage) => [
    headOf(stage),
    ...stage.ports.map(portOf),
    ...stage.nodes.map(nodeOf),
  ])
  return [`${plan.pipeline}: ${drafts.length} stages, epochs of ${plan.tickMs} ms`, ...lines].join('\n')
}

function headOf({ name, kind, partitions, outside }: StageDraft): string {
  const count = `${partitions} ${partitions === 1 ? 'partition' : 'partitions'}`
  if (outside?.kind === 'ingress') {
    const { description, eventTime, kind: how } = outside.source
    const late = eventTime?.outOfOrder === undefined ? '' : `, up to ${eventTime.outOfOrder} out of order`
    const time = eventTime === undefined ? 'no event time' : `event time ${eventTime.column}${late}`
    return `${name}  ingress, ${count}: ${description} (${how}), ${time}`
  }
  if (outside?.kind === 'egress')
    return `${name}  egress, ${count}: ${outside.sink.description} (${outside.sink.kind})`
  return `${name}  ${kind}, ${count}`
}

function portOf({ from, exchange, delivery, tap }: Port): string {
  const how = {
    one: 'one to one',
    gather: 'all to one partition',
    key: `by ${exchange.kind === 'key' ? exchange.columns.join(', ') : ''}`,
  }[exchange.kind]
  const why = delivery === 'lane' ? 'many rows: one copy is enough' : reasonToRace(tap.node)
  return `  <- ${from.name} ${how}, ${delivery} (${why})`
}

function reasonToRace({ kind }: Node): string {
  return kind === 'stateful'
    ? 'few rows: both copies come, the first counts'
    : 'to the outside: no failure shows'
}

function nodeOf(node: StageDraft['nodes'][number]): string {
  const where = node.where === '' ? '' : ` (${node.where})`
  if (node.kind !== 'stateful') return `  ${node.kind}${where}: runs where its input is made`
  return `  ${describeStateful(node)}${where}`
}

function describeStateful({ step }: StatefulNode): string {
  if (step.kind === 'process') {
    const ttl = step.ttlMs === 0 ? '' : `, its state kept for ${step.ttlMs} ms`
    return `own operator${ttl}`
  }
  const { window, aggregates, latenessMs, earlyMs } = step
  const results = aggregates.map(
    ({ name, spec }) => `${name} ${spec.op}${'column' in spec ? `(${spec.column})` : ''}`,
  )
  const late = latenessMs === 0 ? '' : `, shown again for ${latenessMs} ms after`
  const early = earlyMs === 0 ? '' : `, shown early every ${earlyMs} ms`
  return `${describeWindow(window)}${early}${late}: ${results.join(', ')}`
}

function describeWindow(window: WindowSpec): string {
  switch (window.kind) {
    case 'hopping': {
      const every = window.sizeMs === window.everyMs ? '' : ` every ${window.everyMs} ms`
      return `windows of ${window.sizeMs} ms${every}`
    }
    case 'growing': {
      const whole =
        window.sizeMs === Infinity ? `all since ${window.offsetMs}` : `windows of ${window.sizeMs} ms`
      return `${whole}, shown every ${window.everyMs} ms as they grow`
    }
    case 'session':
      return `sessions that end after ${window.gapMs} ms without a row`
    case 'count':
      return `windows of ${window.rows} rows`
  }
}
