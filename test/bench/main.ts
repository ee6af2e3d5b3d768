import { cpus } from 'node:os'
import { commandLine, orEnd, UsageError } from '../command-line.ts'
import { digest } from './digest.ts'
import { frames } from './frames.ts'
import { ingest } from './ingest.ts'
import { pair } from './pair.ts'
import { plans } from './plans.ts'
import { rows } from './rows.ts'
import { sdk } from './sdk.ts'
import { describeTable } from './suite.ts'
import type { Suite } from './suite.ts'
import { windows } from './windows.ts'

/** A suite is a file beside this one and a line here. */
const SUITES: readonly Suite[] = [frames, rows, digest, ingest, pair, sdk, windows, plans]

const NAMES = SUITES.map(({ name }) => name).join(', ')
const HELP = `Measures what frames, the core, the SDK and sources cost, and prints it as tables.

  npm run bench [-- --only NAME]    all of them if not given:
                                    ${NAMES}`

const { values } = commandLine(HELP, { only: { type: 'string' } })
const chosen = SUITES.filter(({ name }) => values.only === undefined || name === values.only)
orEnd(() => {
  if (chosen.length === 0) throw new UsageError(`${String(values.only)} is none of ${NAMES}`)
})

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}\n`)
for (const suite of chosen) console.log(`### ${suite.title}\n\n${describeTable(suite.run())}\n`)
