import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { Coverage } from '@pollux/sim/simulator'
import type { Failure, Job, JobReport } from './job.ts'
import { scheduleList, type ScheduleSource } from './schedule-source.ts'
import { Tally } from './tally.ts'

export interface PoolTask {
  readonly source: ScheduleSource
  readonly from: number
  readonly to: number
}

export interface PoolOptions {
  readonly workers?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (tally: Tally, seconds: number) => void
}

export interface PoolResult {
  readonly tally: Tally
  readonly coverage: Coverage
  /** The first few, by number. */
  readonly failures: readonly Failure[]
  readonly seconds: number
  /** Stopped from outside before the end. */
  readonly interrupted: boolean
}

/** Long enough that posting does not show, short enough that the threads end together. */
const JOB_LENGTH = 25
const FAILURES_KEPT = 100
/** What a schedule allocates is dead when it is over: room for some of them means little to copy. */
const YOUNG_MB = 96
/** A schedule takes milliseconds, a stuck one a second: a thread silent for this long is caught in a loop. */
const SILENCE_MS = 120_000

/**
 * Runs schedules on all cores and adds up what they came to. The threads are gone when the promise settles.
 */
export async function runPool(task: PoolTask, options: PoolOptions = {}): Promise<PoolResult> {
  // Every core has a thread of ours: helpers of its collector would only take turns with another one.
  setFlagsFromString('--no-parallel-scavenge')
  const started = performance.now()
  const seconds = () => (performance.now() - started) / 1000
  const tally = new Tally()
  const coverage = new Coverage()
  const failures: Failure[] = []
  const to = Math.min(task.to, scheduleList(task.source).length)
  let next = task.from
  const take = (): Job | null => {
    if (next >= to || options.signal?.aborted === true) return null
    const from = next
    next = Math.min(to, from + JOB_LENGTH)
    return { source: task.source, from, to: next }
  }
  const onReport = (report: JobReport): void => {
    tally.add(report)
    coverage.merge(report.counts)
    failures.push(...report.failures)
    failures.sort((a, b) => a.number - b.number).splice(FAILURES_KEPT)
    options.onProgress?.(tally, seconds())
  }
  const threads = Math.min(options.workers ?? availableParallelism(), Math.ceil((to - next) / JOB_LENGTH))
  await Promise.all(Array.from({ length: threads }, () => work(take, onReport, options.signal)))
  return { tally, coverage, failures, seconds: seconds(), interrupted: options.signal?.aborted === true }
}

/** One thread, from its first job to its end. */
async function work(
  take: () => Job | null,
  onReport: (report: JobReport) => void,
  signal?: AbortSignal,
): Promise<void> {
  const running = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)
  const worker = new Worker(new URL('pool-worker.ts', import.meta.url), {
    workerData: { running },
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let job = take()
  const restart = () => {
    if (job === null) resolve()
    else worker.postMessage(job, [])
  }
  const onSilence = () => {
    const [number] = new Float64Array(running)
    reject(new Error(`schedule ${number} of ${JSON.stringify(job?.source)} has not come to an end`))
  }
  let silence = setTimeout(onSilence, SILENCE_MS)
  worker.on('message', (report: JobReport) => {
    clearTimeout(silence)
    silence = setTimeout(onSilence, SILENCE_MS)
    onReport(report)
    job = take()
    restart()
  })
  worker.on('error', reject)
  signal?.addEventListener('abort', () => resolve(), { once: true })
  restart()
  try {
    await promise
  } finally {
    clearTimeout(silence)
    await worker.terminate()
  }
}
