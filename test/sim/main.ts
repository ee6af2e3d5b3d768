import { randomInt } from 'node:crypto'
import { Coverage } from '@pollux/sim/simulator'
import { failureReport, replayName, replayReport } from './failure-report.ts'
import type { Failure } from './job.ts'
import { runPool } from './schedule-pool.ts'
import { scheduleList } from './schedule-source.ts'
import { endFor, UsageError } from '../command-line.ts'
import { runPlanted } from './planted/run-planted.ts'
import { HELP, type SimCommand, simCommand } from './sim-options.ts'
import { tasksOf } from './tasks-of.ts'
import { closingInWords, Tally } from './tally.ts'

/** Failures with their faults and last events; of the others only how to see them. */
const TOLD_IN_FULL = 3

const SEEDS = 2 ** 32

try {
  process.exitCode = await obey(simCommand(process.argv.slice(2)))
} catch (error) {
  endFor(error)
}

async function obey(command: SimCommand): Promise<number> {
  switch (command.kind) {
    case 'help':
      console.log(HELP)
      return 0
    case 'planted':
      return runPlanted(command)
    case 'replay': {
      const { what, number, trace } = command
      const source = what === 'steps' ? { kind: what, stride: 1 } : { kind: what }
      const list = scheduleList(source)
      if (number >= list.length)
        throw new UsageError(`there are ${list.length} of ${what}; ${number} is not one`)
      const told = { trace, run: list.runner(number) }
      return replayReport(list.at(number), replayName(source, number), told, (line) => console.log(line))
        ? 0
        : 1
    }
    case 'run':
      return run(command)
  }
}

async function run(command: SimCommand & { kind: 'run' }): Promise<number> {
  // With --json standard output is for the one line, so that it can be piped.
  const say = command.json ? console.error : console.log
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const total = new Tally()
  const coverage = new Coverage()
  const failures: Failure[] = []
  let seconds = 0
  const parts: Record<string, number> = {}
  const seed = command.seed ?? randomInt(SEEDS)
  if (command.seed === null && command.source !== 'systematic') say(`seeds from ${seed}`)
  for (const task of tasksOf({ ...command, seed })) {
    const result = await runPool(task, {
      signal: stop.signal,
      ...(command.workers === null ? {} : { workers: command.workers }),
      ...(process.stderr.isTTY ? { onProgress: showProgress } : {}),
    })
    total.add(result.tally)
    if (command.source === 'all')
      parts[task.source.kind === 'sdk' ? 'pipelines' : 'toys'] = result.tally.schedules
    coverage.merge(result.coverage.counts)
    failures.push(...result.failures)
    seconds += result.seconds
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
  for (const { source, number } of failures.slice(0, TOLD_IN_FULL)) {
    const list = scheduleList(source)
    say(`${failureReport(list.at(number), replayName(source, number), list.runner(number))}\n`)
  }
  // A long run is not repeated for the sake of a seed.
  for (const { source, number, verdict } of failures.slice(TOLD_IN_FULL)) {
    say(`also ${verdict}: npm run sim -- --replay ${replayName(source, number)}`)
  }
  if (command.coverage) say(`${coverage.table()}\n`)
  const closing = total.closing(seconds, parts)
  console.log(command.json ? JSON.stringify(closing) : closingInWords(closing))
  if (stop.signal.aborted) return 130
  return total.failures === 0 ? 0 : 1
}

function showProgress(tally: Tally, seconds: number): void {
  process.stderr.write(`\r\u001B[K${closingInWords(tally.closing(seconds))}`)
}
