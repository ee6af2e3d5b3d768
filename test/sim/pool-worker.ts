import { parentPort, workerData } from 'node:worker_threads'
import { Coverage } from '@pollux/sim/simulator'
import type { Failure, Job, JobReport } from './job.ts'
import { scheduleList } from './schedule-source.ts'
import { Tally } from './tally.ts'

const port = parentPort
if (port === null) throw new Error('pool-worker.ts runs in a thread of the pool')
/** The number of the schedule being run: should we never come back, the pool can say which one it was. */
const running = new Float64Array((workerData as { readonly running: SharedArrayBuffer }).running)

/** Of the job before this one, most likely: pipelines are compiled once. */
let known = { key: '', list: scheduleList({ kind: 'random' }) }

function runJob({ source, from, to }: Job): JobReport {
  const key = JSON.stringify(source)
  if (known.key !== key) known = { key, list: scheduleList(source) }
  const { list } = known
  const tally = new Tally()
  const coverage = new Coverage()
  const failures: Failure[] = []
  for (let number = from; number < to; number++) {
    running[0] = number
    const outcome = list.runner(number)(list.at(number))
    tally.schedules++
    tally.faults += outcome.faults
    tally.overlapping += outcome.overlapping
    coverage.add(outcome.cells)
    const violation = outcome.violations[0]
    if (violation === undefined) continue
    tally.count(violation.verdict)
    failures.push({ source, number, ...violation })
  }
  const { schedules, faults, overlapping, verdicts } = tally
  return { schedules, faults, overlapping, verdicts, failures, counts: coverage.counts }
}

port.on('message', (job: Job) => port.postMessage(runJob(job)))
