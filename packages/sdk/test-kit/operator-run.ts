import type { BoundaryContext, Epoch, Operator, RowSet } from '@pollux/protocol'

/** A row that an operator has emitted. */
export interface Emitted {
  readonly output: number
  readonly values: readonly unknown[]
}

/** The epoch of this number, in which the watermark goes on from `before`. */
export function epochAt(index: number, before: number, watermark: number): BoundaryContext {
  const [from, to] = [index as Epoch, (index + 1) as Epoch]
  return { epoch: from, now: 10 * index, epochFrom: from, epochTo: to, watermarkBefore: before, watermark }
}

/** What one epoch brings out of an operator. `inputs`: the rows of each channel, in their order. */
export function during(
  operator: Operator,
  inputs: readonly RowSet[],
  context: BoundaryContext,
): readonly Emitted[] {
  const found: Emitted[] = []
  const emit = (output: number, emitted: RowSet): void => {
    for (let at = 0; at < emitted.rows; at++)
      found.push({ output, values: emitted.schema.columns.map(({ index }) => emitted.value(index, at)) })
  }
  for (const rows of inputs) operator.process(0, rows, context, { emit })
  operator.boundary(context, { emit })
  return found
}

/** A fresh operator with the state of another, as of before `meanwhile`: a snapshot is what it was. */
export function moved(from: Operator, make: () => Operator, meanwhile: () => void): Operator {
  const snapshot = from.state!.snapshot()
  meanwhile()
  const fresh = make()
  for (const group of snapshot.groups) fresh.state!.load(group, snapshot.encode(group))
  snapshot.release()
  return fresh
}
