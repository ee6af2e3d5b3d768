import { assert } from '@pollux/std'

/** One request, and which of two clients (connections, sessions, processes) makes it. */
export interface Ask<Request> {
  readonly by: 0 | 1
  readonly request: Request
}

/**
 * What is asked next: the requests of one turn at the same time. `restart` ends the implementation and its
 * clients, as a crash would, and opens it again on what survives.
 */
export type Turn<Request> = readonly Ask<Request>[] | 'restart'

export type Steps<Request, Reply, Result = void> = Generator<Turn<Request>, Result, readonly Reply[]>

/**
 * One claim of a contract as a generator: it yields what to ask and is given the replies in the same order.
 * So the same suite runs on a machine that answers at once and on a server that answers in its own time, and
 * needs neither a test framework nor promises. Whoever runs it opens an empty implementation for every claim.
 */
export interface ContractClaim<Request, Reply> {
  readonly name: string
  readonly steps: () => Steps<Request, Reply>
}

/** Runs a claim on a machine that answers at once. Throws where the claim does not hold. */
export function checkClaim<Request, Reply>(
  claim: ContractClaim<Request, Reply>,
  handle: (request: Request) => Reply,
): void {
  const steps = claim.steps()
  let step = steps.next()
  while (step.done !== true) {
    const turn = step.value
    assert(turn !== 'restart', 'what lives in memory does not survive a restart')
    step = steps.next(turn.map(({ request }) => handle(request)))
  }
}

export function* ask<Request, Reply>(by: 0 | 1, request: Request): Steps<Request, Reply, Reply> {
  const [reply] = yield [{ by, request }]
  return reply!
}

/** Asks, and holds the answer against the only one that the contract allows. */
export function* expectReply<Request, Reply>(
  by: 0 | 1,
  request: Request,
  expected: Reply,
): Steps<Request, Reply> {
  const reply = yield* ask<Request, Reply>(by, request)
  assert(
    sameValue(reply, expected),
    () => `${JSON.stringify(request)}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(reply)}`,
  )
}

/** Equal in content, whatever the order of keys: what comes back from a server has been decoded. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))]
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && sameValue(value, right.get(key)))
  )
}
