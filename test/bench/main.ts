import { cpus } from 'node:os'
import { commandLine, orEnd, UsageError } from '../command-line.ts'
import { digest } from './digest.ts'
import { frames } from './frames.ts'
import { pair } from './pair.ts'
import { rows } from './rows.ts'
import { describeTable } from './suite.ts'
import type { Suite } from './suite.ts'

/** A suite is a file beside this one and a line here. */
const SUITES: readonly Suite[] = [frames, rows, digest, pair]

const HELP = `Measures what frames and the core cost, and prints it as tables.

  npm run bench [-- --only NAME]    ${SUITES.map(({ name }) => name).join(', ')}; all of them if not given`

const { values } = commandLine(HELP, { only: { type: 'string' } })
const chosen = SUITES.filter(({ name }) => values.only === undefined || name === values.only)
orEnd(HELP, () => {
  if (chosen.length === 0) throw new UsageError(`there is no benchmark called ${String(values.only)}`)
})

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}\n`)
for (const suite of chosen) console.log(`### ${suite.title}\n\n${describeTable(suite.run())}\n`)
