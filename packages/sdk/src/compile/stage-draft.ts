import type { Exchange } from '@pollux/protocol'
import type { PreAggregation } from '../window/partial/pre-aggregation.ts'
import type { Delivery } from '../pipeline/delivery.ts'
import type { EgressNode, IngressNode, Node, StatefulNode, StatelessNode, Tap } from '../pipeline/graph.ts'

/** A stage in the making: which nodes it holds, and what it reads. */
export interface StageDraft {
  readonly name: string
  readonly partitions: number
  readonly kind: 'ingress' | 'compute' | 'egress'
  /** The node at its end towards the outside, if there is one. */
  readonly outside: IngressNode | EgressNode | null
  /** In the order in which they were joined. */
  readonly nodes: (StatelessNode | StatefulNode)[]
  readonly ports: readonly Port[]
  /** Of the windows that it begins with; null where it does not. */
  readonly preAggregation: PreAggregation | null
}

/** One input of a stage. */
export interface Port {
  readonly tap: Tap
  /** Where its rows were added up: what they were before. */
  readonly addedUp: Tap | null
  readonly from: StageDraft
  readonly exchange: Exchange
  readonly delivery: Delivery
}

/** Where a node's rows come from, merges and gathers seen through. */
export interface Origin {
  readonly tap: Tap
  readonly gathered: boolean
}

export function originsOf(tap: Tap): readonly Origin[] {
  const { node } = tap
  if (node.kind === 'merge') return node.from.flatMap(originsOf)
  if (node.kind === 'gather')
    return node.from.flatMap(originsOf).map((origin) => ({ ...origin, gathered: true }))
  return [{ tap, gathered: false }]
}

/** Nodes whose rows get to some egress. */
export function liveNodes(nodes: readonly Node[]): ReadonlySet<Node> {
  const live = new Set<Node>()
  const visit = (node: Node): void => {
    if (live.has(node)) return
    live.add(node)
    for (const { node: before } of node.from) visit(before)
  }
  for (const node of nodes) if (node.kind === 'egress') visit(node)
  return live
}
