import type { Image, ImagePart, KeptKey, PendingRow } from '../message/image.ts'
import { decisionShape } from './wire-decision.ts'
import { channel, count, epoch, index, inputPoint, item, position, watermark } from './wire-items.ts'
import { bool, bytes, digest, fieldset, list, nullable, text, union, value, whole } from './wire-shape.ts'
import type { Shape } from './wire-shape.ts'

const dictionaries = list(list(text))

const keptKey = fieldset<KeptKey>({ key: text, epoch })

const pendingRow = fieldset<PendingRow>({ epoch, seq: whole('row'), values: list(value) })

export const imageShape: Shape<Image> = list(
  union<ImagePart>({
    boundary: { at: epoch, before: epoch, watermark },
    input: { channel, position, digest, watermark, idle: bool, dictionaries },
    output: { channel, kept: position, keptDigest: digest, dictionaries },
    item: { channel, item },
    group: { group: whole('group'), bytes },
    ingress: {
      index,
      durable: index,
      source: text,
      watermark,
      idle: bool,
      openTo: nullable(epoch),
    },
    keys: { keys: list(keptKey) },
    proposal: { decision: decisionShape },
    egress: { record: epoch, nextRow: count, finalBefore: count },
    pending: { to: epoch, nextRow: count, points: list(inputPoint), rows: list(pendingRow) },
  }),
)
