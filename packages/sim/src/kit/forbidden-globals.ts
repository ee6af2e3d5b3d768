import type { Operator, OperatorFactory, OperatorState } from '@pollux/protocol'
import { authorLine } from './author-line.ts'
import type { Counting } from './late-counts.ts'

/** What differs from one process, or one moment, to the next: by the object that has it, and its name. */
const CALLS: readonly (readonly [path: readonly string[], name: string])[] = [
  [['Date'], 'now'],
  [['Math'], 'random'],
  [['performance'], 'now'],
  [['crypto'], 'getRandomValues'],
  [['crypto'], 'randomUUID'],
]

/** An operator has asked for what its twin does not get. */
export class ForbiddenCall extends Error {
  override readonly name = 'ForbiddenCall'

  constructor(called: string, stage: string) {
    super()
    const where = authorLine(this.stack)
    this.message =
      `${called} in stage ${stage}${where === null ? '' : ` (${where})`}: the twin of an operator, and ` +
      'whoever succeeds it, get another answer and come to other rows. ' +
      'Try: take it from a column, made where the row was made.'
  }
}

/**
 * Clocks and chance are out of bounds while an operator runs. The globals are replaced for as long as a
 * simulation lasts, and put back whatever happens; whoever else calls them meanwhile is served as always.
 */
export class ForbiddenGlobals {
  /** Whose operator runs; null if none does. */
  #stage: string | null = null
  /** Of the operator that runs: an author's code may catch it, and a step may skip the row. */
  #offence: ForbiddenCall | null = null

  during<T>(body: () => T): T {
    const undo = [...CALLS.map(([path, name]) => this.#replaceCall(path, name)), this.#replaceDate()]
    try {
      return body()
    } finally {
      for (const one of undo.toReversed()) one()
    }
  }

  /** These operators, which may not. */
  keepFrom(operators: OperatorFactory): OperatorFactory {
    return (step, partition) => {
      const operator = this.#within(step, () => operators(step, partition))
      const guarded: Operator & { readonly counters: Counting['counters'] | undefined } = {
        state: operator.state === null ? null : this.#keepFromState(step, operator.state),
        process: (...args) => this.#within(step, () => operator.process(...args)),
        boundary: (...args) => this.#within(step, () => operator.boundary(...args)),
        get counters() {
          return (operator as Partial<Counting>).counters
        },
      }
      if (operator.current === undefined) return guarded
      // No copy of it, which would have the counters as they are now.
      return Object.assign(guarded, { current: () => this.#within(step, () => operator.current!()) })
    }
  }

  #keepFromState(stage: string, state: OperatorState): OperatorState {
    return {
      snapshot: () => {
        const snapshot = this.#within(stage, () => state.snapshot())
        return {
          groups: snapshot.groups,
          encode: (group) => this.#within(stage, () => snapshot.encode(group)),
          release: () => snapshot.release(),
        }
      },
      load: (group, bytes) => this.#within(stage, () => state.load(group, bytes)),
    }
  }

  #within<T>(stage: string, run: () => T): T {
    this.#stage = stage
    try {
      return run()
    } finally {
      const offence = this.#offence
      this.#stage = null
      this.#offence = null
      // Whatever came of it, and even if nothing did.
      // oxlint-disable-next-line no-unsafe-finally -- because what came of it says less than what it was
      if (offence !== null) throw offence
    }
  }

  #refuse(called: string): void {
    if (this.#stage === null) return
    this.#offence ??= new ForbiddenCall(called, this.#stage)
    throw this.#offence
  }

  #replaceCall(path: readonly string[], name: string): () => void {
    const owner = path.reduce<object | undefined>((at, key) => at && objectAt(at, key), globalThis)
    const real: unknown = owner && Reflect.get(owner, name)
    if (owner === undefined || typeof real !== 'function') return () => undefined
    const called = `${path.join('.')}.${name}()`
    return replace(owner, name, (...args: unknown[]): unknown => {
      this.#refuse(called)
      return Reflect.apply(real, owner, args) as unknown
    })
  }

  /** A date of a given moment is nobody's clock. */
  #replaceDate(): () => void {
    const real = objectAt(globalThis, 'Date') as (new () => object) | undefined
    if (real === undefined) return () => undefined
    const patched = new Proxy(real, {
      construct: (target, args, made) => {
        if (args.length === 0) this.#refuse('new Date()')
        return Reflect.construct(target, args, made) as object
      },
      apply: (target, self, args) => {
        this.#refuse('Date()')
        return Reflect.apply(target as unknown as () => string, self, args) as string
      },
    })
    return replace(globalThis, 'Date', patched)
  }
}

function objectAt(owner: object, key: string): object | undefined {
  const found: unknown = Reflect.get(owner, key)
  return (typeof found === 'object' && found !== null) || typeof found === 'function' ? found : undefined
}

/** Returns what puts it back. */
function replace(owner: object, name: string, value: unknown): () => void {
  const before = Reflect.getOwnPropertyDescriptor(owner, name)
  Reflect.defineProperty(owner, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: before?.enumerable ?? false,
  })
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, name)
    else Reflect.defineProperty(owner, name, before)
  }
}
