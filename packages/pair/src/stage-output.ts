import type { Emitter, Epoch, ImagePart, InputPoint } from '@pollux/protocol'

/** Where a stage's rows go: channels to the next stages, or a sink. */
export interface StageOutput extends Emitter {
  /** At its mark: whoever feeds it stops at the next place where it may. */
  readonly overMark: boolean
  /** Up to where its inputs need not be kept any more; null: as soon as they are processed. */
  readonly settledPoints: readonly InputPoint[] | null
  /** The epoch that rows emitted from here on belong to. */
  begin(epoch: Epoch): void
  /** A decided slice ends: so do partial frames. */
  endSlice?(): void
  /** Everything before `to` is complete. */
  seal(to: Epoch, watermark: number, idle: boolean): void
  image(purpose: 'catch-up' | 'checkpoint'): ImagePart[]
  load(part: ImagePart): void
  /** Nothing before `epoch` is still owed to the outside. */
  settledOutside(epoch: Epoch): boolean
}
