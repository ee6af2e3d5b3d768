import { Worker } from 'node:worker_threads'
import type { Job, JobReport } from './job.ts'

/** What a schedule allocates is dead when it is over: room for some of them means little to copy. */
const YOUNG_MB = 96
/** A schedule takes milliseconds, a stuck one a second: a thread silent for this long is caught in a loop. */
const SILENCE_MS = 120_000

/** One thread of a pool: one job at a time. */
export class PoolThread {
  /** The number of the schedule being run. */
  readonly #running = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)
  readonly #worker = new Worker(new URL('pool-worker.ts', import.meta.url), {
    workerData: { running: this.#running },
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  })

  /** Null if it is interrupted: it is then still busy. */
  async run(job: Job, signal?: AbortSignal): Promise<JobReport | null> {
    const { promise, resolve, reject } = Promise.withResolvers<JobReport | null>()
    const onAbort = () => resolve(null)
    const silence = setTimeout(() => {
      const [number] = new Float64Array(this.#running)
      reject(new Error(`schedule ${number} of ${JSON.stringify(job.source)} has not come to an end`))
    }, SILENCE_MS)
    this.#worker.once('message', resolve)
    this.#worker.once('error', reject)
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#worker.postMessage(job, [])
    try {
      return await promise
    } finally {
      clearTimeout(silence)
      this.#worker.off('message', resolve)
      this.#worker.off('error', reject)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
