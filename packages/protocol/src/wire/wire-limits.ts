/**
 * The longest message, log entry or checkpoint piece. A peer that announces more is not believed. A frame is
 * at most a quarter of it, and the keys of an ingress, which are one part of its image, have room for the
 * default million.
 */
export const WIRE_BYTES_MAX = 256 * 1_048_576

/** The most values in one list, whatever it holds. */
export const LIST_COUNT_MAX = 16_777_216
