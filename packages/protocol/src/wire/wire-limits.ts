/**
 * The longest message, log entry or checkpoint piece. A peer that announces more is not believed. A frame is
 * at most a quarter of it. Keys of an ingress, and rows that wait for a sink, come in many parts of an image;
 * a key group, and the dictionaries of a channel, are one part each, and so are bounded by it.
 */
export const WIRE_BYTES_MAX = 256 * 1_048_576

/** The most values in one list, whatever it holds. */
export const LIST_COUNT_MAX = 16_777_216
