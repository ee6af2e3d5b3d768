import { comparePositions, describePosition, type Message, type PairId } from '@pollux/protocol'
import type { Effect, Input, Member, StoreRequest, View } from '@pollux/pair'
import { viewKey } from '@pollux/pair'
import type { ProcessModel } from '../world/process-model.ts'
import type { ObservedRun } from './observed-run.ts'
import { RemovalJudge } from './removal-judge.ts'
import { RollbackJudge } from './rollback-judge.ts'
import { pairOfSlot } from '../faults/struck-slots.ts'

/** Unfinished parts of a pair in one run: what both members write, and what one of them has given up. */
const UNFINISHED_MOST = 3
/**
 * Whole parts of a pair that no checkpoint has passed: four, and one more each where both members finish at
 * once, and where its author has not heard of the last checkpoint; and of both members where it stays, which
 * may be first at a drain and then at the end.
 */
const WHOLE_MOST = 4 + 1 + 1 + 2 * 2

/**
 * What must hold between replicas at every moment of a run, seen from above: by the coordinator's own
 * views, which no replica knows as fresh as this. Such a break may never show in the output of a run that
 * heals; it is one all the same, because the next failure would make it show.
 */
export class PairInvariants {
  readonly #run: ObservedRun
  readonly #removals: RemovalJudge
  readonly rollbacks: RollbackJudge
  /** Joiners that cannot be caught up: they will find out. */
  readonly #givenUp = new WeakSet<Member>()

  constructor(run: ObservedRun) {
    this.#run = run
    this.#removals = new RemovalJudge(run)
    this.rollbacks = new RollbackJudge(run, (pair, of) => this.#viewOf(pair, of))
  }

  check(): void {
    this.#checkServing()
    this.rollbacks.watch()
    for (const slot of this.#run.slots) {
      this.#checkUndurable(slot)
      this.#checkAttempts(slot)
    }
  }

  onStep(worker: ProcessModel, input: Input, effects: readonly Effect[]): void {
    if (input.kind === 'message') this.#checkRefused(worker, input.message)
    this.#checkFed(worker, effects)
  }

  /**
   * Whoever its view lists is never told that it is not listed: it once was, and who is removed never comes
   * back.
   */
  #checkRefused(worker: ProcessModel, message: Message): void {
    if (message.kind !== 'refuse' || message.reason !== 'not-in-view') return
    const pair = worker.identity.place.id
    const view = this.#view(pair)
    if (view === null || view.run !== worker.replica.context.run) return
    const listed = [...belonging(view), ...view.waiting]
    const { incarnation } = worker.replica.context
    if (!listed.some((member) => member.incarnation === incarnation)) return
    this.#run.checker.report('unserved', `${worker.slot}#${incarnation} is refused, though its view lists it`)
  }

  /**
   * A log is kept from where its slowest member, or loaded joiner, stands: that one may have to lead, and
   * reads on from there.
   */
  onHandled(request: StoreRequest): void {
    if (request.kind === 'put' && request.piece === 0) this.#checkUnfinished(request.blob)
    if (request.kind === 'put' && request.last) this.#checkWhole(request.blob)
    if (request.kind === 'reserve') this.#checkReserve()
    if (request.kind !== 'truncate') return
    const { through, log } = request
    const view = this.#view(log)
    if (view === null) return
    for (const worker of this.#alive(belonging(view), log)) {
      const { body, life } = worker.replica
      if (!life.works || !('book' in body)) continue
      const { tail } = body.book as { readonly tail: number }
      if (tail >= through) continue
      this.#run.checker.report('unserved', `${log} is cut at ${through}, ${worker.slot} holds up to ${tail}`)
    }
  }

