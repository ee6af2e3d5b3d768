import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TrialResult, TrialTask } from './trial.ts'

const TRIAL = fileURLToPath(new URL('trial.ts', import.meta.url))
/** Most bugs are caught after a few schedules: the best of all machine code would come too late for them. */
const FLAGS = ['--no-turbofan']
/** A bug may well make the pipeline, or the simulator, run for ever. */
const TRIAL_MS = 60_000

/** A process of its own: what it has loaded is mutated for good, and it can be killed. */
export function runTrial(task: TrialTask): Promise<TrialResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...FLAGS, TRIAL, JSON.stringify(task)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TRIAL_MS,
      killSignal: 'SIGKILL',
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const what = task.mutation ?? 'the baseline'
      if (signal !== null)
        resolve({ by: null, after: 0, detail: `${what} was not done within ${TRIAL_MS} ms` })
      else if (code === 0) resolve(JSON.parse(Buffer.concat(out).toString()) as TrialResult)
      else reject(new Error(`the trial of ${what} failed:\n${Buffer.concat(err).toString()}`))
    })
  })
}
