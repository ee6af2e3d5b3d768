import type { Tree } from './tree.ts'

/** One house rule. Each has a test beside it that plants a violation, so that none can be vacuous. */
export interface Rule {
  /** A sentence that is true of the repository. */
  readonly claim: string
  readonly check: (tree: Tree) => readonly Violation[]
}

export interface Violation {
  readonly path: string
  readonly line: number
  readonly what: string
  readonly why: string
  readonly instead: string
}

/**
 * Reason and remedy once, then every place: a rule that is new to a file can be broken on many of its lines.
 */
export function describeViolations(violations: readonly Violation[]): string {
  const groups = Map.groupBy(violations, ({ why, instead }) => `  why: ${why}\n  instead: ${instead}`)
  return [...groups]
    .map(([reason, group]) => `${group.map((v) => `${v.path}:${v.line} ${v.what}`).join('\n')}\n${reason}`)
    .join('\n\n')
}

/** The short form that the rules' own tests compare. */
export function describePlanted(rule: Rule, tree: Tree): readonly string[] {
  return rule.check(tree).map(({ path, line, what }) => `${path}:${line} ${what}`)
}
