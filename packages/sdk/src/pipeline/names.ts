import { PipelineError } from '../errors/pipeline-error.ts'
import type { Graph } from './graph.ts'

/** Of a name that is none, so much is told. */
const NAME_MOST = 80

/** A step may be called this, and no other step is. */
export function checkName(graph: Graph, name: string, where: string): void {
  checkForm(name, where)
  const taken = graph.nodes.find((node) => 'name' in node && node.name === name)
  if (taken === undefined) return
  const kind = taken.kind === 'stateful' ? 'step' : taken.kind
  throw new PipelineError('PLX1002', `${JSON.stringify(name)}, of the ${kind} at ${taken.where}`, where)
}

export function checkForm(name: string, where: string): void {
  if (typeof name !== 'string' || !/^[a-zA-Z][a-zA-Z0-9-]{0,62}$/.test(name))
    throw new PipelineError('PLX1001', clipped(name), where)
}

/** Somebody who forgets the name gives what comes behind it, which may be long. */
function clipped(name: unknown): string {
  // Of a function, for one, there is no JSON.
  const text = (JSON.stringify(name) as string | undefined) ?? typeof name
  return text.length > NAME_MOST ? `${text.slice(0, NAME_MOST)}...` : text
}
