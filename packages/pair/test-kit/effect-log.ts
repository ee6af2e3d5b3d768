import type { Context } from '../src/context.ts'
import type { Effect } from '../src/effect.ts'
import { linesOf } from './effect-lines.ts'

/** Keeps the effects of each kind until they are asked for: looking at one loses no other. */
export class EffectLog {
  readonly #context: Context
  #kept: Effect[] = []

  constructor(context: Context) {
    this.#context = context
  }

  taken<Kind extends Effect['kind']>(...kinds: Kind[]): (Effect & { readonly kind: Kind })[] {
    const all = [...this.#kept, ...this.#context.take()]
    const wanted = (effect: Effect): effect is Effect & { readonly kind: Kind } =>
      (kinds as Effect['kind'][]).includes(effect.kind)
    this.#kept = all.filter((effect) => !wanted(effect))
    return all.filter(wanted)
  }

  /** What was done with links, in order. */
  links(): string[] {
    return linesOf(this.taken('connect', 'send', 'close'))
  }

  events(): string[] {
    return linesOf(this.taken('event'))
  }

  clear(): void {
    this.#context.take()
    this.#kept = []
  }
}
