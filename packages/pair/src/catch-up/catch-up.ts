import { Backoff } from '@pollux/std'
import type { CatchUpMessage, Incarnation, Message } from '@pollux/protocol'
import { CatchUpJoiner } from './catch-up-joiner.ts'
import { CatchUpSurvivor } from './catch-up-survivor.ts'
import type { ReplicaParts } from '../replica-parts.ts'
import type { TwinLink } from '../life/twin-link.ts'
import type { View } from '../life/view.ts'

/** Epochs behind the survivor at which resting for the joiner is worth anything. */
const LAG_WORTH_RESTING = 2
/** The wait after a joiner that was given up doubles so often at most. */
const DOUBLINGS_MOST = 5

/** Both halves of catch-up, and what each does with the replica around it. */
export class CatchUp {
  readonly survivor: CatchUpSurvivor
  readonly #p: ReplicaParts
  readonly #twin: TwinLink
  #joiner: CatchUpJoiner | null = null
  /** The survivor has said where it is since we loaded its image. */
  #headKnown = false
  #early: CatchUpMessage | null = null
  #joinerLag = 0
  /** A joiner that some producer did not accept in time: it must go. */
  #givenUp: Incarnation | null = null
  readonly #letsInAgain: Backoff
  /** Why this incarnation must leave and start again. */
  failed: string | null = null

  constructor(parts: ReplicaParts, twin: TwinLink) {
    this.#p = parts
    this.#twin = twin
    this.#letsInAgain = new Backoff(parts.context.limits.removeMs, DOUBLINGS_MOST)
    this.survivor = new CatchUpSurvivor(parts.context, twin)
  }

  get joiner(): CatchUpJoiner | null {
    return this.#joiner
  }

  /** Loaded, and as far as the survivor was when it last said so. */
  get atHead(): boolean {
    const joiner = this.#joiner
    return joiner?.loaded === true && this.#headKnown && this.#p.body.at >= joiner.survivorAt - 1
  }

  /** A successor may be let in: the last one was not given up just now. */
  get letsIn(): boolean {
    return this.#letsInAgain.isOver(this.#p.context.now)
  }

  givesUp(joiner: Incarnation): boolean {
    return this.#givenUp === joiner
  }

  /** The view has let us in. */
  becomeJoiner(): void {
    this.#joiner = new CatchUpJoiner()
    this.#p.stance.role = 'joiner'
    if (this.#early !== null) this.onCatchUp(this.#early)
  }

  /** The view lists us as a member. */
  becomeMember(): void {
    this.#joiner = null
  }

  /** The survivor begins once it stands at a boundary. Returns true when it has just begun. */
  survive(view: View | null): boolean {
    const { body, context, inputs } = this.#p
    const joining = view?.joining ?? null
    if (this.survivor.joiner !== null && this.survivor.joiner !== joining?.incarnation) this.survivor.end()
    if (view?.members.length === 2) this.#letsInAgain.succeeded()
    if (this.survivor.holdsTooLong) this.#giveUp()
    if (joining === null || !this.#twin.open || this.#twin.peer?.incarnation !== joining.incarnation)
      return false
    if (this.survivor.joiner !== null || this.#givenUp === joining.incarnation) return false
    if (!body.settled || !inputs.ackedIsProcessed) return false
    const point = { at: body.at, inputs: body.inputPoints(), image: body.image('catch-up') }
    if (point.image.broken) return false
    this.survivor.begin(joining.incarnation, point)
    this.#joinerLag = 0
    context.event({ kind: 'joining', incarnation: joining.incarnation, at: body.at })
    return true
  }

  /**
   * A joiner that cannot reach every producer would have us hold our acks, and the pipeline stand, for as
   * long as that lasts. It goes, and its successors wait longer and longer.
   */
  #giveUp(): void {
    this.#givenUp = this.survivor.joiner
    this.#letsInAgain.failed(this.#p.context.now)
    this.survivor.end()
  }

  /**
   * The joiner says when all producers keep everything for it, acks what it retains, and minds its bounds.
   */
  join(): void {
    const { context, inputs, body, views, stance } = this.#p
    const joiner = this.#joiner
    if (joiner === null || stance.role !== 'joiner') return
    const { upstream } = context.identity.place
    const read = upstream.every((pair) => views.isFresh(pair))
    if (joiner.phase === 'subscribing' && read && inputs.allAccepted) {
      joiner.onRetained()
      this.#twin.send({ kind: 'retained' })
      context.event({ kind: 'retained' })
    }
    if (joiner.retains && !joiner.loaded) body.ack()
    if (inputs.queuedBytes > context.limits.joinQueueBytes) this.failed ??= 'the queue of the joiner is full'
    if (!joiner.loaded && this.#twin.silentMs >= context.limits.removeMs) {
      this.failed ??= 'the survivor is silent'
    }
  }

  onCatchUp(message: CatchUpMessage): void {
    const { inputs, views } = this.#p
    if (this.#joiner === null) {
      // The survivor knows before we do that the view has let us in.
      this.#early = message
      return
    }
    if (!this.#joiner.onCatchUp(message)) {
      this.failed ??= 'the survivor has begun again'
      return
    }
    inputs.reset(message.inputs, message.at)
    inputs.subscribe(views)
  }

  onSlice(message: Message & { kind: 'state-slice' }): void {
    const { body, context, runner } = this.#p
    const image = this.#joiner?.onSlice(message) ?? null
    this.#twin.send({ kind: 'slice-stored', index: message.index })
    if (image === null) return
    body.load(image)
    if (runner.failure !== null) {
      this.#joiner?.onFailed()
      return
    }
    this.#headKnown = false
    this.#twin.send({ kind: 'loaded' })
    context.event({ kind: 'loaded' })
  }

  onProgress(message: Message & { kind: 'progress' }): void {
    const { stance, outputs, context, body } = this.#p
    const joiner = this.#joiner
    if (joiner !== null) {
      joiner.survivorAt = message.at
      if (!joiner.loaded) return
      this.#headKnown = true
      outputs.evictLike(message.kept)
      return
    }
    if (this.survivor.joiner === null) return
    // Under full load a joiner might never draw level: rest a little while its lag does not shrink.
    const lag = body.at - message.at
    if (lag > LAG_WORTH_RESTING && lag >= this.#joinerLag && message.at > 0) {
      stance.rest(context.limits.heartbeatMs * context.limits.yieldShare)
    }
    this.#joinerLag = lag
  }

  onTwinClosed(): void {
    this.survivor.onTwinClosed()
    // What the survivor held for us it holds no more.
    this.#early = null
    const joiner = this.#joiner
    if (joiner !== null && joiner.retains && !joiner.loaded) {
      this.failed ??= 'the link to the survivor closed during catch-up'
    }
  }
}
