import { besideByHand } from './beside-by-hand.ts'
import type { Suite } from './suite.ts'
import { windowCases } from './window-steps.ts'

/** Every case has met what the others leave behind. */
const WARM_UP_RUNS = 3

/** What steps that keep something do with rows, in one process without pairs. */
export const windows: Suite = {
  name: 'windows',
  title: 'Windows and operators of one’s own, M rows per CPU second, one process, no pairs',
  run() {
    const cases = windowCases()
    for (let run = 0; run < WARM_UP_RUNS; run++) for (const { run: one } of cases) one()
    return [['step', 'Pollux', 'by hand', 'ratio', 'bytes allocated a row'], ...cases.map(besideByHand)]
  },
}
