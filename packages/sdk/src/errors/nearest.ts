/**
 * Of the names that there are, the one that is meant by what is none of them; null where nobody can tell.
 * @example
 * nearest('amuont', ['at', 'shop', 'amount']) // -> 'amount'
 */
export function nearest(name: string, known: readonly string[]): string | null {
  const most = Math.max(1, Math.floor(name.length / 3))
  const distances = known.map((one) => distance(name.toLowerCase(), one.toLowerCase()))
  const least = Math.min(...distances)
  return least <= most ? known[distances.indexOf(least)]! : null
}

/** `did you mean amount? There is at, amount`: what to say of a name that is none of these. */
export function insteadOf(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  return `${meant === null ? '' : `did you mean ${meant}? `}there is ${known.join(', ')}`
}

/** How many letters must be changed, added, left out, or exchanged with their neighbours. */
function distance(from: string, to: string): number {
  let before: readonly number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, place) => place)
  for (let row = 1; row <= from.length; row++) {
    const next = [row]
    for (let place = 1; place <= to.length; place++) {
      const isSame = from[row - 1] === to[place - 1]
      let least = Math.min(last[place - 1]! + (isSame ? 0 : 1), last[place]! + 1, next[place - 1]! + 1)
      const isSwapped = from[row - 1] === to[place - 2] && from[row - 2] === to[place - 1]
      if (row > 1 && place > 1 && isSwapped) least = Math.min(least, before[place - 2]! + 1)
      next.push(least)
    }
    before = last
    last = next
  }
  return last[to.length]!
}
