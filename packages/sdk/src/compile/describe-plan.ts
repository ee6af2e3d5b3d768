import { withoutFolder } from '../errors/call-site.ts'
import { durationText } from '../window/duration.ts'
import { LATE_ROWS } from '../program/stateful.ts'
import type { Compiled } from './compile.ts'
import { counted, describeStateless } from './describe-stateless.ts'
import { describeStateful } from './describe-stateful.ts'
import { isFew } from './few-rows.ts'
import type { Port, StageDraft } from './stage-draft.ts'

/**
 * What a pipeline was made into, stage by stage, and why: for people.
 * @example
 * describePlan(compile(sales))
 * // -> sales: 3 stages, epochs of 10ms
 * // -> orders  ingress, 1 partition
 * // ->   reads collection of 0 rows (replayable), event time at
 * // -> sums  compute, 1 partition: rows of equal shop meet here
 * // ->   <- orders by shop, lane (many rows: one copy is enough)
 * // ->   windows of 1s (example-world.ts:30)
 * // ->     total sum(amount)
 * // ->     keys in a hash table: shop is text
 * // ->     rows come as they are: shop is text
 * // -> screen  egress, 1 partition
 * // ->   <- sums one to one, race (few rows: both copies come, the first counts)
 * // ->   writes to rows in memory (transactional)
 */
export function describePlan({ plan, drafts, programs }: Compiled): string {
  const lines = drafts.flatMap((stage) => {
    const program = programs.get(stage.name)!
    return [
      headOf(stage),
      ...stage.ports.map((port) => portOf(port, stage)),
      ...outsideOf(stage),
      ...program.states.flatMap(describeStateful),
      ...addingOf(stage),
      ...describeStateless(program),
    ]
  })
  const epochs = `epochs of ${durationText(plan.tickMs)}`
  return [`${plan.pipeline}: ${counted(drafts.length, 'stage')}, ${epochs}`, ...lines].join('\n')
}

function headOf(stage: StageDraft): string {
  const { name, kind, partitions, outside } = stage
  const count = `${partitions} ${partitions === 1 ? 'partition' : 'partitions'}`
  return `${name}  ${kind}, ${count}${outside === null ? `: ${meeting(stage)}` : ''}`
}

function outsideOf({ outside }: StageDraft): readonly string[] {
  if (outside === null) return []
  if (outside.kind === 'egress') return [`  writes to ${outside.sink.description} (${outside.sink.kind})`]
  const { description, eventTime, kind, badRecords = 'fail' } = outside.source
  const late = eventTime?.outOfOrder === undefined ? '' : `, up to ${eventTime.outOfOrder} out of order`
  const time = eventTime === undefined ? 'no event time' : `event time ${eventTime.column}${late}`
  const bad = { fail: '', skip: ', bad records left out', deadLetter: ', bad records told of apart' }
  return [`  reads ${description} (${kind}), ${time}${bad[badRecords]}`]
}

/** Why a stage begins here, instead of the step running where its input is made. */
function meeting({ nodes, ports }: StageDraft): string {
  const [first] = nodes
  if (first?.kind === 'stateful' && first.key !== null)
    return `rows of equal ${first.key.join(', ')} meet here`
  const names = new Set(ports.map(({ from }) => from.name))
  const isMerge = names.size > 1 && ports.every(({ exchange }) => exchange.kind === 'one')
  return isMerge ? `rows of ${[...names].join(' and ')} meet here` : 'all rows meet here'
}

function portOf({ from, exchange, delivery, tap }: Port, { outside }: StageDraft): string {
  const how = {
    one: 'one to one',
    gather: 'all to one partition',
    key: `by ${exchange.kind === 'key' ? exchange.columns.join(', ') : ''}`,
  }[exchange.kind]
  const isAsked = outside?.kind === 'egress' && outside.delivery !== null
  const why = isAsked ? 'as its egress asks' : delivery === 'lane' ? LANE : reasonToRace(tap)
  return `  <- ${whatOf(tap)}${from.name} ${how}, ${delivery} (${why})`
}

const LANE = 'many rows: one copy is enough'

function reasonToRace(tap: Port['tap']): string {
  return isFew(tap) ? 'few rows: both copies come, the first counts' : 'to the outside: no failure shows'
}

/** Which of a step's rows, where it makes several kinds. */
function whatOf({ node, output }: Port['tap']): string {
  const isFailed = 'onError' in node && node.onError === 'deadLetter' && output === node.shapes.length - 1
  if (node.kind === 'stateful')
    return isFailed ? 'failed rows of ' : output === LATE_ROWS ? 'late rows of ' : ''
  if (!isFailed) return ''
  return `failed rows of ${node.kind} (${withoutFolder(node.where)}) in `
}

/** Whether the rows of a window come added up, and why. */
function addingOf({ preAggregation }: StageDraft): readonly string[] {
  if (preAggregation === null) return []
  const { partial, why } = preAggregation
  const how = partial === null ? 'as they are' : 'added up by key, pane and epoch where they are made'
  return [`    rows come ${how}: ${why}`]
}
