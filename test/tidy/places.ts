import type { Rule, Violation } from './rule.ts'

/** Folders of one machine. Written in pieces, so that this file may be judged like any other. */
const MACHINE_PATH = new RegExp(
  `(?<![\\w.*~-])/(?:${['work', 'root', 'home', 'tmp', 'Users', 'var/folders'].join('|')})/`,
)
const REGISTRY = new RegExp(
  `${['registry', 'npmjs', 'org'].join('\\.')}|${['npm', 'mirror'].join('')}|^\\s*registry\\s*=`,
)
const RESOLVED = /"resolved": "(https?|git|file)[:+]/

export const places: Rule = {
  claim: 'no file names a machine, a home folder or a registry',
  check(tree) {
    return tree.paths
      .filter((path) => path !== 'LICENSE')
      .flatMap((path) =>
        tree
          .text(path)
          .split('\n')
          .flatMap((line, at) => faultsOf(path, line).map((fault) => ({ path, line: at + 1, ...fault }))),
      )
  },
}

function faultsOf(path: string, line: string): Pick<Violation, 'what' | 'why' | 'instead'>[] {
  const why = 'the repository works wherever it is cloned, from whatever mirror that machine uses'
  if (path === 'package-lock.json' && RESOLVED.test(line)) {
    return [
      {
        what: 'says where a package was downloaded',
        why,
        instead: 'delete the `resolved` line; .npmrc keeps it out',
      },
    ]
  }
  const place = MACHINE_PATH.exec(line)?.[0]
  if (place !== undefined) {
    return [
      {
        what: `names ${place}`,
        why,
        instead: 'use a relative path, or os.tmpdir() where a folder is needed',
      },
    ]
  }
  if (REGISTRY.test(line))
    return [{ what: 'names a registry', why, instead: "leave it to the machine's configuration" }]
  return []
}
