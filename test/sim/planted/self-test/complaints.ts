import type { Complaint } from './bench.ts'
import { checkerComplaints } from './checker-probes.ts'
import { faultComplaints } from './fault-probes.ts'
import { networkComplaints } from './network-probes.ts'
import { serviceComplaints } from './service-probes.ts'

/**
 * What the simulator claims of itself and does not hold. A simulator that injects nothing, or a checker
 * that looks away, finds no bugs; it must not pass for a core without any.
 */
export function* complaints(): Generator<Complaint, undefined> {
  yield* networkComplaints()
  yield* serviceComplaints()
  yield* checkerComplaints()
  yield* faultComplaints()
  return undefined
}
