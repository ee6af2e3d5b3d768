import { parseSync } from 'oxc-parser'
import type { Comment, Node } from 'oxc-parser'
import type { Rule, Violation } from './rule.ts'
import type { Source } from './source.ts'
import type { Tree } from './tree.ts'

type Fault = Pick<Violation, 'what' | 'why' | 'instead'>

const MARK = /\b(TODO|FIXME|XXX|HACK)\b/
const TEST_FUNCTIONS = ['test', 'it', 'describe', 'suite']
const TEST_LEFTOVERS = ['only', 'skip', 'todo', 'skipIf', 'runIf', 'fails']
/** What a line of code looks like and a sentence does not. */
const CODE_LINE = new RegExp(
  [
    /(?:const|let|var) [\w{[].* = /,
    /import [\w{*'"].*/,
    /export (?:const|function|class|type|interface) \w/,
    /return\b.*[;)]$/,
    /(?:if|for|while|switch) \(.*\) ?\{?$/,
    /\}/,
    /[\w.#]+\(.*\);?$/,
    /[\w.#]+ [+-]?= \S/,
  ]
    .map((form) => `^(?:${form.source})`)
    .join('|'),
)

export const leftovers: Rule = {
  claim: 'nothing is left over: no marks, no muted tests, no code in comments',
  check: (tree) => [
    ...tree.sources.flatMap((source) => [...commentFaults(source), ...mutedTests(source)]),
    ...documentFaults(tree),
  ],
}

function commentFaults(source: Source): Violation[] {
  return source.comments.flatMap((comment) => {
    const fault = markFault(comment.value) ?? codeFault(comment)
    return fault === null ? [] : [{ path: source.path, line: source.lineOf(comment.start), ...fault }]
  })
}

function markFault(text: string): Fault | null {
  const mark = MARK.exec(text)?.[1]
  if (mark === undefined) return null
  return {
    what: `says ${mark}`,
    why: 'a wish in the code is read by nobody and believed by everybody',
    instead: 'do it, or say in a sentence what is not there and why',
  }
}

/** A line that looks like code and also parses as a program of its own. */
function codeFault(comment: Comment): Fault | null {
  if (comment.value.startsWith('*')) return null
  const line = comment.value
    .split('\n')
    .map((each) => each.trim())
    .find((each) => CODE_LINE.test(each) && (each === '}' || parses(each) || parses(`${each} }`)))
  if (line === undefined) return null
  return {
    what: `has code in a comment: ${line}`,
    why: 'it is neither run nor read, and rots',
    instead: 'delete it; the history keeps it',
  }
}

function parses(code: string): boolean {
  const whole = [code, `function f() { ${code}\n}`]
  return whole.some((each) => parseSync('comment.ts', each).errors.length === 0)
}

function mutedTests(source: Source): Violation[] {
  if (!source.isTest) return []
  const found: Violation[] = []
  source.visit((node) => {
    const muted = mutedBy(node)
    if (muted === null) return
    found.push({
      path: source.path,
      line: source.lineOf(node.start),
      what: `has ${muted}`,
      why: 'a test that does not run proves nothing, and `only` stops all the others',
      instead: 'run it or delete it',
    })
  })
  return found
}

function mutedBy(node: Node): string | null {
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return null
  const root = rootOf(node.object)
  if (root === null || !TEST_FUNCTIONS.includes(root) || !TEST_LEFTOVERS.includes(node.property.name))
    return null
  return `${root}.${node.property.name}`
}

/** `test` of `test.concurrent.skip`. */
function rootOf(node: Node): string | null {
  if (node.type === 'Identifier') return node.name
  return node.type === 'MemberExpression' ? rootOf(node.object) : null
}

function documentFaults(tree: Tree): Violation[] {
  return tree.paths
    .filter((path) => /\.(md|txt|json|ya?ml|sh)$/.test(path) && path !== 'package-lock.json')
    .flatMap((path) =>
      tree
        .text(path)
        .split('\n')
        .flatMap((line, at): Violation[] => {
          const fault = markFault(line)
          return fault === null ? [] : [{ path, line: at + 1, ...fault }]
        }),
    )
}
