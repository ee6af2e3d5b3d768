import type { Decision, Push, SourceRead } from '../message/decision.ts'
import { count, epoch, index, watermark } from './wire-items.ts'
import { bool, bytes, fieldset, list, number, text } from './wire-shape.ts'

/** What the digest of a range is made of is the source's own affair. */
const sourceRead = fieldset<SourceRead>({
  from: text,
  to: text,
  rows: count,
  digest: number('source-digest'),
})

const push = fieldset<Push>({ key: text, bytes, rows: count })

export const decisionShape = fieldset<Decision>({
  index,
  from: epoch,
  to: epoch,
  seals: bool,
  reads: list(sourceRead),
  watermark,
  idle: bool,
  pushes: list(push),
})
