import { Line, type WordCountEnds } from '@pollux/pipeline-word-count'
import { namedSource } from '@pollux/sdk/test-kit'
import type { PlainRow } from '@pollux/sim'
import { Random } from '@pollux/std'
import { sink } from './ends.ts'

/** The ends of the smallest pipeline that does something. */
export const WORDS: WordCountEnds = {
  lines: namedSource(Line, { description: 'lines', eventTime: { column: 'at', outOfOrder: '1s' } }),
  counts: sink('transactional'),
}

const SOME = ['a', 'rose', 'is', 'and', 'so', 'on']

/** A few words each, out of order, and now and then none at all. */
export function lines(count: number, seed: number): readonly PlainRow[] {
  const random = new Random(seed)
  let now = 1000
  return Array.from({ length: count }, () => {
    now += random.between(0, 300)
    const words = Array.from({ length: random.below(6) }, () => random.pick(SOME))
    return { at: now - random.below(900), text: words.join(random.chance(0.3) ? ', ' : ' ') }
  })
}
