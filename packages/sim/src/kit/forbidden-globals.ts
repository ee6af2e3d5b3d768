import type { Operator, OperatorFactory, OperatorState } from '@pollux/protocol'
import { authorLine, isAuthorsLine } from './author-line.ts'
import {
  type Advice,
  FORBIDDEN,
  FORBIDDEN_OF_PROCESS,
  type ForbiddenName,
  PROMISE,
  wrongDate,
} from './forbidden-calls.ts'
import type { Counting } from './late-counts.ts'

/** An operator has asked for what its twin does not get, or has answered what nobody waits for. */
export class ForbiddenCall extends Error {
  override readonly name = 'ForbiddenCall'

  /** `what`: `Date.now() in stage orders (orders.ts:12)`. */
  constructor(what: string, advice: Advice) {
    super(`${what}: ${advice}`)
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
  #replaced = false

  /** Within itself it does nothing more: replacing takes as long as some of a run. */
  during<T>(body: () => T): T {
    if (this.#replaced) return body()
    this.#replaced = true
    const undo = [
      ...FORBIDDEN.map((name) => this.#replaceCall(name)),
      ...FORBIDDEN_OF_PROCESS.map(([name, advice]) => this.#replaceRead(name, advice)),
      this.#replaceDate(),
    ]
    try {
      return body()
    } finally {
      for (const one of undo.toReversed()) one()
      this.#replaced = false
    }
  }

  /** A callback of this step, of the operator that runs, has returned a promise. */
  refusePromise(step: string): void {
    // It has returned: no line of it is in the stack any more.
    this.#offend(`${step} in stage ${this.#stage} returned a promise`, PROMISE)
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

  #refuse(called: string, advice: Advice): void {
    if (this.#stage === null) return
    const where = authorLine(new Error(called).stack)
    this.#offend(`${called} in stage ${this.#stage}${where === null ? '' : ` (${where})`}`, advice)
  }

  #offend(what: string, advice: Advice): never {
    this.#offence ??= new ForbiddenCall(what, advice)
    throw this.#offence
  }

  #replaceCall({ path, advice, allows = () => false }: ForbiddenName): () => void {
    const name = path.at(-1)!
    const owner = path
      .slice(0, -1)
      .reduce<object | undefined>((at, key) => at && objectAt(at, key), globalThis)
    // What is made only when it is asked for is left alone: it is no function of its owner yet.
    const real: unknown = owner && Reflect.getOwnPropertyDescriptor(holderOf(owner, name), name)?.value
    if (owner === undefined || typeof real !== 'function') return () => undefined
    const called = path[1] === 'prototype' ? `${path[0]}'s ${name}()` : `${path.join('.')}()`
    const refuse = (args: readonly unknown[]): void => {
      if (!allows(args)) this.#refuse(called, advice)
    }
    const patched = new Proxy(real as () => unknown, {
      apply: (target, self, args) => {
        refuse(args)
        return Reflect.apply(target, self, args) as unknown
      },
      construct: (target, args, made) => {
        refuse(args)
        return Reflect.construct(target, args, made) as object
      },
    })
    return replace(owner, name, patched)
  }

  /** The engine, and what tests are run by, may read it whenever they like: only who reads it counts. */
  #replaceRead(name: string, advice: Advice): () => void {
    const owner = objectAt(globalThis, 'process')
    const before = owner && Reflect.getOwnPropertyDescriptor(owner, name)
    if (before?.configurable !== true) return () => undefined
    const real = (): unknown => before.get?.call(owner) ?? before.value
    const get = (): unknown => {
      const caller = this.#stage === null ? '' : (new Error('read').stack ?? '').split('\n')[2]
      if (isAuthorsLine(caller ?? '')) this.#refuse(`process.${name}`, advice)
      return real()
    }
    const set = (value: unknown): void => void Reflect.defineProperty(owner!, name, { ...before, value })
    Reflect.defineProperty(owner!, name, { get, set, configurable: true, enumerable: true })
    return () => void Reflect.defineProperty(owner!, name, before)
  }

  /** A date of a given moment is nobody's clock. */
  #replaceDate(): () => void {
    const real = objectAt(globalThis, 'Date') as (new () => object) | undefined
    if (real === undefined) return () => undefined
    const patched = new Proxy(real, {
      construct: (target, args, made) => {
        const wrong = wrongDate(args)
        if (wrong !== null) this.#refuse(`new Date(${args.length === 0 ? '' : '...'})`, wrong)
        return Reflect.construct(target, args, made) as object
      },
      apply: (target, self, args) => {
        this.#refuse('Date()', wrongDate([])!)
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

/** Who has a property of an object: itself, or what it inherits from. */
function holderOf(owner: object, name: string): object {
  for (let at: object | null = owner; at !== null; at = Reflect.getPrototypeOf(at))
    if (Object.hasOwn(at, name)) return at
  return owner
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
