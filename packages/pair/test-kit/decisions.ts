import { epoch } from '@pollux/protocol'
import type { Decision } from '@pollux/protocol'

/** The decision of this index closes the epoch before it; nothing was read. */
export function decision(index: number, more: Partial<Decision> = {}): Decision {
  return {
    index,
    from: epoch(index - 1),
    to: epoch(index),
    seals: true,
    reads: [],
    watermark: 0,
    idle: false,
    pushes: [],
    ...more,
  }
}
