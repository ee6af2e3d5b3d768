import type { Columns, OperatorContext } from '@pollux/sdk'

export type Context = OperatorContext<Columns, Columns>

/** A call of an own operator: what it has asked its context, and what it has had it do. */
export interface HeardCall {
  /** Beside state and key: the time, and what it has drawn, in turn what was asked and the answer. */
  readonly told: readonly unknown[]
  /** Rows that it has emitted, and words for the rest. */
  readonly did: readonly unknown[]
}

/** The context of an own operator, which tells what has been read of it and done with it. */
export class HeardContext implements Context {
  readonly state: Context['state']
  readonly key: Context['key']
  readonly random: Context['random']
  readonly emit: Context['emit']
  readonly setTimer: Context['setTimer']
  readonly cancelTimer: Context['cancelTimer']
  readonly forget: Context['forget']
  readonly #real: Context
  #told: unknown[] = []
  #did: unknown[] = []

  constructor(real: Context) {
    const { state, key } = real
    this.#real = real
    this.state = state
    this.key = key
    this.random = () => this.#tell('drawn', real.random())
    this.emit = (row) => {
      this.#did.push({ ...row })
      real.emit(row)
    }
    this.setTimer = (at, name = '') => {
      this.#did.push(`timer ${JSON.stringify(name)} at ${at}`)
      real.setTimer(at, name)
    }
    this.cancelTimer = (name = '') => {
      this.#did.push(`no timer ${JSON.stringify(name)}`)
      real.cancelTimer(name)
    }
    this.forget = () => {
      this.#did.push('forget')
      real.forget()
    }
  }

  get now(): number {
    return this.#tell('now', this.#real.now)
  }

  get watermark(): number {
    return this.#tell('watermark', this.#real.watermark)
  }

  /** What there was of it since it was last asked. */
  take(): HeardCall {
    const call = { told: this.#told, did: this.#did }
    this.#told = []
    this.#did = []
    return call
  }

  #tell(what: string, answer: number): number {
    this.#told.push(what, answer)
    return answer
  }
}
