import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { digest } from './digest.ts'
import { frames } from './frames.ts'
import { pair } from './pair.ts'
import { rows } from './rows.ts'
import { describeTable } from './suite.ts'
import type { Suite } from './suite.ts'

/** A suite is a file beside this one and a line here. */
const SUITES: readonly Suite[] = [frames, rows, digest, pair]

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const chosen = SUITES.filter(({ name }) => values.only === undefined || name === values.only)
if (chosen.length === 0) {
  throw new Error(`--only is one of ${SUITES.map(({ name }) => name).join(', ')}, not ${String(values.only)}`)
}

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}\n`)
for (const suite of chosen) console.log(`### ${suite.title}\n\n${describeTable(suite.run())}\n`)
