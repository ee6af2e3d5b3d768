/**
 * Of the systematic families, every so many are run where there is no time for all. Both are prime to the
 * number of fault kinds, so that the sample goes through all kinds, first and second.
 */
export const STEPS_STRIDE = 79
export const PHASES_STRIDE = 11
