import { CATCH_UP } from './catalogue/catch-up.ts'
import { CHANNELS } from './catalogue/channels.ts'
import { CHECKPOINTS } from './catalogue/checkpoints.ts'
import { DECISIONS } from './catalogue/decisions.ts'
import { FAILURES } from './catalogue/failures.ts'
import { LAGGARDS } from './catalogue/laggards.ts'
import { OUTSIDE } from './catalogue/outside.ts'
import { PUSHES } from './catalogue/pushes.ts'
import { SIMULATOR } from './catalogue/simulator.ts'
import { SINKS } from './catalogue/sinks.ts'
import { STALLS } from './catalogue/stalls.ts'
import { VIEWS } from './catalogue/views.ts'
import type { Mutation } from './mutation.ts'

/** Every planted bug, by what it breaks. */
export const CATALOGUE: readonly Mutation[] = [
  ...DECISIONS,
  ...CHANNELS,
  ...CATCH_UP,
  ...VIEWS,
  ...CHECKPOINTS,
  ...SINKS,
  ...FAILURES,
  ...PUSHES,
  ...OUTSIDE,
  ...STALLS,
  ...LAGGARDS,
  ...SIMULATOR,
]
