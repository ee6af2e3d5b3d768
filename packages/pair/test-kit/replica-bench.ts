import { crc32c } from '@pollux/protocol'
import type { Hello, Message } from '@pollux/protocol'
import type { Context } from '../src/context.ts'
import { RUN_KEY, viewKey, type CoordinatorValue } from '../src/ports/coordinator.ts'
import type { Effect, Input } from '../src/effect.ts'
import { MemoryCoordinator } from '../src/ports/memory-coordinator.ts'
import { MemoryStore } from '../src/ports/memory-store.ts'
import { Replica } from '../src/replica.ts'
import { firstRun, type RunKey } from '../src/checkpoint/run-key.ts'
import type { View } from '../src/life/view.ts'
import { contextAt } from './context-at.ts'
import { linesOf } from './effect-lines.ts'
import { viewOf } from './views.ts'

type Choice = NonNullable<Parameters<typeof contextAt>[1]>

/** What nothing but time calls for. */
const BEATS = /: (heartbeat|progress|producing) ?/

/** A replica with a coordinator and a store that answer at once; everything else it does is written down. */
export class ReplicaBench {
  readonly replica: Replica
  readonly coordinator = new MemoryCoordinator()
  readonly store = new MemoryStore()
  now = 0
  /** Who answers nothing for a while. */
  readonly away = new Set<'coordinator' | 'store'>()
  #started = false
  #effects: Effect[] = []

  /** `a1` is lane a at the address a1; it becomes incarnation 1 if nobody was there before. */
  constructor(place: string, name: string, choice: Choice = {}) {
    const lane = name.startsWith('a') ? 'a' : 'b'
    this.replica = new Replica(contextAt(place, { lane, address: name, ...choice }).identity, crc32c)
    this.write(RUN_KEY, firstRun('plan'))
  }

  get context(): Context {
    return this.replica.context
  }

  /** What the coordinator has there. */
  read(key: string): CoordinatorValue | null {
    const reply = this.coordinator.handle({ kind: 'read', key })
    return reply.kind === 'value' ? reply.value : null
  }

  get run(): RunKey {
    return this.read(RUN_KEY) as RunKey
  }

  /** The view of our own pair as the coordinator has it. */
  get view(): View | null {
    return this.read(viewKey(this.context.pair)) as View | null
  }

  /** Somebody else writes; nobody is told of it. */
  write(key: string, value: CoordinatorValue): this {
    const reply = this.coordinator.handle({ kind: 'read', key })
    this.coordinator.handle({ kind: 'swap', key, version: reply.kind === 'value' ? reply.version : 0, value })
    return this
  }

  /** The same, but a replica that has been started is told. */
  tell(key: string, value: CoordinatorValue): this {
    this.write(key, value)
    return this.#started ? this.step({ kind: 'hint', key }) : this
  }

  /** Members of a neighbour pair, as in `viewOf`. */
  neighbour(pair: string, ...members: string[]): this {
    return this.tell(viewKey(pair), viewOf({ members }))
  }

  step(...inputs: Input[]): this {
    const due = [...inputs]
    for (let input = due.shift(); input !== undefined && !this.replica.over; input = due.shift()) {
      const effects = this.replica.step(this.now, 1000 + this.now, input)
      this.#effects.push(...effects)
      due.push(...effects.flatMap((effect) => this.#answerTo(effect)))
    }
    return this
  }

  start(): this {
    this.#started = true
    return this.step({ kind: 'start' }).pass(50)
  }

  /** Ticks as often as it takes while so much time passes; these links say something each time. */
  pass(ms: number, ...heard: number[]): this {
    const until = this.now + ms
    while (this.now < until && !this.replica.over) {
      this.now = Math.min(until, this.now + 25)
      for (const link of heard) this.says(link, { kind: 'heartbeat' })
      this.step({ kind: 'tick' })
    }
    return this
  }

  connects(link: number, hello: Hello): this {
    return this.step({ kind: 'accepted', link, hello })
  }

  says(link: number, ...messages: Message[]): this {
    return this.step(...messages.map((message): Input => ({ kind: 'message', link, message })))
  }

  closes(link: number): this {
    return this.step({ kind: 'closed', link })
  }

  /** What was done with links since this was last asked, but for beats; and how it ended, if it did. */
  did(): string[] {
    return this.#taken('connect', 'send', 'close', 'exit').filter((line) => !BEATS.test(line))
  }

  beats(): string[] {
    return this.#taken('send').filter((line) => BEATS.test(line))
  }

  asked(): string[] {
    return this.#taken('coordinator', 'store', 'source', 'sink')
  }

  events(): string[] {
    return this.#taken('event')
  }

  answers(): string[] {
    return this.#taken('answer', 'display')
  }

  wakes(): string[] {
    return this.#taken('wake')
  }

  /** Forgets what was done so far. */
  quiet(): this {
    this.#effects = []
    return this
  }

  #taken(...kinds: Effect['kind'][]): string[] {
    const taken = this.#effects.filter((effect) => kinds.includes(effect.kind))
    this.#effects = this.#effects.filter((effect) => !kinds.includes(effect.kind))
    return linesOf(taken)
  }

  #answerTo(effect: Effect): Input[] {
    if (effect.kind === 'store' && !this.away.has('store'))
      return [{ kind: 'store', id: effect.id, reply: this.store.handle(effect.request) }]
    if (effect.kind !== 'coordinator' || effect.request.kind === 'watch' || this.away.has('coordinator'))
      return []
    return [{ kind: 'coordinator', id: effect.id, reply: this.coordinator.handle(effect.request) }]
  }
}
