import { comparePositions, describePosition, type Message, type PairId } from '@pollux/protocol'
import { type Member, RUN_KEY, type StoreRequest, type View, viewKey } from '@pollux/pair'
import type { ProcessModel } from './process-model.ts'
import type { Simulation } from './simulation.ts'

/**
 * What must hold between replicas at every moment of a run, seen from above: by the coordinator's own views, which no
 * replica knows as fresh as this. Such a break may never show in the output of a run that heals; it is one all the
 * same, because the next failure would make it show.
 */
export class PairInvariants {
  readonly #simulation: Simulation

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  check(): void {
    this.#checkServing()
    for (const slot of this.#simulation.slots) this.#checkUndurable(slot)
  }

  /** A run is given up only when nobody is left to go on with it. */
  onNextRun(process: ProcessModel, why: string): void {
    const pair = process.identity.place.id
    if (!why.startsWith(`${pair}: `)) return
    const left = this.#alive(this.#view(pair)?.members ?? [], pair).find((one) => one.replica.life.serves)
    if (left === undefined) return
    this.#simulation.checker.report(
      'rolled-back',
      `${process.slot} gives the run up (${why}), ${left.slot} serves`,
    )
  }

  /** Whoever its view lists is never told that it is not listed: it once was, and who is removed never comes back. */
  onRefused(process: ProcessModel, message: Message): void {
    if (message.kind !== 'refuse' || message.reason !== 'not-in-view') return
    const pair = process.identity.place.id
    const view = this.#view(pair)
    if (view === null || view.run !== process.replica.context.run) return
    const listed = [...view.members, ...view.waiting, ...(view.joining === null ? [] : [view.joining])]
    const { incarnation } = process.replica.context
    if (!listed.some((member) => member.incarnation === incarnation)) return
    this.#simulation.checker.report(
      'unserved',
      `${process.slot}#${incarnation} is refused, though its view lists it`,
    )
  }

  /** A log is kept from where its slowest member stands: that one may have to lead, and reads on from there. */
  onHandled(request: StoreRequest): void {
    if (request.kind !== 'truncate') return
    const { through, log } = request
    for (const process of this.#alive(this.#view(log)?.members ?? [], log)) {
      const { body, life } = process.replica
      if (!life.serves || !('book' in body)) continue
      const { tail } = body.book as { readonly tail: number }
      if (tail >= through) continue
      this.#simulation.checker.report(
        'unserved',
        `${log} is cut at ${through}, ${process.slot} holds up to ${tail}`,
      )
    }
  }

  /** Members and joiners are always served; one that says it was not is right, or is wrong about being one. */
  onExit(process: ProcessModel): void {
    const detail = process.exited?.detail ?? ''
    if (!detail.startsWith('no producer can serve')) return
    const { run, incarnation } = process.replica.context
    const view = this.#view(process.identity.place.id)
    if (view === null || view.run !== run) return
    const listed = view.joining === null ? view.members : [...view.members, view.joining]
    if (!listed.some((member) => member.incarnation === incarnation)) return
    this.#simulation.checker.report('unserved', `${process.slot}#${incarnation} leaves: ${detail}`)
  }

  /** The lead changes hands under a new generation only (V4). */
  onView(before: View | null, after: View): void {
    if (before === null || before.run !== after.run) return
    const falls = after.generation < before.generation
    if (!falls && (after.leader === before.leader || after.generation > before.generation)) return
    this.#simulation.checker.report(
      'unfenced',
      `run ${after.run}: ${after.leader} leads after ${before.leader}, generation ${after.generation} after ${before.generation}`,
    )
  }

  /** A member can serve everything its consumers have not acked: members, and joiners that have begun. */
  #checkServing(): void {
    const { topology, checker } = this.#simulation
    for (const channel of topology.channels) {
      const producers = this.#alive(this.#view(channel.from)?.members ?? [], channel.from)
      const view = this.#view(channel.to)
      if (view === null) continue
      const consumers = this.#alive(
        view.joining === null ? view.members : [...view.members, view.joining],
        channel.to,
      )
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
    const { store, checker, topology, options } = this.#simulation
    const process = this.#simulation.find(slot)
    if (process === null || !('book' in process.replica.body)) return
    const pair = process.identity.place.id
    if (topology.pair(pair).stage.kind !== 'ingress' || !process.replica.life.serves) return
    const { tail } = process.replica.body.book as { readonly tail: number }
    const durable = store.history.get(pair)?.length ?? 0
    if (tail - durable <= options.limits.undurableMax) return
    checker.report('bound', `${slot} has decided up to ${tail}, durable is ${durable}`)
  }

  #view(pair: PairId): View | null {
    const { machine } = this.#simulation.coordinator
    const reply = machine.handle({ kind: 'read', key: viewKey(pair) })
    const view = reply.kind === 'value' ? (reply.value as View | null) : null
    const run = machine.handle({ kind: 'read', key: RUN_KEY })
    const current = run.kind === 'value' && run.value?.kind === 'run' ? run.value.run : 0
    return view !== null && view.run === current ? view : null
  }

  #alive(members: readonly Member[], pair: PairId): ProcessModel[] {
    return members.flatMap(({ lane, incarnation }) => {
      const process = this.#simulation.find(`${pair}/${lane}`)
      return process !== null && process.replica.context.incarnation === incarnation ? [process] : []
    })
  }
}
