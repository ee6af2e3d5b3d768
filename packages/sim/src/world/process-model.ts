import { RingQueue } from '@pollux/std'
import { crc32c, type Hello, type Message, type PairId } from '@pollux/protocol'
import {
  type Effect,
  type EventId,
  type ExitReason,
  type Identity,
  type Input,
  type PushRequest,
  Replica,
  type DisplayEvent,
  type PushAnswer,
  type ReplicaEvent,
} from '@pollux/pair'
import { Errands } from './errands.ts'
import type { CoordinatorModel } from './coordinator-model.ts'
import type { Endpoint, Network } from './network.ts'
import type { SinkModel } from './sink-model.ts'
import type { SourceModel } from './source-model.ts'
import type { StoreModel } from './store-model.ts'
import type { World } from './world.ts'

/** Everything around a simulated process. */
export interface Outside {
  readonly network: Network
  readonly coordinator: CoordinatorModel
  readonly store: StoreModel
  source(pair: PairId): SourceModel
  sink(pair: PairId): SinkModel
  onStep(worker: ProcessModel, input: Input, effects: readonly Effect[]): void
  onEvent(worker: ProcessModel, event: ReplicaEvent): void
  onExit(worker: ProcessModel): void
  onCrash(worker: ProcessModel, error: unknown): void
  onAnswer(request: number, answer: PushAnswer): void
  onDisplay(connection: number, event: DisplayEvent): void
}

/** One life of a worker process that hosts one replica: a driver as small as it can be, in virtual time. */
export class ProcessModel implements Endpoint {
  readonly slot: string
  readonly identity: Identity
  readonly replica: Replica
  readonly errands: Errands
  readonly born: number
  alive = true
  /** Stopped (SIGSTOP) until then: what happens to it meanwhile waits. */
  hungUntil = 0
  /** Every step takes this much longer. */
  slowMs = 0
  /** It is stalled for so long before it takes what has come, and then takes all of it. */
  stallMs = 0
  exited: { readonly reason: ExitReason; readonly detail: string } | null = null
  readonly #world: World
  readonly #outside: Outside
  readonly #clock: { readonly offset: number; readonly rate: number; readonly wallOffset: number }
  /** Inputs that have come while it hung, or was at work. */
  readonly #waiting = new RingQueue<Input>()
  #busy = false
  #wakeAt = Number.POSITIVE_INFINITY

  constructor(world: World, outside: Outside, identity: Identity, slot: string, clock: ClockSkew) {
    this.slot = slot
    this.identity = identity
    this.born = world.now
    this.#world = world
    this.#outside = outside
    this.#clock = clock
    this.replica = new Replica(identity, crc32c)
    this.errands = new Errands(world, identity.limits.replyMs)
  }

  start(): void {
    this.#outside.network.listen(this.slot, this)
    this.#input({ kind: 'start' })
  }

  /** Stopped at this moment. */
  get hangs(): boolean {
    return this.hungUntil > this.#world.now
  }

  /** kill -9. */
  kill(): void {
    if (!this.alive) return
    this.alive = false
    this.#outside.network.died(this)
  }

  hang(until: number): void {
    this.hungUntil = Math.max(this.hungUntil, until)
  }

  onAccepted(link: number, hello: Hello): void {
    this.#input({ kind: 'accepted', link, hello })
  }

  onMessage(link: number, message: Message): void {
    this.#input({ kind: 'message', link, message })
  }

  onClosed(link: number): void {
    this.#input({ kind: 'closed', link })
  }

  onHint(key: string): void {
    this.#input({ kind: 'hint', key })
  }

  push(request: number, push: PushRequest): void {
    this.#input({ kind: 'push', request, push })
  }

  onClient(client: number, after: EventId | null): void {
    this.#input({ kind: 'client', client, after })
  }

  onClientGone(client: number): void {
    this.#input({ kind: 'client-gone', client })
  }

