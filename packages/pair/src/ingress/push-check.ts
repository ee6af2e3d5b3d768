import type { DigestFunction } from '@pollux/protocol'
import { FrameDecoder } from '@pollux/protocol'
import type { Context } from '../context.ts'
import type { PushAnswer, PushRequest } from '../effect.ts'
import { ENTRY_BYTES } from '../ports/stored-bytes.ts'

/** Longer keys are refused: they are kept for the whole window. */
const KEY_LENGTH_MAX = 256

/**
 * Looks at what clients bring before anything of it is decided. What is decided is in the log for good, and
 * whoever carries it out must be able to read it: a request that nobody can read would kill every successor.
 */
export class PushCheck {
  readonly #context: Context
  readonly #digest: DigestFunction

  constructor(context: Context, digest: DigestFunction) {
    this.#context = context
    this.#digest = digest
  }

  /** What does not hold of the request whenever it comes, rows aside; null if all does. */
  form({ key, firstTriedAt, watermark, frame }: PushRequest): PushAnswer | null {
    // A decision with it could never become durable in a store that is full, and nothing behind it.
    const bytesMax = this.#context.limits.logReserveBytes - ENTRY_BYTES
    if (frame.bytes.length + key.length > bytesMax) return { kind: 'too-large', bytesMax }
    if (key.length === 0 || key.length > KEY_LENGTH_MAX || !key.isWellFormed()) return { kind: 'bad-key' }
    // The largest is the end of event time, and no client's to say.
    const times = Number.isSafeInteger(firstTriedAt) && Number.isSafeInteger(watermark)
    return times && watermark < Number.MAX_SAFE_INTEGER ? null : { kind: 'bad-time' }
  }

  /** Reads the rows, once: of a request that would be taken otherwise. */
  rows({ frame }: PushRequest): PushAnswer | null {
    const { stage } = this.#context.identity.place
    if (stage.kind !== 'ingress') return { kind: 'busy' }
    // A decoder of its own: a pushed frame is read by itself. What is no rows of ours in any bit is refused.
    const batch = new FrameDecoder(stage.schema, this.#digest, { canonical: true }).decode(frame.bytes)
    if ('refused' in batch) return { kind: 'bad-rows', why: `${batch.refused}: ${batch.detail}` }
    if (batch.rows === frame.rows) return null
    return { kind: 'bad-rows', why: `frame.rows: ${batch.rows} in place of ${frame.rows}` }
  }
}
