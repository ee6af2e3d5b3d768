/**
 * One claim of a contract as a generator: it yields what to ask and is given the reply. So one suite runs on
 * what answers at once and on what answers in its own time, and needs neither a test framework nor promises.
 */
export interface Claim<Ask, Reply> {
  readonly name: string
  readonly steps: () => Steps<Ask, Reply>
}

export type Steps<Ask, Reply, Result = void> = Generator<Ask, Result, Reply>

/** Whoever calls `fail` instead of answering ends the claim. */
export type Perform<Ask, Reply> = (
  ask: Ask,
  answer: (reply: Reply) => void,
  fail: (error: Error) => void,
) => void

/** What was asked, in a word or two, for errors. */
export type Describe<Ask> = (ask: Ask) => string

/** Told once at the end; null if the claim holds. What Node calls a callback, so `promisify` fits. */
export type Done = (error: Error | null) => void

export function runClaim<Ask, Reply>(
  claim: Claim<Ask, Reply>,
  perform: Perform<Ask, Reply>,
  describe: Describe<Ask>,
  whenDone: Done,
): void {
  const steps = claim.steps()
  let isDone = false
  const done: Done = (error) => {
    if (isDone) return
    isDone = true
    whenDone(error)
  }
  const first = attempt(() => steps.next())
  if (first instanceof Error) done(first)
  else goOn(first)

  /** A loop as long as answers come at once: thousands of nested calls would overflow the stack. */
  function goOn(step: IteratorResult<Ask, void>): void {
    let now: IteratorResult<Ask, void> | null = step
    while (now !== null) {
      if (now.done === true) return done(null)
      const next = answerTo(now.value)
      if (next instanceof Error) return done(next)
      now = next
    }
  }

  /** The next step if the answer has come before this returns, else null. */
  function answerTo(ask: Ask): IteratorResult<Ask, void> | Error | null {
    let isAsking = true
    let isAnswered = false
    let next: IteratorResult<Ask, void> | Error | null = null
    const turn = (step: IteratorResult<Ask, void> | Error): void => {
      if (isAsking) next = step
      else if (step instanceof Error) done(step)
      else goOn(step)
    }
    const answer = (reply: Reply): void => {
      if (isAnswered) return turn(new Error(`${describe(ask)} was answered twice`))
      isAnswered = true
      turn(attempt(() => steps.next(reply)))
    }
    const asked = attempt(() => perform(ask, answer, turn))
    isAsking = false
    return asked instanceof Error ? asked : next
  }
}

function attempt<T>(act: () => T): T | Error {
  try {
    return act()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
