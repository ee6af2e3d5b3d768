import type { Reporter, SerializedError, TestModule } from 'vitest/node'

type Reason = 'passed' | 'interrupted' | 'failed'

/** What the line needs of vitest's test modules. */
export interface Judged {
  readonly children: {
    allTests(): Iterable<{ result(): { readonly state: 'passed' | 'failed' | 'skipped' | 'pending' } }>
    allSuites(): Iterable<{ errors(): readonly unknown[] }>
  }
  errors(): readonly unknown[]
}

/** Ends a run with the plain line `N passed, N failed`, which `.ci/run` repeats as its own last line. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[], reason: Reason): void {
    process.stdout.write(`\n${closingLine(modules, unhandled.length, reason)}\n`)
  }
}

/**
 * A file that did not load, a hook that failed and an error outside any test count as failures of their own,
 * and so does a run of no tests: a run that exits non-zero never says `0 failed`.
 */
export function closingLine(modules: readonly Judged[], unhandled: number, reason: Reason): string {
  const count = { passed: 0, failed: unhandled, skipped: 0, pending: 0 }
  for (const module of modules) {
    for (const test of module.children.allTests()) count[test.result().state] += 1
    for (const owner of [module, ...module.children.allSuites()])
      count.failed += owner.errors().length > 0 ? 1 : 0
  }
  if (count.failed === 0 && (reason !== 'passed' || count.passed === 0)) count.failed = 1
  const skipped = count.skipped + count.pending
  return `${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
