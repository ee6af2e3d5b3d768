import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandLine } from '../command-line.ts'
import { errorMessages } from './error-messages.ts'
import { errorTable } from './error-table.ts'

const HELP = `Writes packages/sdk/ERRORS.md: all codes of errors, each with a wrong use and its message.

  npm run errors    after a code or a message has changed`

commandLine(HELP, {})
const path = join(import.meta.dirname, '..', '..', 'packages', 'sdk', 'ERRORS.md')
writeFileSync(path, errorTable(errorMessages()))
console.log('packages/sdk/ERRORS.md is written')
