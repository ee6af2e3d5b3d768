import { PipelineError } from '../errors/pipeline-error.ts'
import type { Duration } from '../window/duration.ts'
import type {
  CountSpec,
  GrowingSpec,
  HoppingSpec,
  LandmarkSpec,
  SessionSpec,
  WindowSpec,
} from '../window/window-spec.ts'

/** When windows are shown, and for how long they are kept. */
export interface WindowOptions {
  /** How long after its end a window still takes rows; each result then says which showing of it this is. */
  readonly allowedLateness?: Duration
  /** Shows what has changed of open windows every so often, in epoch time. */
  readonly early?: Duration
  /**
   * A key for which no row has come for so long is forgotten, in event time. For windows that live on for
   * ever: `landmark`, `countWindow`. Others forget by themselves.
   */
  readonly ttl?: Duration
  /**
   * Whether rows are added up, of each key and epoch, where they are made, and only that travels. Results are
   * the same. If nothing is said, it is done where it can be and pays; `describePlan` tells.
   */
  readonly preAggregate?: boolean
  /** The pipeline halts, with a name for it, when a partition keeps more than about this; a gigabyte. */
  readonly stateBytesMax?: number
}

/**
 * The options that windows of a kind have: what would be refused does not compile. Where the kind is only
 * known when the pipeline is built, it is refused then.
 */
export type OptionsOf<W> = [W] extends [CountSpec]
  ? WindowOptions & Without<'allowedLateness' | 'early'>
  : [W] extends [LandmarkSpec]
    ? WindowOptions & Without<'early'>
    : [W] extends [GrowingSpec]
      ? WindowOptions & Without<'early' | 'ttl'>
      : [W] extends [HoppingSpec | SessionSpec]
        ? WindowOptions & Without<'ttl'>
        : WindowOptions

type Without<Name extends string> = { readonly [N in Name]?: never }

/** The same, for those who write without types. */
export function checkWindowOptions(window: WindowSpec, options: WindowOptions, where: string): void {
  const { allowedLateness, early, ttl } = options
  const isCount = window.kind === 'count'
  const numbered = allowedLateness !== undefined || early !== undefined
  if (isCount ? numbered : window.kind === 'growing' && early !== undefined)
    throw new PipelineError('PLX1013', window.kind, where)
  const livesOn = isCount || (window.kind === 'growing' && window.sizeMs === Infinity)
  if (ttl !== undefined && !livesOn)
    throw new PipelineError('PLX1034', 'window, ttl: these windows forget their keys by themselves', where)
}
