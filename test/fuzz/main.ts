import { parseArgs } from 'node:util'
import { FuzzFailure, fuzzFrames } from './fuzz-frames.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
  },
})

const runFrom = whole(values.from, 'from')
try {
  const report = fuzzFrames({
    seed: whole(values.seed, 'seed'),
    runFrom,
    runTo: runFrom + whole(values.runs, 'runs'),
  })
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

function whole(text: string, name: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} is a whole number, not ${text}`)
  return value
}
