import type { Decision } from '../message/decision.ts'
import type { Image } from '../message/image.ts'
import { WireCodec } from './wire-codec.ts'
import { decisionShape } from './wire-decision.ts'
import { imageShape } from './wire-image.ts'
import type { WireRefusal } from './wire-refusal.ts'

/**
 * Raised with any change of what logs and checkpoints hold. Apart from the protocol's version: a new message
 * between replicas leaves what is stored readable.
 */
export const STORED_VERSION = 1

const decisions = new WireCodec({ mark: 'd', version: STORED_VERSION, shape: decisionShape })
const images = new WireCodec({ mark: 'i', version: STORED_VERSION, shape: imageShape })

/** An entry of a decision log. */
export function encodeDecision(entry: Decision): Uint8Array {
  return decisions.encode(entry)
}

export function decodeDecision(bytes: Uint8Array): Decision | WireRefusal {
  return decisions.decode(bytes)
}

/** A piece of a checkpoint part. */
export function encodeImage(piece: Image): Uint8Array {
  return images.encode(piece)
}

export function decodeImage(bytes: Uint8Array): Image | WireRefusal {
  return images.decode(bytes)
}
