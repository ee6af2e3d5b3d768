import type { Exchange } from '@pollux/protocol'
import { PipelineError } from '../errors/pipeline-error.ts'
import { shown } from '../errors/shown.ts'
import type { Delivery } from '../pipeline/delivery.ts'
import {
  describeNode,
  type Graph,
  type Node,
  type Shape,
  type StatefulNode,
  type StatelessNode,
  type Tap,
} from '../pipeline/graph.ts'
import { LATE_ROWS } from '../program/stateful.ts'
import type { AddStep } from '../window/partial/add-step.ts'
import type { PartialSchema } from '../window/partial/partial-schema.ts'
import { preAggregation } from '../window/partial/pre-aggregation.ts'
import type { WindowStep } from '../window/window-step.ts'
import { isFew } from './few-rows.ts'
import { liveNodes, type Origin, originsOf, type Port, type StageDraft } from './stage-draft.ts'

/**
 * Parts a graph into stages. Stateless steps run where their input is made; a stage ends where rows must meet
 * (by key, or all in one place) and at the outside.
 */
export function drawStages({ nodes }: Graph, { partitions, groups }: Layout): readonly StageDraft[] {
  const live = liveNodes(nodes)
  const stages: StageDraft[] = []
  const stageOf = new Map<Node, StageDraft>()
  const names = new Set(nodes.flatMap((node) => ('name' in node ? [node.name] : [])))

  const begin = (node: Node, draft: NewDraft): StageDraft => {
    const most = node.kind === 'stateful' ? Math.min(groups, PARTITIONS_MOST) : PARTITIONS_MOST
    if (!isCount(draft.partitions, most))
      throw new PipelineError('PLX1025', `${draft.name}: ${shown(draft.partitions)}`, node.where)
    const stage = { preAggregation: null, ...draft, nodes: [] }
    stages.push(stage)
    stageOf.set(node, stage)
    return stage
  }
  const portsOf = (node: Node, exchange: (from: StageDraft, origin: Origin) => Exchange): readonly Port[] =>
    node.from.flatMap(originsOf).map((origin) => {
      const from = stageOf.get(origin.tap.node)!
      const delivery = deliveryTo(node, origin)
      return { tap: origin.tap, addedUp: null, from, exchange: exchange(from, origin), delivery }
    })
  /** One-to-one, or all to one where that was said. */
  const plainPorts = (node: Node): { readonly ports: readonly Port[]; readonly partitions: number } => {
    const origins = node.from.flatMap(originsOf)
    const counts = new Set(
      origins.map(({ tap, gathered }) => (gathered ? 1 : stageOf.get(tap.node)!.partitions)),
    )
    if (counts.size > 1) throw new PipelineError('PLX1010', [...counts].join(' and '), node.where)
    const ports = portsOf(node, (from, { gathered }) => ({
      kind: gathered && from.partitions > 1 ? 'gather' : 'one',
    }))
    return { ports, partitions: [...counts][0]! }
  }
  const freshName = (kind: string): string => {
    for (let number = 1; ; number++) {
      const name = `${kind}-${number}`
      if (!names.has(name)) {
        names.add(name)
        return name
      }
    }
  }
  const addStateless = (node: StatelessNode): void => {
    const origins = node.from.flatMap(originsOf)
    const before = new Set(origins.map(({ tap }) => stageOf.get(tap.node)!))
    const moves = origins.some(({ tap, gathered }) => gathered && stageOf.get(tap.node)!.partitions > 1)
    if (before.size > 1 || moves || meetsBatch(origins, stageOf)) {
      const name = freshName(moves ? 'gather' : 'merge')
      begin(node, { name, kind: 'compute', outside: null, ...plainPorts(node) }).nodes.push(node)
      return
    }
    const [stage] = before
    stage!.nodes.push(node)
    stageOf.set(node, stage!)
  }
  const addStateful = (node: StatefulNode): void => {
    const { key, name } = node
    const ports = portsOf(node, (from) => {
      if (key !== null) return { kind: 'key', columns: key }
      return { kind: from.partitions > 1 ? 'gather' : 'one' }
    })
    const count = key === null ? 1 : (node.partitions ?? partitions)
    const how = preAggregation(node, shapeOf(node.from[0]!), isLateRead(node, nodes))
    const partial = how?.partial ?? null
    const ends = partial === null ? ports : ports.map((port) => addUp(node, port, partial))
    const draft = { name, kind: 'compute', outside: null, partitions: count } as const
    begin(node, { ...draft, ports: ends, preAggregation: how }).nodes.push(node)
  }
  /** The rows of a port, added up in the stage that makes them. */
  const addUp = (
    { name, key, step, from, where }: StatefulNode,
    port: Port,
    partial: PartialSchema,
  ): Port => {
    const base = { where, partitions: null, name, key }
    // What says when a row happened is said where the windows are.
    const input: Node = { kind: 'merge', from: [port.tap], where, shapes: [shapeOf(from[0]!)] }
    const adding: AddStep = { kind: 'add', windows: step as WindowStep, partial, stateBytesMax: Infinity }
    const node: StatefulNode = {
      ...base,
      kind: 'stateful',
      step: adding,
      onError: 'fail',
      from: [{ node: input, output: 0 }],
      shapes: [{ schema: partial.schema, time: null }],
    }
    port.from.nodes.push(node)
    stageOf.set(node, port.from)
    const tap = { node, output: 0 }
    return { ...port, tap, addedUp: port.tap, delivery: deliveryTo(node, { tap, gathered: false }) }
  }

  for (const node of nodes) {
    if (!live.has(node)) throw new PipelineError('PLX1003', describeNode(node), node.where)
    checkLetters(node, nodes)
    if (node.kind === 'ingress') {
      const { name, source } = node
      const count = node.partitions ?? source.partitions ?? partitions
      if (source.partitions !== undefined && source.partitions !== count)
        throw new PipelineError('PLX1025', `${name}: ${count}, its source: ${source.partitions}`, node.where)
      begin(node, { name, kind: 'ingress', outside: node, partitions: count, ports: [] })
    } else if (node.kind === 'egress') {
      begin(node, { name: node.name, kind: 'egress', outside: node, ...plainPorts(node) })
    } else if (node.kind === 'stateful') addStateful(node)
    else if (node.kind !== 'merge' && node.kind !== 'gather') addStateless(node)
  }
  return stages
}

