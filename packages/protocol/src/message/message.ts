import type { Epoch, Generation, Incarnation, Run } from '../ids.ts'
import type { Lane, PairId } from '../plan/topology.ts'
import type { Position } from '../position.ts'
import type { FrameMessage, InputPoint, SealMessage } from './channel-item.ts'
import type { Decision } from './decision.ts'
import type { Image } from './image.ts'

/** Raised with any change of a shape in this file; a test ties it to a hash of the shapes. */
export const PROTOCOL_VERSION = 1

/** Who speaks. Run and incarnation travel here, never in a frame. */
export interface Speaker {
  readonly protocol: number
  readonly pipeline: string
  readonly planHash: string
  /** Node, V8, architecture and code: twins must be equal, or their bytes need not be. */
  readonly fingerprint: string
  readonly token: string
  readonly run: Run
  readonly pair: PairId
  readonly lane: Lane
  readonly incarnation: Incarnation
  readonly viewVersion: number
}

/** The first message on a link, from the side that opened it. */
export type Hello = SubscribeHello | TwinHello

/** A consumer replica connects to one producer replica for one channel. */
export interface SubscribeHello {
  readonly kind: 'subscribe'
  readonly speaker: Speaker
  /** Whom it means to reach: an address may have been taken over by a successor. */
  readonly to: Incarnation
  readonly channel: number
  readonly from: Position
  /** What this incarnation never needs again: nothing before `from` for a joiner. */
  readonly acked: Position
  readonly ackedDigest: number
  readonly deliver: boolean
}

/** The younger twin connects to the older. */
export interface TwinHello {
  readonly kind: 'twin'
  readonly speaker: Speaker
  readonly to: Incarnation
}

export type RefusalReason =
  | 'protocol'
  | 'pipeline'
  | 'plan'
  | 'fingerprint'
  | 'token'
  | 'run'
  | 'not-in-view'
  | 'position'
  | 'not-a-member'
  | 'unknown-channel'

/** Data waits for credit; control never queues behind data. Both kinds keep their own order on a link. */
export type Message = DataMessage | ControlMessage

export type DataMessage = FrameMessage | SealMessage | TwinDataMessage

export type TwinDataMessage = CatchUpMessage | StateSliceMessage | LoadedMessage | ProposeMessage

/**
 * Survivor to joiner: the boundary `at`, and where each input stands there. The survivor holds its acks at
 * it.
 */
export interface CatchUpMessage {
  readonly kind: 'catch-up'
  readonly at: Epoch
  readonly inputs: readonly InputPoint[]
}

/** One piece of the survivor's image as of the boundary. Sent under a window of `slice-stored` answers. */
export interface StateSliceMessage {
  readonly kind: 'state-slice'
  readonly index: number
  readonly parts: Image
  readonly last: boolean
}

/** Joiner to survivor, once: every slice is in place. */
export interface LoadedMessage {
  readonly kind: 'loaded'
}

/** Leader to follower or joiner, in index order. */
export interface ProposeMessage {
  readonly kind: 'propose'
  readonly generation: Generation
  readonly decision: Decision
}

export type ControlMessage =
  | HeartbeatMessage
  | ProducingMessage
  | AcceptMessage
  | RefuseMessage
  | AckMessage
  | DeliverMessage
  | DurableMessage
  | BehindMessage
  | ReportMessage
  | ViewNewsMessage
  | RetainedMessage
  | SliceStoredMessage
  | AcceptedMessage
  | ProgressMessage
  | RecordMessage
  | HandOverMessage

export interface HeartbeatMessage {
  readonly kind: 'heartbeat'
}

/** Producer to consumer, with every heartbeat: where it is, and how far its input is durable. */
export interface ProducingMessage {
  readonly kind: 'producing'
  readonly head: Position
  readonly durable: Epoch
}

/** Producer to consumer: subscribed, and from here on this incarnation's acks hold back eviction. */
export interface AcceptMessage {
  readonly kind: 'accept'
  readonly incarnation: Incarnation
  readonly head: Position
  readonly durable: Epoch
}

export interface RefuseMessage {
  readonly kind: 'refuse'
  readonly reason: RefusalReason
  readonly run: Run
  readonly viewVersion: number
}

/**
 * "This incarnation never needs you for this again." The digest covers all of the channel up to `position`.
 */
export interface AckMessage {
  readonly kind: 'ack'
  readonly position: Position
  readonly digest: number
}

/** Lane delivery: start or stop sending on this link. */
export interface DeliverMessage {
  readonly kind: 'deliver'
  readonly on: boolean
  readonly from: Position
}

/** Everything before `epoch` is durable at every ingress upstream. */
export interface DurableMessage {
  readonly kind: 'durable'
  readonly epoch: Epoch
}

/** A hint upstream: some other input has reached `epoch`; close up to it. */
export interface BehindMessage {
  readonly kind: 'behind'
  readonly epoch: Epoch
}

/** A neighbour tells one twin that it lost the other (or that the other is what keeps its buffer full). */
export interface ReportMessage {
  readonly kind: 'report'
  readonly incarnation: Incarnation
  readonly reason: 'closed' | 'silent' | 'laggard'
}

/** A hint: the view of `pair` has reached this version; read it. */
export interface ViewNewsMessage {
  readonly kind: 'view-news'
  readonly pair: PairId
  readonly version: number
}

/** Joiner to survivor: all producers keep everything from the boundary for me; let go of your acks. */
export interface RetainedMessage {
  readonly kind: 'retained'
}

export interface SliceStoredMessage {
  readonly kind: 'slice-stored'
  readonly index: number
}

/** Follower to leader: I hold every proposal up to `index`. */
export interface AcceptedMessage {
  readonly kind: 'accepted'
  readonly index: number
}

/** Between twins, with every heartbeat: how far I am, what may be forgotten. */
export interface ProgressMessage {
  readonly kind: 'progress'
  readonly at: Epoch
  /** First position still kept, one entry an output channel, in topology order. */
  readonly kept: readonly Position[]
  /** Ingress leader: decisions final and durable so far. */
  readonly final: number
  readonly durable: number
}

/** Egress leader to follower: the sink has committed up to `epoch`. */
export interface RecordMessage {
  readonly kind: 'record'
  readonly epoch: Epoch
}

/** A leader that cannot touch its outside asks the follower to try. */
export interface HandOverMessage {
  readonly kind: 'hand-over'
  readonly generation: Generation
}
