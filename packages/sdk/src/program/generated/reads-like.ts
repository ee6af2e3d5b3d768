const LIKE = Symbol('reads like')

type Callback = (...given: never[]) => unknown

/**
 * A callback that stands for another one, and is given the columns that the other one reads by its text.
 * @example
 * const asked: unknown[] = []
 * const isLarge = (order: { readonly amount: number }): boolean => order.amount > 200
 * const told = readsLike(isLarge, (order) => asked.push(order) > 0 && isLarge(order))
 * orders.filter(told)
 * // -> { at: 100, shop: 'tea', amount: 250 }
 */
export function readsLike<F extends Callback>(callback: F, standIn: F): F {
  return Object.defineProperty(standIn, LIKE, { value: original(callback) })
}

/** What a callback stands for; itself, if for nothing. */
export function original(callback: unknown): unknown {
  return (callback as { readonly [LIKE]?: unknown } | null)?.[LIKE] ?? callback
}
