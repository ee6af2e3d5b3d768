import {
  comparePositions,
  describePosition,
  type Message,
  type PairId,
  type Topology,
} from '@pollux/protocol'
import { type Member, RUN_KEY, type RunKey, type StoreRequest, type View, viewKey } from '@pollux/pair'
import type { Checker } from './checker.ts'
import type { CoordinatorModel } from './coordinator-model.ts'
import type { ProcessModel } from './process-model.ts'
import type { StoreModel } from './store-model.ts'

/** A run, as far as it is looked at here. */
export interface ObservedRun {
  readonly topology: Topology
  readonly slots: readonly string[]
  readonly coordinator: CoordinatorModel
  readonly store: StoreModel
  readonly checker: Checker
  readonly options: { readonly limits: { readonly undurableMax: number } }
  find(slot: string): ProcessModel | null
}

/**
 * What must hold between replicas at every moment of a run, seen from above: by the coordinator's own
 * views, which no replica knows as fresh as this. Such a break may never show in the output of a run that
 * heals; it is one all the same, because the next failure would make it show.
 */
export class PairInvariants {
  readonly #run: ObservedRun
  /** Pairs that had a serving member when the run last changed, and one of those. */
  readonly #servedAtChange = new Map<PairId, string>()

  constructor(run: ObservedRun) {
    this.#run = run
  }

  check(): void {
    this.#checkServing()
    for (const slot of this.#run.slots) this.#checkUndurable(slot)
  }

  /** The run key has gone on to a new run: who served at this moment? */
  onRun(before: RunKey, after: RunKey): void {
    if (after.run === before.run) return
    this.#servedAtChange.clear()
    for (const pair of this.#run.topology.pairs.keys()) {
      const members = this.#viewOf(pair, before.run)?.members ?? []
      const left = this.#alive(members, pair).find((one) => one.replica.life.serves && !one.hangs)
      if (left !== undefined) this.#servedAtChange.set(pair, left.slot)
    }
  }

  /** A pair gives its run up by proof only when nobody is left to go on with it. */
  onNextRun(worker: ProcessModel, why: string): void {
    const pair = worker.identity.place.id
    const left = this.#servedAtChange.get(pair)
    if (!why.startsWith(`${pair}: `) || left === undefined) return
    this.#run.checker.report('rolled-back', `${worker.slot} gives the run up (${why}), ${left} serves`)
  }

  /**
   * Whoever its view lists is never told that it is not listed: it once was, and who is removed never comes
   * back.
   */
  onRefused(worker: ProcessModel, message: Message): void {
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
    if (!detail.startsWith('no producer can serve')) return
    const { run, incarnation } = worker.replica.context
    const view = this.#view(worker.identity.place.id)
    if (view === null || view.run !== run) return
    if (!belonging(view).some((member) => member.incarnation === incarnation)) return
    this.#run.checker.report('unserved', `${worker.slot}#${incarnation} leaves: ${detail}`)
  }

  /** The lead changes hands under a new generation only (V4). */
  onView(before: View | null, after: View): void {
    if (before === null || before.run !== after.run) return
    const falls = after.generation < before.generation
    if (!falls && (after.leader === before.leader || after.generation > before.generation)) return
    const leaders = `${after.leader} leads after ${before.leader}`
    const generations = `generation ${after.generation} after ${before.generation}`
    this.#run.checker.report('unfenced', `run ${after.run}: ${leaders}, ${generations}`)
  }

  /** A member can serve everything its consumers have not acked: members, and joiners that have begun. */
  #checkServing(): void {
    const { topology, checker } = this.#run
    for (const channel of topology.channels) {
      const producers = this.#alive(this.#view(channel.from)?.members ?? [], channel.from)
      const view = this.#view(channel.to)
      if (view === null) continue
      const consumers = this.#alive(belonging(view), channel.to)
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

  #view(pair: PairId): View | null {
    const run = this.#run.coordinator.machine.handle({ kind: 'read', key: RUN_KEY })
    return this.#viewOf(pair, run.kind === 'value' && run.value?.kind === 'run' ? run.value.run : 0)
  }

  #viewOf(pair: PairId, run: number): View | null {
    const reply = this.#run.coordinator.machine.handle({ kind: 'read', key: viewKey(pair) })
    const view = reply.kind === 'value' ? (reply.value as View | null) : null
    return view?.run === run ? view : null
  }

  #alive(members: readonly Member[], pair: PairId): ProcessModel[] {
    return members.flatMap(({ lane, incarnation }) => {
      const worker = this.#run.find(`${pair}/${lane}`)
      return worker !== null && worker.replica.context.incarnation === incarnation ? [worker] : []
    })
  }
}

/** Members and joiner; told here once more, so that the core's own idea of it is not judged by itself. */
function belonging(view: View): readonly Member[] {
  return view.joining === null ? view.members : [...view.members, view.joining]
}
