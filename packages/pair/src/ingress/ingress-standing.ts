import type { Epoch, Generation } from '@pollux/protocol'

/** What the pair and the run say to an ingress at the moment of acting. */
export interface IngressStanding {
  /** The generation this replica leads under; null for a follower. */
  readonly leads: Generation | null
  /** The run key has been read since this replica leads: no promise of its predecessor is unknown to it. */
  readonly mayDecide: boolean
  /** Decide nothing past this epoch, because the pipeline drains; null while it does not. */
  readonly drainAt: Epoch | null
  /** Having drained, end the stream. */
  readonly finish: boolean
  /** The cut of the last checkpoint known; null: there is none. */
  readonly checkpoint: Epoch | null
  /** No checkpoint is made of a cut before this one. */
  readonly cutFrom: Epoch
  /** No ingress need be behind this, as the run key says. */
  readonly reached: Epoch
  /** The view lists a twin, member or joiner. */
  readonly hasTwin: boolean
  /** What the twin holds of our proposals counts: it is a member. */
  readonly twinIsMember: boolean
  /** It has enough to do with what it has been told of already. */
  readonly twinHoldsUp: boolean
  readonly leaderAddress: string | null
}

/** Before the view is known. */
export const NO_STANDING: IngressStanding = {
  leads: null,
  mayDecide: false,
  drainAt: null,
  finish: false,
  checkpoint: null,
  cutFrom: 0 as Epoch,
  reached: 0 as Epoch,
  hasTwin: false,
  twinIsMember: false,
  twinHoldsUp: false,
  leaderAddress: null,
}