  /** Takes the input when the process is free and not stopped; inputs keep their order. */
  #input(input: Input): void {
    if (!this.alive) return
    const delay = this.slowMs + this.stallMs
    if (!this.#busy && delay === 0 && !this.hangs) this.#step(input)
    else {
      this.#waiting.push(input)
      if (!this.#busy) this.#workAt(this.#world.now + delay)
    }
  }

  #workAt(at: number): void {
    this.#busy = true
    this.#world.at(at, () => this.#work())
  }

  /** Works off what has come meanwhile, one after the other, each as long as it takes. */
  #work(): void {
    this.#busy = false
    while (this.alive) {
      if (this.hangs) return this.#workAt(this.hungUntil)
      const input = this.#waiting.shift()
      if (input === undefined) return
      this.#step(input)
      if (this.slowMs > 0 && this.#waiting.length > 0) return this.#workAt(this.#world.now + this.slowMs)
    }
  }

  #step(input: Input): void {
    if (!this.alive) return
    const { now } = this.#world
    const { offset, rate, wallOffset } = this.#clock
    const local = offset + now * rate
    let effects: readonly Effect[]
    try {
      effects = this.replica.step(local, now + wallOffset, input)
    } catch (error) {
      this.#outside.onCrash(this, error)
      this.kill()
      return
    }
    for (const effect of effects) this.#carryOut(effect)
    this.#outside.onStep(this, input, effects)
  }

  #carryOut(effect: Effect): void {
    const { network, coordinator, store } = this.#outside
    switch (effect.kind) {
      case 'connect':
        network.connect(this, effect.link, effect.to, effect.hello)
        break
      case 'send':
        network.send(this, effect.link, effect.message)
        break
      case 'close':
        network.close(this, effect.link)
        break
      case 'coordinator':
        if (effect.request.kind === 'watch') coordinator.watch(effect.request.key, this)
        else {
          coordinator.request(this.slot, effect.request, (reply) => {
            this.#input({ kind: 'coordinator', id: effect.id, reply })
          })
        }
        break
      case 'store':
        this.errands.begin(effect.id, effect.request.kind)
        store.request(this.slot, effect.request, (reply) => {
          this.errands.end(effect.id)
          this.#input({ kind: 'store', id: effect.id, reply })
        })
        break
      case 'source':
        this.#outside.source(this.identity.place.id).request(this.slot, effect.request, (reply) => {
          this.#input({ kind: 'source', id: effect.id, reply })
        })
        break
      case 'sink':
        this.errands.begin(effect.id, effect.request.kind)
        this.#outside.sink(this.identity.place.id).request(this.slot, effect.request, (reply) => {
          this.errands.end(effect.id)
          this.#input({ kind: 'sink', id: effect.id, reply })
        })
        break
      case 'answer':
        this.#outside.onAnswer(effect.request, effect.answer)
        break
      case 'display':
        this.#outside.onDisplay(effect.client, effect.event)
        break
      case 'wake':
        this.#wake(effect.at)
        break
      case 'event':
        this.#outside.onEvent(this, effect.event)
        break
      case 'exit':
        this.exited = { reason: effect.reason, detail: effect.detail }
        this.kill()
        this.#outside.onExit(this)
        break
    }
  }

  /** Plans a tick at a local time, unless an earlier one is planned anyway. */
  #wake(local: number): void {
    const { offset, rate } = this.#clock
    // A hair late, so that rounding does not wake it before its time, again and again.
    const at = Math.max(this.#world.now, (local - offset) / rate) + 0.01
    if (this.#wakeAt <= at && this.#wakeAt > this.#world.now) return
    this.#wakeAt = at
    this.#world.at(at, () => {
      if (this.#wakeAt !== at) return
      this.#wakeAt = Number.POSITIVE_INFINITY
      this.#input({ kind: 'tick' })
    })
  }
}

export interface ClockSkew {
  readonly offset: number
  readonly rate: number
  readonly wallOffset: number
}
