import { posix } from 'node:path'
import type { Rule, Violation } from './rule.ts'
import type { Tree } from './tree.ts'

export const cycles: Rule = {
  claim: 'files import each other without cycles',
  check(tree) {
    const edges = relativeEdges(tree)
    const reported = new Set<string>()
    return [...edges.keys()].flatMap((path): Violation[] => {
      const cycle = reported.has(path) ? null : shortestCycle(edges, path)
      if (cycle === null) return []
      for (const member of cycle) reported.add(member)
      return [
        {
          path,
          line: edges.get(path)?.get(cycle[1] ?? path) ?? 1,
          what: `is in a cycle: ${[...cycle, path].map((p) => posix.basename(p)).join(' -> ')}`,
          why: 'files in a cycle can only be read, tested and moved together',
          instead: 'move what both need into a file below them',
        },
      ]
    })
  },
}

/** From a file to the files that it imports, with the line. */
function relativeEdges(tree: Tree): ReadonlyMap<string, ReadonlyMap<string, number>> {
  return new Map(
    tree.sources.map((source) => {
      const relative = source.imports.filter((each) => each.specifier.startsWith('.'))
      return [
        source.path,
        new Map(relative.map((each) => [posix.join(posix.dirname(source.path), each.specifier), each.line])),
      ]
    }),
  )
}

function shortestCycle(
  edges: ReadonlyMap<string, ReadonlyMap<string, number>>,
  start: string,
): readonly string[] | null {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const path of queue) {
    for (const next of edges.get(path)?.keys() ?? []) {
      if (next === start) return trail(cameFrom, start, path)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, path)
      queue.push(next)
    }
  }
  return null
}

function trail(cameFrom: ReadonlyMap<string, string>, start: string, end: string): readonly string[] {
  const path = [end]
  for (let at = end; at !== start;) {
    at = cameFrom.get(at) ?? start
    path.unshift(at)
  }
  return path
}