/** Partitions of all steps that do not say themselves, and how many groups keys fall into. */
interface Layout {
  readonly partitions: number
  readonly groups: number
}

/** More pairs than that are a slip of the pen. */
const PARTITIONS_MOST = 1024

function isCount(count: number, most: number): boolean {
  return Number.isSafeInteger(count) && count >= 1 && count <= most
}

/**
 * Rows that were made in batches meet others only where there is an order of both: as two inputs of a stage.
 * Within a stage it would depend on where batches begin.
 */
function meetsBatch(origins: readonly Origin[], stageOf: ReadonlyMap<Node, StageDraft>): boolean {
  /** Without leaving the stage. */
  const isBehindBatch = (node: Node): boolean => {
    if (node.kind === 'map-batch') return true
    const before = node.from.flatMap(originsOf).map(({ tap }) => tap.node)
    return before.some((one) => stageOf.get(one) === stageOf.get(node) && isBehindBatch(one))
  }
  return origins.length > 1 && origins.some(({ tap }) => isBehindBatch(tap.node))
}

/** Something reads the rows that came too late for these windows. */
function isLateRead(windows: StatefulNode, nodes: readonly Node[]): boolean {
  return isRead(windows, LATE_ROWS, nodes)
}

/** Whoever asks for dead letters reads them. */
function checkLetters(node: Node, nodes: readonly Node[]): void {
  const policy = node.kind === 'ingress' ? node.source.badRecords : 'onError' in node ? node.onError : 'fail'
  if (policy === 'deadLetter' && !isRead(node, node.shapes.length - 1, nodes))
    throw new PipelineError('PLX1045', `${describeNode(node)}, failed`, node.where)
}

function isRead(read: Node, from: number, nodes: readonly Node[]): boolean {
  return nodes.some((reader) => reader.from.some(({ node, output }) => node === read && output === from))
}

function shapeOf({ node, output }: Tap): Shape {
  return node.shapes[output]!
}

/** What a stage is begun with. */
type NewDraft = Omit<StageDraft, 'nodes' | 'preAggregation'> & Partial<Pick<StageDraft, 'preAggregation'>>

/** Few rows, and all that goes to the outside, race: no failure need be noticed before its copy is there. */
function deliveryTo(node: Node, { tap }: Origin): Delivery {
  if (node.kind === 'egress') return node.delivery ?? 'race'
  return isFew(tap) ? 'race' : 'lane'
}
