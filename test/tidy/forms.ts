import type { Node } from 'oxc-parser'
import type { Rule, Violation } from './rule.ts'

type Fault = Pick<Violation, 'what' | 'why' | 'instead'>

const MAY_EXPORT_DEFAULT = /^[^/]+\.config\.ts$/
/** Tests that a wrong program does not compile: the error is what they expect. */
const COMPILE_TEST = /\.compile\.test\.ts$/

export const forms: Rule = {
  claim: 'exports are named, and nothing goes around the compiler or the linter',
  check(tree) {
    return tree.sources.flatMap((source) => {
      const found: Violation[] = []
      const report = (offset: number, fault: Fault | null) => {
        if (fault !== null) found.push({ path: source.path, line: source.lineOf(offset), ...fault })
      }
      source.visit((node) => report(node.start, formFault(source.path, node)))
      for (const comment of source.comments) report(comment.start, directiveFault(source.path, comment.value))
      return found
    })
  },
}

function formFault(path: string, node: Node): Fault | null {
  switch (node.type) {
    case 'ExportDefaultDeclaration':
      if (MAY_EXPORT_DEFAULT.test(path)) return null
      return {
        what: 'exports a default',
        why: 'a default export has as many names as importers',
        instead: 'export it by name (only a tool configuration may export a default)',
      }
    case 'TSEnumDeclaration':
    case 'TSModuleDeclaration':
      if (node.type === 'TSModuleDeclaration' && node.kind === 'global') return null
      return {
        what: `declares ${node.type === 'TSEnumDeclaration' ? 'an enum' : 'a namespace'}`,
        why: 'it is code that type stripping cannot strip',
        instead: 'use a union of literals, or a module',
      }
    case 'TSAnyKeyword':
      return {
        what: 'uses any',
        why: 'it switches the compiler off for all that it touches',
        instead: 'use unknown',
      }
    default:
      return null
  }
}

function directiveFault(path: string, comment: string): Fault | null {
  const directive = /^\s*\/?\s*@(ts-(?:ignore|nocheck|expect-error))/.exec(comment)?.[1]
  if (directive !== undefined && !(directive === 'ts-expect-error' && COMPILE_TEST.test(path))) {
    return {
      what: `uses @${directive}`,
      why: 'it hides every error of that line, also the next one',
      instead: 'fix the type; a test that something does not compile goes into a *.compile.test.ts',
    }
  }
  if (!/^\s*(oxlint|eslint)-disable/.test(comment) || / -- \S/.test(comment)) return null
  return {
    what: 'switches a lint rule off without a reason',
    why: 'the next reader cannot tell whether it is still needed',
    instead: 'write the reason after the rule: -- because ...',
  }
}
