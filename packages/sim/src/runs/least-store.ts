import type { Schedule } from './schedule.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'

/** The size of a store, and what a run in it sets aside for each log. */
interface StoreSize {
  readonly capacityBytes: number
  readonly logReserveBytes: number
}

/** P14: the checkpoint that counts, the next one by both members of every pair, and three reserved. */
const CHECKPOINTS_LEAST = 6
/** In a smaller store a run takes another course, and may come to a larger checkpoint. */
const ROUNDS_MOST = 5

/**
 * The least store in which a run must come to its end (P14): found by running it, since nobody knows before
 * how large its checkpoints become. Null if that does not settle.
 */
export function leastStore(schedule: Schedule, options: SimulationOptions): StoreSize | null {
  let largest = 0
  for (let round = 0; round < ROUNDS_MOST; round++) {
    const size = round === 0 ? null : sizeFor(largest, schedule)
    const simulation = new Simulation(size === null ? options : withReserve(options, size))
    if (size !== null) simulation.store.machine.capacityBytes = size.capacityBytes
    let found = 0
    try {
      found = largestCheckpoint(simulation)
    } catch {
      // The simulator is broken: who asked will see it in a run of the same size.
      return size
    }
    if (size !== null && found <= largest) return size
    largest = Math.max(largest, found)
  }
  return null
}

export function withReserve(options: SimulationOptions, { logReserveBytes }: StoreSize): SimulationOptions {
  return { ...options, limits: { ...options.limits, logReserveBytes } }
}

function sizeFor(largest: number, { plan, limits }: Schedule): StoreSize {
  // Before the first checkpoint its room is that of the logs.
  const logReserveBytes = Math.max(limits.logReserveBytes, largest)
  const logs = plan.stages.reduce((sum, stage) => sum + (stage.kind === 'ingress' ? stage.partitions : 0), 0)
  return { capacityBytes: CHECKPOINTS_LEAST * largest + logs * logReserveBytes, logReserveBytes }
}

/** The largest part of every pair, together: no checkpoint of this run is larger. */
function largestCheckpoint(simulation: Simulation): number {
  const largest = new Map<string, number>()
  const { store } = simulation
  const seen = store.onHandled
  store.onHandled = (request, reply) => {
    seen?.(request, reply)
    if (request.kind !== 'put' || !request.last || reply.kind !== 'done') return
    const pair = request.blob.split('/').slice(2, 4).join('/')
    largest.set(pair, Math.max(largest.get(pair) ?? 0, store.machine.bytesOf(request.blob)))
  }
  simulation.run()
  return [...largest.values()].reduce((sum, bytes) => sum + bytes, 0)
}
