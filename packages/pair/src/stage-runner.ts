import type { RowSet, Epoch, EpochContext, ImagePart, Operator, OperatorState } from '@pollux/protocol'
import { ColumnError, EPOCH_END } from '@pollux/protocol'
import type { ImageSnapshot, ImageState } from './catch-up/image-stream.ts'
import { WATERMARK_NONE } from './channel/input-side.ts'
import type { Context } from './context.ts'
import type { StageOutput } from './stage-output.ts'

/** Where rows stand that the operator is to process. */
export interface RowsPlace {
  /** The boundary that this replica has passed last. */
  readonly at: Epoch
  readonly epoch: Epoch
  readonly seq: number
}

/** What an input brings with its end is said to be of this epoch, to which no clock comes. */
const LAST_EPOCH = (EPOCH_END - 1) as Epoch

/** The user's code failed, at a place that is the same in every incarnation. */
export interface OperatorFailure {
  /** Null: beside the stream, where it makes, stores, loads or shows its state. */
  readonly epoch: Epoch | null
  readonly seq: number
  readonly code: string
}

/**
 * Runs a stage's operator and routes what it emits. The only place where an exception is caught: the operator
 * is the user's, and its failure is an ordinary event with a position. So is what it emitted and no frame can
 * hold, which shows as late as the frame is cut: when it is full, or where a slice or an epoch ends.
 */
export class StageRunner {
  /** Null where it could not be made. */
  readonly #operator: Operator | null
  readonly #context: Context
  readonly #outputs: StageOutput
  failure: OperatorFailure | null = null
  /** As of the last boundary. */
  watermark = WATERMARK_NONE

  constructor(context: Context, outputs: StageOutput) {
    const { place, operators } = context.identity
    this.#context = context
    this.#outputs = outputs
    this.#operator = this.#beside('factory', () => operators(place.stage.step, place.partition))
  }

  process(port: number, batch: RowSet, { at, epoch, seq }: RowsPlace): void {
    const seen = epoch === LAST_EPOCH ? at : epoch
    this.#outputs.begin(epoch)
    try {
      this.#operator?.process(port, batch, this.#epochContext(seen), this.#outputs)
    } catch (error) {
      this.#fail(seen, seq, error)
    }
  }

  /** The epochs [from, to) are complete: triggers fire, then the seal goes out. */
  boundary(from: Epoch, to: Epoch, watermark: number, idle: boolean): void {
    const last = to === EPOCH_END ? from : ((to - 1) as Epoch)
    this.#outputs.begin(to === EPOCH_END ? LAST_EPOCH : last)
    const context = { ...this.#epochContext(last), epochFrom: from, epochTo: to, watermark }
    this.watermark = watermark
    try {
      this.#operator?.boundary(context, this.#outputs)
    } catch (error) {
      this.#fail(last, 0, error)
      return
    }
    this.#cut(last, 0, () => this.#outputs.seal(to, watermark, idle))
  }

  /** A decided slice of `epoch` ends, and so do partial frames. */
  endSlice(epoch: Epoch, seq: number): void {
    this.#cut(epoch, seq, () => this.#outputs.endSlice?.())
  }

  /** What an image takes of the state; null where there is none. */
  get state(): ImageState | null {
    const state = this.#operator?.state ?? null
    return state === null ? null : { snapshot: () => this.#snapshot(state) }
  }

  /** What an operator shows to a client that comes new; null if it fails. */
  current(): readonly (readonly unknown[])[] | null {
    return this.#beside('current', () => this.#operator?.current?.() ?? [])
  }

  load(part: ImagePart): void {
    if (part.kind === 'group')
      this.#beside('state.load', () => this.#operator?.state?.load(part.group, part.bytes))
    else this.#outputs.load(part)
  }

  #epochContext(epoch: Epoch): EpochContext {
    const { plan } = this.#context.identity.topology
    return { epoch, now: plan.originMs + epoch * plan.tickMs, watermarkBefore: this.watermark }
  }

  #snapshot(state: OperatorState): ImageSnapshot | null {
    return this.#beside('state.snapshot', () => {
      const snapshot = state.snapshot()
      return {
        groups: snapshot.groups,
        encode: (group) => this.#beside('state.encode', () => snapshot.encode(group)),
        release: () => this.#beside('state.release', () => snapshot.release()),
      }
    })
  }

  /** Runs code of the operator's that is not called for rows or a boundary; null if it fails. */
  #beside<Result>(what: string, run: () => Result): Result | null {
    try {
      return run()
    } catch (error) {
      this.#fail(null, 0, error, `${what}: `)
      return null
    }
  }

  #cut(epoch: Epoch, seq: number, cut: () => void): void {
    try {
      cut()
    } catch (error) {
      // Anything else is a mistake of ours, and not of the rows.
      if (!(error instanceof ColumnError)) throw error
      this.#fail(epoch, seq, error)
    }
  }

  #fail(epoch: Epoch | null, seq: number, error: unknown, where = ''): void {
    const code = where + (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    this.failure ??= { epoch, seq, code }
  }
}
