import type { Edge, Plan, Stage } from './plan.ts'

/** What may be wrong with a plan. */
export type PlanFault =
  | 'plan.name'
  | 'plan.number'
  | 'plan.groups'
  | 'plan.stages'
  | 'plan.edge'
  | 'plan.partitions'
  | 'plan.key'
  | 'plan.inputs'
  | 'plan.circle'

/** A plan that no run could carry out: said where the plan is made into anything, before anything runs. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
  readonly code: PlanFault

  constructor(code: PlanFault, pipeline: string, detail: string) {
    super(`${code}: the plan of ${JSON.stringify(pipeline)} ${detail}`)
    this.code = code
  }
}

type Refuse = (code: PlanFault, detail: string) => never

/**
 * Refuses a plan that could be given out and not be run: an epoch without length, a checkpoint that never
 * comes or whose parts nobody finds, a stage that waits for nothing. Nothing behind it asks again.
 */
export function checkPlan(plan: Plan): void {
  const refuse: Refuse = (code, detail) => {
    throw new PlanError(code, plan.pipeline, detail)
  }
  checkNumbers(plan, refuse)
  const stages = new Map<string, Stage>()
  for (const stage of plan.stages) {
    checkStage(stage, refuse)
    if (stages.has(stage.name)) refuse('plan.name', `has two stages called ${stage.name}`)
    stages.set(stage.name, stage)
  }
  if (!plan.stages.some(({ kind }) => kind === 'ingress')) refuse('plan.stages', 'has no ingress')
  for (const edge of plan.edges) checkEdge(edge, stages, plan.groups, refuse)
  for (const { kind, name } of plan.stages) {
    const fed = plan.edges.some(({ to }) => to === name)
    if (kind === 'ingress' && fed) refuse('plan.inputs', `leads back into the ingress ${name}`)
    if (kind !== 'ingress' && !fed)
      refuse('plan.inputs', `has no edge to ${name}, which would wait for nothing`)
    const feeds = plan.edges.some(({ from }) => from === name)
    if (kind === 'egress' && feeds) refuse('plan.inputs', `goes on behind the egress ${name}`)
  }
  checkCircles(plan, refuse)
}

function checkNumbers(plan: Plan, refuse: Refuse): void {
  const { pipeline, groups, tickMs, originMs, checkpointEvery } = plan
  if (pipeline === '') refuse('plan.name', 'has no name')
  if (!isCount(tickMs))
    refuse('plan.number', `has a tickMs of ${tickMs}: an epoch lasts 1 ms or more, in whole ms`)
  if (!Number.isSafeInteger(originMs))
    refuse('plan.number', `has an originMs of ${originMs}: it is in whole ms`)
  if (!isCount(checkpointEvery)) {
    refuse('plan.number', `has a checkpointEvery of ${checkpointEvery}: it counts epochs, 1 or more`)
  }
  if (!isCount(groups) || groups > GROUPS_MOST || (groups & (groups - 1)) !== 0) {
    refuse('plan.groups', `has ${groups} key groups: they are a power of two, ${GROUPS_MOST} at most`)
  }
}

/** A group is a part of a 32-bit hash. */
const GROUPS_MOST = 2 ** 30

function checkStage(stage: Stage, refuse: Refuse): void {
  const { name, partitions } = stage
  // Names of pairs, slots, keys and blobs are put together with slashes, and taken apart at them.
  if (name === '' || name.includes('/')) {
    refuse('plan.name', `has a stage called ${JSON.stringify(name)}: a name is not empty, and has no slash`)
  }
  if (!isCount(partitions))
    refuse('plan.partitions', `has ${partitions} partitions of ${name}: 1 or more are needed`)
  if (stage.kind !== 'ingress' || isCount(stage.keyWindowEpochs)) return
  refuse('plan.number', `has a keyWindowEpochs of ${stage.keyWindowEpochs} at ${name}: 1 or more are needed`)
}

function checkEdge(edge: Edge, stages: ReadonlyMap<string, Stage>, groups: number, refuse: Refuse): void {
  const { exchange, schema } = edge
  const [from, to] = [stages.get(edge.from), stages.get(edge.to)]
  const name = `${edge.from} -> ${edge.to}`
  if (from === undefined || to === undefined) {
    return refuse(
      'plan.edge',
      `has an edge ${name} of the unknown stage ${from === undefined ? edge.from : edge.to}`,
    )
  }
  if (exchange.kind === 'one' && from.partitions !== to.partitions) {
    refuse('plan.partitions', `goes ${name}: one-to-one needs equal partitions`)
  }
  if (exchange.kind === 'gather' && to.partitions !== 1) {
    refuse('plan.partitions', `goes ${name}: gather ends in one`)
  }
  if (exchange.kind !== 'key') return
  if (to.partitions > groups) {
    refuse('plan.partitions', `goes ${name}: ${groups} key groups do not fill ${to.partitions} partitions`)
  }
  const unknown = exchange.columns.find((key) => !schema.columns.some((column) => column.name === key))
  if (unknown !== undefined) refuse('plan.key', `goes ${name} by ${unknown}, which its rows do not have`)
  if (exchange.columns.length === 0) refuse('plan.key', `goes ${name} by a key of no columns`)
}

/** Takes away what is fed by nothing that is left, until nothing changes. */
function checkCircles({ stages, edges }: Plan, refuse: Refuse): void {
  let left = new Set(stages.map(({ name }) => name))
  for (;;) {
    const fed = new Set(edges.filter(({ from }) => left.has(from)).map(({ to }) => to))
    const after = new Set([...left].filter((name) => fed.has(name)))
    if (after.size === 0) return
    if (after.size === left.size) refuse('plan.circle', `goes round in a circle: ${[...left].join(', ')}`)
    left = after
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1
}
