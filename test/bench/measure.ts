const BATCHES = 15
const WARM_UP_BATCHES = 5
const BATCH_NS = 20_000_000

/**
 * CPU nanoseconds of one call: user and system time of the whole process, so that garbage collection counts
 * and other work on the machine does not. The median of 15 batches of about 20 ms, after a warm-up.
 */
export function measure(call: () => unknown): number {
  let calls = 1
  while (timeCalls(call, calls) < BATCH_NS) calls *= 2
  for (let batch = 0; batch < WARM_UP_BATCHES; batch += 1) timeCalls(call, calls)
  const samples = Array.from({ length: BATCHES }, () => timeCalls(call, calls) / calls)
  return samples.toSorted((a, b) => a - b)[BATCHES >>> 1] as number
}

function timeCalls(call: () => unknown, calls: number): number {
  const before = process.cpuUsage()
  for (let index = 0; index < calls; index += 1) call()
  const { user, system } = process.cpuUsage(before)
  return (user + system) * 1000
}