  /**
   * Members and joiners are always served; one that says it was not is right, or is wrong about being one.
   */
  onExit(worker: ProcessModel): void {
    const detail = worker.exited?.detail ?? ''
    if (detail === 'drained' || detail === 'finished') this.#checkAnswered(worker)
    if (!detail.startsWith('no producer can serve')) return
    const { run, incarnation } = worker.replica.context
    const view = this.#view(worker.identity.place.id)
    if (view === null || view.run !== run) return
    const owed = this.#owed(view, worker.identity.place.id)
    if (!owed.some((member) => member.incarnation === incarnation)) return
    this.#run.checker.report('unserved', `${worker.slot}#${incarnation} leaves: ${detail}`)
  }

  onView(before: View | null, after: View): void {
    if (before === null || before.run !== after.run) return
    this.#removals.onView(before, after)
    this.#checkLead(before, after)
  }

  /** The lead changes hands under a new generation only (V4). */
  #checkLead(before: View, after: View): void {
    const falls = after.generation < before.generation
    if (!falls && (after.leader === before.leader || after.generation > before.generation)) return
    const leaders = `${after.leader} leads after ${before.leader}`
    const generations = `generation ${after.generation} after ${before.generation}`
    this.#run.checker.report('unfenced', `run ${after.run}: ${leaders}, ${generations}`)
  }

  /** A leader that has come to where the run stops has answered everybody: nobody else will. */
  #checkAnswered(worker: ProcessModel): void {
    const key = this.#run.pushClients.owedBy(worker)
    const leader = this.#view(worker.identity.place.id)?.leader
    if (key === null || leader !== worker.replica.context.incarnation) return
    this.#run.checker.report('unacknowledged', `${worker.slot} leaves, and push ${key} has no answer`)
  }

  /** A member can serve everything its consumers have not acked: members, and joiners that have begun. */
  #checkServing(): void {
    const { topology, checker } = this.#run
    for (const channel of topology.channels) {
      const producers = this.#alive(this.#view(channel.from)?.members ?? [], channel.from)
      const view = this.#view(channel.to)
      if (view === null) continue
      const consumers = this.#alive(this.#owed(view, channel.to), channel.to)
      for (const producer of producers) {
        if (!producer.replica.life.serves) continue
        const { kept } = producer.replica.outputs.channel(channel.id).buffer
        for (const consumer of consumers) {
          if (!consumer.replica.life.subscribes) continue
          const { position } = consumer.replica.inputs.port(channel.id).acked
          if (comparePositions(kept, position) <= 0) continue
          checker.report(
            'unserved',
            `${producer.slot} keeps channel ${channel.id} from ${describePosition(kept)}, ` +
              `${consumer.slot} has acked up to ${describePosition(position)}`,
          )
        }
      }
    }
  }

  /** The number of decisions that a loss of the pair would withdraw is bounded. */
  #checkUndurable(slot: string): void {
    const { store, checker, topology, options } = this.#run
    const worker = this.#run.find(slot)
    if (worker === null || !('book' in worker.replica.body)) return
    const pair = worker.identity.place.id
    if (topology.pair(pair).stage.kind !== 'ingress' || !worker.replica.life.serves) return
    const { tail } = worker.replica.body.book as { readonly tail: number }
    const durable = store.history.get(pair)?.length ?? 0
    if (tail - durable <= options.limits.undurableMax) return
    checker.report('bound', `${slot} has decided up to ${tail}, durable is ${durable}`)
  }

  /** However much is kept for a follower, little of it is on its way at once: heartbeats wait behind it. */
  #checkFed(worker: ProcessModel, effects: readonly Effect[]): void {
    const { body } = worker.replica
    const { followerWindowMax } = this.#run.options.limits
    for (const effect of effects) {
      if (effect.kind !== 'send' || effect.message.kind !== 'propose' || !('twinHolds' in body)) continue
      const { index } = effect.message.decision
      const holds = body.twinHolds as number
      if (index - holds <= followerWindowMax) continue
      this.#run.checker.report('bound', `${worker.slot} proposes ${index}, its follower holds ${holds}`)
    }
  }

  /** One client that tries again and again does not fill a replica's memory. */
  #checkAttempts(slot: string): void {
    const { pushClients, checker, options } = this.#run
    const worker = this.#run.find(slot)
    const { stage } = this.#run.topology.pair(pairOfSlot(slot))
    if (worker === null || stage.kind !== 'ingress' || stage.source !== 'push') return
    const most = pushClients.mostOwedBy(worker)
    if (most > options.limits.attemptsMax) checker.report('bound', `${slot} owes one push ${most} answers`)
  }

  /** Whoever writes a part discards first what was given up: else it takes room until the next checkpoint. */
  #checkUnfinished(blob: string): void {
    const owner = ownerOfPart(blob)
    const listed = this.#run.store.machine.handle({ kind: 'list', prefix: `part/${owner}/` })
    if (listed.kind !== 'names' || listed.unfinished.length <= UNFINISHED_MOST) return
    this.#run.checker.report(
      'bound',
      `of ${owner} is begun and not finished: ${listed.unfinished.join(', ')}`,
    )
  }

  /** However long no checkpoint completes, a pair does not fill the store with parts (W1). */
  #checkWhole(blob: string): void {
    const owner = ownerOfPart(blob)
    const listed = this.#run.store.machine.handle({ kind: 'list', prefix: `part/${owner}/` })
    if (listed.kind !== 'names') return
    const { checkpoint, cutFrom } = this.#run.runKey
    const ahead = listed.names.filter((name) => {
      const [from, to] = name.split('/').slice(4, 6).map(Number) as [number, number]
      return from > (checkpoint?.epoch ?? 0) && to > cutFrom
    })
    if (ahead.length <= WHOLE_MOST) return
    this.#run.checker.report('bound', `of ${owner} no checkpoint has passed: ${ahead.join(', ')}`)
  }

  /** The checkpoint after this one finds room, whoever keeps it. */
  #checkReserve(): void {
    const { checkpoint } = this.#run.runKey
    const pairs = [...this.#run.topology.pairs.values()]
    const logs = pairs.filter((place) => place.stage.kind === 'ingress').length
    const { reservedBytes } = this.#run.store.machine
    if (checkpoint === null || reservedBytes > logs * this.#run.options.limits.logReserveBytes) return
    this.#run.checker.report('bound', `${reservedBytes} bytes are reserved: nothing for a checkpoint`)
  }

  /** Who is to be served: members, and a joiner unless its survivor has given it up. */
  #owed(view: View, pair: PairId): readonly Member[] {
    const { joining, members } = view
    if (joining === null) return members
    for (const survivor of this.#alive(members, pair)) {
      if (survivor.replica.life.catchUp.givesUp(joining.incarnation)) this.#givenUp.add(joining)
    }
    return this.#givenUp.has(joining) ? members : belonging(view)
  }

  #view(pair: PairId): View | null {
    return this.#viewOf(pair, this.#run.runKey.run)
  }

  #viewOf(pair: PairId, run: number): View | null {
    const reply = this.#run.coordinator.machine.handle({ kind: 'read', key: viewKey(pair) })
    const view = reply.kind === 'value' ? (reply.value as View | null) : null
    return view?.run === run ? view : null
  }

  #alive(members: readonly Member[], pair: PairId): ProcessModel[] {
    const alive: ProcessModel[] = []
    for (const { lane, incarnation } of members) {
      const worker = this.#run.find(`${pair}/${lane}`)
      if (worker?.replica.context.incarnation === incarnation) alive.push(worker)
    }
    return alive
  }
}

/** The run and the pair of a part: `1/count/0` of `part/1/count/0/...`. */
function ownerOfPart(blob: string): string {
  let end = blob.length
  for (let more = 3; more > 0; more--) end = blob.lastIndexOf('/', end - 1)
  return blob.slice(blob.indexOf('/') + 1, end)
}

/** Members and joiner; told here once more, so that the core's own idea of it is not judged by itself. */
function belonging(view: View): readonly Member[] {
  return view.joining === null ? view.members : [...view.members, view.joining]
}
