import type { Epoch, Frame, Hello, Message, PairId } from '@pollux/protocol'
import type { CoordinatorReply, CoordinatorRequest } from './ports/coordinator.ts'
import type { StoreReply, StoreRequest } from './ports/buffer-store.ts'
import type {
  DisplayEvent,
  EventId,
  SinkReply,
  SinkRequest,
  SourceReply,
  SourceRequest,
} from './ports/outside.ts'

/** Everything that can happen to a replica. Sockets, timers and watches only make these. */
export type Input =
  | { readonly kind: 'start' }
  | { readonly kind: 'tick' }
  /** Somebody connected to us; the driver gives the link an even number. */
  | { readonly kind: 'accepted'; readonly link: number; readonly hello: Hello }
  | { readonly kind: 'message'; readonly link: number; readonly message: Message }
  | { readonly kind: 'closed'; readonly link: number }
  | { readonly kind: 'coordinator'; readonly id: number; readonly reply: CoordinatorReply }
  /** A watch fired: the key may have changed. */
  | { readonly kind: 'hint'; readonly key: string }
  | { readonly kind: 'store'; readonly id: number; readonly reply: StoreReply }
  | { readonly kind: 'source'; readonly id: number; readonly reply: SourceReply }
  | { readonly kind: 'sink'; readonly id: number; readonly reply: SinkReply }
  /** A client of a push source; `request` is answered with one `answer` effect. */
  | { readonly kind: 'push'; readonly request: number; readonly push: PushRequest }
  /** A client of a display; `after` is the id it brings back, null for a newcomer. */
  | { readonly kind: 'client'; readonly client: number; readonly after: EventId | null }
  | { readonly kind: 'client-gone'; readonly client: number }

/**
 * What a step asks the driver to do, in list order. The order is the contract: what stands earlier in the
 * list has been handed to its socket, store or coordinator before what stands later, so nothing overtakes on
 * one link.
 */
export type Effect =
  | { readonly kind: 'connect'; readonly link: number; readonly to: string; readonly hello: Hello }
  | { readonly kind: 'send'; readonly link: number; readonly message: Message }
  | { readonly kind: 'close'; readonly link: number }
  | { readonly kind: 'coordinator'; readonly id: number; readonly request: CoordinatorRequest }
  | { readonly kind: 'store'; readonly id: number; readonly request: StoreRequest }
  | { readonly kind: 'source'; readonly id: number; readonly request: SourceRequest }
  | { readonly kind: 'sink'; readonly id: number; readonly request: SinkRequest }
  | { readonly kind: 'answer'; readonly request: number; readonly answer: PushAnswer }
  | { readonly kind: 'display'; readonly client: number; readonly event: DisplayEvent }
  /** Step again with a tick at this time at the latest; a later one replaces an earlier one. */
  | { readonly kind: 'wake'; readonly at: number }
  | { readonly kind: 'event'; readonly event: ReplicaEvent }
  /** This incarnation is over. Always the last effect. */
  | { readonly kind: 'exit'; readonly reason: ExitReason; readonly detail: string }

/** What a client of a push source brings. */
export interface PushRequest {
  /** The same key is the same request, however often it comes. */
  readonly key: string
  /** When the client first tried, by its clock: more than the key window before or after us is refused. */
  readonly firstTriedAt: number
  /** Self-contained, in the source's schema. */
  readonly frame: Frame
  /** What the rows make the source's watermark. */
  readonly watermark: number
}

export type PushAnswer =
  | { readonly kind: 'stored' }
  /** Not now: the same request may come again. */
  | { readonly kind: 'busy' }
  /** Not taken, and never will be: the stream has come to its end. */
  | { readonly kind: 'ended' }
  /** Empty, longer than 256, or not well-formed text. */
  | { readonly kind: 'bad-key' }
  /** `firstTriedAt` or the watermark is no whole number of milliseconds, or says that event time is over. */
  | { readonly kind: 'bad-time' }
  /** Larger, with its key, than the room that is reserved for what is decided: in parts it may be taken. */
  | { readonly kind: 'too-large'; readonly bytesMax: number }
  /** The frame cannot be read, or holds no rows of the source's schema. */
  | { readonly kind: 'bad-rows'; readonly why: string }
  | { readonly kind: 'redirect'; readonly address: string | null }
  | { readonly kind: 'wrong-partition'; readonly partition: number }
  | { readonly kind: 'too-old' }
  /** First tried in the future, further ahead than the key window: the client's clock is wrong. */
  | { readonly kind: 'too-new' }

/** Why an incarnation ends, and so whether its supervisor starts another. */
export type ExitReason =
  /** Start again in the same slot: removed, deposed, a newer run, a queue that overflowed. */
  | 'rejoin'
  /** The operator failed, or the source read otherwise; a successor may fare better. */
  | 'failed'
  /** The pipeline has halted, drained or finished: nothing to start. */
  | 'ended'
  /** Another plan, code or token: starting again would not help. */
  | 'refused'

/** What an operator of the pipeline would want to know; the driver adds who and when. */
export type ReplicaEvent =
  | { readonly kind: 'founded'; readonly incarnation: number }
  | { readonly kind: 'waiting'; readonly incarnation: number }
  | { readonly kind: 'joining'; readonly incarnation: number; readonly at: Epoch }
  | { readonly kind: 'retained' }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'joined' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'restored'; readonly epoch: Epoch }
  | { readonly kind: 'removed-twin'; readonly incarnation: number; readonly why: string }
  | { readonly kind: 'dropped-joiner'; readonly incarnation: number }
  | { readonly kind: 'leading'; readonly generation: number }
  | { readonly kind: 'take-over'; readonly channel: number; readonly incarnation: number }
  | { readonly kind: 'suspect'; readonly pair: PairId; readonly incarnation: number }
  | { readonly kind: 'part'; readonly epoch: Epoch; readonly to: number }
  | { readonly kind: 'checkpoint'; readonly epoch: Epoch }
  | { readonly kind: 'next-run'; readonly run: number; readonly why: string }
  | { readonly kind: 'halted'; readonly code: string }
  /** A frame was not as it was made: the link has been closed, and it is asked for again. */
  | { readonly kind: 'broken-frame'; readonly channel: number; readonly why: string }
  | { readonly kind: 'diverged'; readonly channel: number; readonly detail: string }
  | { readonly kind: 'ignored'; readonly what: string; readonly why: string }
  | { readonly kind: 'pressure'; readonly on: boolean }
  | { readonly kind: 'asks-to-hand-over'; readonly why: string }
  | {
      readonly kind: 'unavailable'
      readonly outside: 'coordinator' | 'store' | 'source' | 'sink'
      readonly why: string
    }
