import { runPlanted } from './run-planted.ts'

process.exitCode = await runPlanted(process.argv.slice(2))
