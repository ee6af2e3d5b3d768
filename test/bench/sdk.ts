import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { measure } from './measure.ts'
import { ROWS, stepsCases } from './stateless-steps.ts'
import type { Suite } from './suite.ts'

/** Enough for every case to have been compiled, and to have met what the others have left behind. */
const WARM_UP_RUNS = 300
const COUNTED_RUNS = 500

/** What stateless steps do with rows, in one process without pairs. */
export const sdk: Suite = {
  name: 'sdk',
  title: 'Stateless steps, M rows per CPU second, one process, no pairs',
  run() {
    const interpreted = interpretedNs()
    const cases = stepsCases()
    for (let run = 0; run < WARM_UP_RUNS; run++) for (const { run: one } of cases) one()
    const rows = cases.map(({ name, run, byHand }, index) => {
      const [ns, handNs] = [measure(run), measure(byHand)]
      const share = (handNs / ns).toFixed(2)
      return [name, rate(ns), rate(handNs), share, rate(interpreted[index]!), allocated(run).toFixed(1)]
    })
    const head = ['steps', 'generated', 'by hand', 'ratio', 'interpreted', 'bytes allocated a row']
    return [head, ...rows]
  },
}

/** The same in a process where nothing is generated. */
function interpretedNs(): readonly number[] {
  const file = join(import.meta.dirname, 'interpreted-steps.ts')
  const options = ['--disallow-code-generation-from-strings', file]
  return JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' })) as readonly number[]
}

function rate(nsPerBatch: number): string {
  const millions = (ROWS * 1000) / nsPerBatch
  return millions.toFixed(millions < 10 ? 2 : 1)
}

function allocated(run: () => void): number {
  const before = getHeapStatistics().total_allocated_bytes
  for (let count = 0; count < COUNTED_RUNS; count++) run()
  return (getHeapStatistics().total_allocated_bytes - before) / (COUNTED_RUNS * ROWS)
}
