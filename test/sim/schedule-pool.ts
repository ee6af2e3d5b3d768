import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { Coverage } from '@pollux/sim/simulator'
import type { Failure, Job, JobReport } from './job.ts'
import { PoolThread } from './pool-thread.ts'
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

/** Threads that run schedules, on all cores. Kept for several tasks: what is compiled stays so. */
export class SchedulePool {
  readonly #threads: PoolThread[] = []

  /** Runs schedules and adds up what they came to. After an interruption the pool can only be closed. */
  async run(task: PoolTask, options: PoolOptions = {}): Promise<PoolResult> {
    const { signal, onProgress } = options
    const started = performance.now()
    const seconds = () => (performance.now() - started) / 1000
    const tally = new Tally()
    const coverage = new Coverage()
    const failures: Failure[] = []
    const to = Math.min(task.to, scheduleList(task.source).length)
    let next = task.from
    const take = (): Job | null => {
      if (next >= to || signal?.aborted === true) return null
      const from = next
      next = Math.min(to, from + JOB_LENGTH)
      return { source: task.source, from, to: next }
    }
    const onReport = (report: JobReport): void => {
      tally.add(report)
      coverage.merge(report.counts)
      failures.push(...report.failures)
      failures.sort((a, b) => a.number - b.number).splice(FAILURES_KEPT)
      onProgress?.(tally, seconds())
    }
    const count = Math.min(options.workers ?? availableParallelism(), Math.ceil((to - next) / JOB_LENGTH))
    await Promise.all(this.#first(count).map((thread) => work(thread, take, onReport, signal)))
    return { tally, coverage, failures, seconds: seconds(), interrupted: signal?.aborted === true }
  }

  /** The threads are gone when the promise settles. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.end()))
  }

  #first(count: number): readonly PoolThread[] {
    // Every core has a thread of ours: helpers of its collector would only take turns with another one.
    if (this.#threads.length === 0) setFlagsFromString('--no-parallel-scavenge')
    while (this.#threads.length < count) this.#threads.push(new PoolThread())
    return this.#threads.slice(0, count)
  }
}

/** One task in a pool of its own. */
export async function runPool(task: PoolTask, options: PoolOptions = {}): Promise<PoolResult> {
  const pool = new SchedulePool()
  try {
    return await pool.run(task, options)
  } finally {
    await pool.close()
  }
}

/** What one thread does of a task. */
async function work(
  thread: PoolThread,
  take: () => Job | null,
  onReport: (report: JobReport) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (let job = take(); job !== null; job = take()) {
    const report = await thread.run(job, signal)
    if (report === null) return
    onReport(report)
  }
}
