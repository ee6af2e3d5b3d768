import type { Column } from '@pollux/protocol'
import type { PaneShape } from '../pane-shape.ts'
import { DenseKey } from '../../state/dense-key.ts'

/** Why rows of these panes are not added up in arrays that their key indexes; null where they are. */
export function whyHashed({ accumulators, key, time }: PaneShape): string | null {
  const { parts } = accumulators.parts
  if (!accumulators.isPlain)
    return 'an aggregate keeps more than numbers: different values, a text, a state of its own'
  const nullable = parts.flatMap((part) => ('column' in part && part.column.optional ? [part.column] : []))
  if (nullable[0] !== undefined) return `${nullable[0].name} may be null`
  if (time?.optional !== false) return 'there is no event time'
  return whyKeyIsHashed(key)
}

/** Why a key of these columns does not index an array; null where it does. */
export function whyKeyIsHashed(key: readonly Column[]): string | null {
  if (DenseKey.of(key) !== null) return null
  const wide = key.find((column) => DenseKey.of([column]) === null)
  if (wide === undefined) return `${key.map(({ name }) => name).join(' and ')} have too many values together`
  if (wide.optional) return `${wide.name} may be null`
  if (wide.kind !== 'symbol') return `${wide.name} is ${wide.kind}`
  return `${wide.name} has ${wide.dictionary === null ? 'no list of its values' : 'too many values'}`
}
