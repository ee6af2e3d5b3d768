import { PipelineError } from '../errors/pipeline-error.ts'
import type { Graph } from './graph.ts'

/** A step may be called this, and no other step is. */
export function checkName(graph: Graph, name: string, where: string): void {
  checkForm(name, where)
  const taken = graph.nodes.some((node) => 'name' in node && node.name === name)
  if (taken) throw new PipelineError('PLX1002', JSON.stringify(name), where)
}

export function checkForm(name: string, where: string): void {
  if (typeof name !== 'string' || !/^[a-zA-Z][a-zA-Z0-9-]{0,62}$/.test(name))
    throw new PipelineError('PLX1001', JSON.stringify(name), where)
}
