import type { Epoch, Generation, Incarnation, Run, Seq } from '../ids.ts'
import type { FrameMessage, InputPoint, SealMessage } from '../message/channel-item.ts'
import type { Position } from '../position.ts'
import { bool, digest, fieldset, frame, number, union, whole } from './wire-shape.ts'
import type { Fields } from './wire-shape.ts'

export const epoch = whole<Epoch>('epoch')
export const generation = whole<Generation>('generation')
export const incarnation = whole<Incarnation>('incarnation')
export const run = whole<Run>('run')
export const version = whole<number>('version')
export const channel = whole<number>('channel')
export const index = whole<number>('index')
export const count = whole<number>('count')
/** A number and no more than that: the largest safe integer ends it, the smallest is before it has begun. */
export const watermark = number('watermark')

export const position = fieldset<Position>({ epoch, seq: whole<Seq>('seq') })

export const inputPoint = fieldset<InputPoint>({ channel, position, digest })

/** The frame stands last: a fixed head of 40 bytes, then its bytes as they are. */
export const frameFields: Fields<FrameMessage> = { start: position, epoch, frame }

export const sealFields: Fields<SealMessage> = { start: position, to: epoch, watermark, idle: bool }

/** What a channel carries, as an output keeps it. */
export const item = union<FrameMessage | SealMessage>({ frame: frameFields, seal: sealFields })
