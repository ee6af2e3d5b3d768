/**
 * Every bound and period of the core that a run may override, and one table of what they are otherwise. What
 * no run has a reason to change is a named constant of the one file that uses it: sizes of messages and of
 * pools, how often a pause doubles, how many heartbeats something may take.
 */
export interface Limits {
  /** Each link says something at least this often. */
  readonly heartbeatMs: number
  /** Silence that makes a peer suspect: delivery turns away from it, which costs nothing if wrong. */
  readonly silenceMs: number
  /** A follower lets a silent leader, or a sink without progress, be for this long. */
  readonly hedgeMs: number
  /** Silence that removes a twin from the view, if a neighbour has lost it too. */
  readonly removeMs: number
  /** Views and the run key are read again this often: watches may be lost. */
  readonly rereadMs: number
  /** A pair silent to all its neighbours for this long is lost. */
  readonly lostMs: number
  /**
   * A request to the coordinator, store, source or sink without an answer for this long has an unknown
   * outcome.
   */
  readonly replyMs: number
  /** A source may keep an answer about what comes next back for so long, until there is something to say. */
  readonly sourceWaitMs: number
  /**
   * First pause before trying again. At store, source, sink and twin link it doubles with each failure in a
   * row, until it is sixteen times as long.
   */
  readonly retryMs: number
  /** A buffer at this level stops its producer between slices (ingress) or epochs (compute). */
  readonly markBytes: number
  /** Unacked bytes on their way to one consumer; the epoch that the consumer is at may always be sent. */
  readonly windowBytes: number
  readonly frameBytes: number
  readonly sliceBytes: number
  /** Decisions that are made and not durable yet; at the bound the leader waits for its store. */
  readonly undurableMax: number
  /** Epochs that one lane's producer may stay behind the other before a consumer turns to the other. */
  readonly lagEpochs: number
  /** What a joiner may hold back for itself; over it, it leaves and starts again. */
  readonly joinQueueBytes: number
  readonly imageSliceBytes: number
  readonly imageSlicesInFlight: number
  /** While a joiner's lag does not shrink, the survivor rests this share of its time. */
  readonly yieldShare: number
  /** An ingress with nothing to read closes a range of this many epochs at once. */
  readonly idleEpochs: number
  readonly keysMax: number
  /** Attempts at one pushed request that wait for its rows to be durable; more are told to come again. */
  readonly attemptsMax: number
  /** Events a resumable egress keeps for clients that come back. */
  readonly eventsMax: number
  /** A finished display goes on serving for so long: clients that are on their way get its last rows. */
  readonly lingerMs: number
  /**
   * Room set aside for what the leader of an ingress partition decides before it hears that the store is
   * full. A pushed request that would not fit is refused.
   */
  readonly logReserveBytes: number
  /**
   * Decisions kept for a follower that does not hold them, and about the bytes of them all, which is more
   * than `logReserveBytes`: over either, the follower is removed.
   */
  readonly followerLagMax: number
  readonly followerLagBytes: number
  /**
   * Decisions on their way to a follower that it does not say it holds, and about their bytes: heartbeats
   * wait behind them. One is always sent, however large.
   */
  readonly followerWindowMax: number
  readonly followerWindowBytes: number
  /** Decision entries in one append or one read of the log, and about how many bytes they hold. */
  readonly appendMax: number
  readonly appendBytes: number
  /** Rows in one commit; an epoch is never cut. */
  readonly commitRows: number
}

/**
 * How long whoever was held up may take to come to where its twin is: two silences, for to turn from a lane
 * that hangs takes one.
 */
export function graceMs({ silenceMs }: Limits): number {
  return 2 * silenceMs
}

export const DEFAULT_LIMITS: Limits = {
  heartbeatMs: 50,
  silenceMs: 250,
  hedgeMs: 250,
  removeMs: 1000,
  rereadMs: 1000,
  lostMs: 10_000,
  replyMs: 500,
  sourceWaitMs: 250,
  retryMs: 20,
  markBytes: 32 << 20,
  windowBytes: 4 << 20,
  frameBytes: 64 << 10,
  sliceBytes: 8 << 20,
  undurableMax: 64,
  lagEpochs: 20,
  joinQueueBytes: 256 << 20,
  imageSliceBytes: 1 << 20,
  imageSlicesInFlight: 4,
  yieldShare: 0.1,
  idleEpochs: 25,
  keysMax: 1_000_000,
  attemptsMax: 8,
  eventsMax: 10_000,
  lingerMs: 5000,
  logReserveBytes: 16 << 20,
  followerLagMax: 10_000,
  followerLagBytes: 64 << 20,
  followerWindowMax: 256,
  followerWindowBytes: 4 << 20,
  appendMax: 256,
  appendBytes: 8 << 20,
  commitRows: 8192,
}
