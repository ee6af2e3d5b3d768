import { commandLine, orEnd, UsageError, wholeNumber } from '../command-line.ts'
import { FuzzFailure, fuzzFrames } from './fuzz-frames.ts'

const HELP = `Feeds mutated real frames to the decoder, which must refuse them by name or decode them.

  npm run fuzz [-- --runs N] [--seed S] [--from R]    a million runs of seed 1 from run 0 if not given`

const { values } = commandLine(HELP, {
  runs: { type: 'string', default: '1000000' },
  seed: { type: 'string', default: '1' },
  from: { type: 'string', default: '0' },
})
const { seed, runFrom, runTo } = orEnd(() => {
  const from = wholeNumber(values.from, 'from')
  const to = from + wholeNumber(values.runs, 'runs', 1)
  if (!Number.isSafeInteger(to)) throw new UsageError(`there are no runs that great: ${from}`)
  return { seed: wholeNumber(values.seed, 'seed'), runFrom: from, runTo: to }
})

try {
  const report = fuzzFrames({ seed, runFrom, runTo })
  console.log(JSON.stringify(report))
  const missed = Object.keys(report.byName).filter((name) => report.byName[name] === 0)
  if (report.runs >= 100_000 && missed.length > 0) fail(`never reached: ${missed.join(', ')}`)
} catch (error) {
  if (!(error instanceof FuzzFailure)) throw error
  fail(`${error.message}\n${error.cause instanceof Error ? error.cause.stack : ''}`)
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}
