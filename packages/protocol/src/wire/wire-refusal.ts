export const WIRE_REFUSAL_NAMES = [
  'wire.length',
  'wire.mark',
  'wire.version',
  'wire.kind',
  'wire.literal',
  'wire.number',
  'wire.text',
  'wire.count',
  'wire.padding',
  'wire.frame',
] as const

export type WireRefusalName = (typeof WIRE_REFUSAL_NAMES)[number]

/**
 * Why bytes are no message, decision or image. The detail begins with the way to the field:
 * `ack.position.seq: ...`
 */
export interface WireRefusal {
  readonly refused: WireRefusalName
  readonly detail: string
}
