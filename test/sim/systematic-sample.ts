import { faultInEveryPhase } from '@pollux/sim/simulator'

/**
 * Where there is no time for every fault at every step, every so many are run: a number prime to that of the
 * fault kinds, so that the sample goes through all of them.
 */
export const STEPS_STRIDE = 79

/** Every fault in every phase with every other on top, with one seed each. */
export const EVERY_MEETING_ONCE = { from: 0, to: faultInEveryPhase().once }
