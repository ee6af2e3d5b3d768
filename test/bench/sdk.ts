import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ROWS } from './bench-rows.ts'
import { besideByHand, rate } from './beside-by-hand.ts'
import { stepsCases } from './stateless-steps.ts'
import type { Suite } from './suite.ts'

/** Enough for every case to have been compiled, and to have met what the others have left behind. */
const WARM_UP_RUNS = 300

/** What stateless steps do with rows, in one process without pairs. */
export const sdk: Suite = {
  name: 'sdk',
  title: 'Stateless steps, M rows per CPU second, one process, no pairs',
  run() {
    const interpreted = interpretedNs()
    const cases = stepsCases()
    for (let run = 0; run < WARM_UP_RUNS; run++) for (const { run: one } of cases) one()
    const rows = cases.map((one, index) => {
      const [name, generated, byHand, share, allocated] = besideByHand(one)
      return [name!, generated!, byHand!, share!, rate(ROWS, interpreted[index]!), allocated!]
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
