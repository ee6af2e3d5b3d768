/**
 * The longest message, log entry or checkpoint piece. A peer that announces more is not believed. A frame is
 * at most a quarter of it. What of an image may be of any size comes in many parts: the keys of an ingress,
 * rows that wait for a sink, the state of a key group, the dictionaries of a channel.
 */
export const WIRE_BYTES_MAX = 256 * 1_048_576

/** The most values in one list, whatever it holds. */
export const LIST_COUNT_MAX = 16_777_216
