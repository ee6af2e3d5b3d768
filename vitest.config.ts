import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/closing-line.ts'

export default defineConfig({
  test: {
    pool: 'threads',
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', new ClosingLine()],
    projects: [
      project('packages', ['packages/**/*.test.ts', 'operators/**/*.test.ts', 'pipelines/**/*.test.ts']),
      project('scenarios', ['test/scenarios/**/*.test.ts']),
      project('sim', ['test/sim/**/*.test.ts'], { testTimeout: 900_000, sequence: { groupOrder: 1 } }),
      // Whatever else is in test/, so that no test file can be written where nothing runs it.
      project('house', ['test/**/*.test.ts'], { exclude: ['test/scenarios/**', 'test/sim/**'] }),
    ],
  },
})

interface Difference {
  readonly exclude?: string[]
  readonly testTimeout?: number
  /** Simulations spread over all cores by themselves: they wait until the small tests are done. */
  readonly sequence?: { readonly groupOrder: number }
}

function project(name: string, include: string[], difference: Difference = {}) {
  return { extends: true as const, test: { name, include, ...difference } }
}
