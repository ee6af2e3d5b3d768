import { posix } from 'node:path'
import { readManifest } from './manifest.ts'
import type { Rule, Violation } from './rule.ts'
import type { Tree } from './tree.ts'

type Fault = Pick<Violation, 'what' | 'instead'>

const WHY = 'a document that names what is not there is believed once'
const LINK = /(?<!!)\[[^\]]*\]\(([^)\s]+)[^)]*\)|!\[[^\]]*\]\(([^)\s]+)[^)]*\)/g
const SCRIPT = /\bnpm run ([a-z][\w:-]*)/g
const QUOTED = /`([^`\s]+)`/g
const REPOSITORY_PATH = /^(packages|operators|pipelines|test|\.ci)\/[\w./*-]*$/
const PACKAGE_PATH = /^src\/[\w./*-]+$/
const DOCUMENT = /(?<![\w/:.-])((?:[\w-]+\/)*[\w-]+\.md)\b/g

export const documents: Rule = {
  claim: 'every link, script, path and document that a text names exists',
  check: (tree) => [
    ...tree.paths.filter((path) => path.endsWith('.md')).flatMap((path) => markdownFaults(tree, path)),
    ...commentFaults(tree),
  ],
}

function markdownFaults(tree: Tree, path: string): Violation[] {
  return tree
    .text(path)
    .split('\n')
    .flatMap((line, at) => {
      const faults = [
        ...faultsIn(line, LINK, (target) => linkFault(tree, path, target)),
        ...faultsIn(line, SCRIPT, (script) => scriptFault(tree, script)),
        ...faultsIn(line, QUOTED, (quoted) => pathFault(tree, path, quoted)),
        ...faultsIn(line, DOCUMENT, (name) => documentFault(tree, name)),
      ]
      return faults.map((fault) => ({ path, line: at + 1, why: WHY, ...fault }))
    })
}

/** The code stands alone too: what a comment refers to is in the repository. */
function commentFaults(tree: Tree): Violation[] {
  return tree.sources.flatMap((source) =>
    source.comments.flatMap((comment) =>
      faultsIn(comment.value, DOCUMENT, (name) => documentFault(tree, name)).map((fault) => ({
        path: source.path,
        line: source.lineOf(comment.start),
        why: WHY,
        ...fault,
      })),
    ),
  )
}

function faultsIn(text: string, pattern: RegExp, judge: (found: string) => Fault | null): readonly Fault[] {
  return [...text.matchAll(pattern)]
    .map((match) => judge(match[1] ?? match[2] ?? ''))
    .filter((fault) => fault !== null)
}

function linkFault(tree: Tree, path: string, target: string): Fault | null {
  const [file = '', anchor] = target.split('#')
  if (/^[a-z]+:/.test(file)) return null
  const linked = file === '' ? path : posix.join(posix.dirname(path), decodeURIComponent(file))
  if (!tree.has(linked) && !tree.hasFolder(linked)) {
    return { what: `links to ${target}, which does not exist`, instead: 'correct the link' }
  }
  if (anchor === undefined || !linked.endsWith('.md') || anchorsOf(tree.text(linked)).includes(anchor))
    return null
  return { what: `links to ${target}, which has no such heading`, instead: 'correct the anchor' }
}

function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ +(.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
}

function scriptFault(tree: Tree, script: string): Fault | null {
  const scripts = readManifest(tree, '.')?.scripts ?? {}
  if (Object.hasOwn(scripts, script)) return null
  return {
    what: `names npm run ${script}, which package.json does not have`,
    instead: 'correct it, or add the script',
  }
}

function pathFault(tree: Tree, path: string, quoted: string): Fault | null {
  const named = quoted.replace(/:\d+(-\d+)?$/, '')
  const owner = /^(?:packages|operators|pipelines)\/[^/]+\//.exec(path)?.[0] ?? ''
  const full = REPOSITORY_PATH.test(named) ? named : PACKAGE_PATH.test(named) ? owner + named : null
  if (full === null || exists(tree, full)) return null
  return { what: `names ${quoted}, which does not exist`, instead: 'correct the path' }
}

function exists(tree: Tree, path: string): boolean {
  if (tree.has(path) || tree.hasFolder(path)) return true
  if (!path.includes('*')) return false
  const pattern = path.split(/\*+/).map((part) => part.replace(/[.]/g, '\\.'))
  const matcher = new RegExp(`^${pattern.join('.*')}`)
  return tree.paths.some((known) => matcher.test(known))
}

function documentFault(tree: Tree, name: string): Fault | null {
  if (tree.paths.some((path) => path === name || path.endsWith(`/${name}`))) return null
  return {
    what: `refers to ${name}, which is not in the repository`,
    instead: 'say what it says; the repository stands alone',
  }
}
