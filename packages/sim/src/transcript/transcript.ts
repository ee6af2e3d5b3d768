import { describeDecision, describeEpoch, type Epoch, type PairId } from '@pollux/protocol'
import type { Effect, Input } from '@pollux/pair'
import { describeKey } from './describe-key.ts'
import type { Simulation } from '../runs/simulation.ts'
import { type Entry, tellEffect, tellInput } from './transcript-entry.ts'
import { type Topic, TRANSCRIPT_TOPICS } from './transcript-topics.ts'

/** One line on what to tell, or to leave out: the latest that speaks of an entry decides. */
interface Wish {
  readonly tell: boolean
  readonly topic: Topic
  /** A slot, a pair or a stage; null for anybody. */
  readonly whom: string | null
}

/**
 * Tells a simulated run as text: one line a thing that happened, in its canonical short form. Owns which
 * things are told. It watches only, so a run with a transcript is the same run.
 */
export class Transcript {
  /** Hears of every entry, told or not. */
  onEntry: ((entry: Entry) => void) | null = null
  readonly #simulation: Simulation
  readonly #wishes: Wish[] = []
  /** By slot and link: where it leads. */
  readonly #peers = new Map<string, string>()
  readonly #keys = new Map<string, string>()
  readonly #decided = new Map<PairId, number>()
  readonly #records = new Map<PairId, number>()
  #told: Entry[] = []

  constructor(simulation: Simulation) {
    this.#simulation = simulation
    simulation.observer = (_at, slot, what) => {
      if (what.kind === 'step') this.#onStep(slot, what.input, what.effects)
    }
    simulation.coordinator.onChange = (key, value, version) => {
      const who =
        key.startsWith('view/') || key.startsWith('failure/') ? key.slice(key.indexOf('/') + 1) : 'pipeline'
      this.#add({ who, topic: value.kind, text: describeKey(version, value) })
    }
  }

  tell(topic: Topic, whom: string | null): void {
    this.#wishes.push({ tell: true, topic, whom })
  }

  ignore(topic: Topic, whom: string | null): void {
    this.#wishes.push({ tell: false, topic, whom })
  }

  /** After every step of the world: services that did what somebody had asked who may be dead by now. */
  look(): void {
    const { topology, store } = this.#simulation
    for (const place of topology.pairs.values()) {
      if (place.stage.kind === 'ingress') this.#lookAtLog(place.id, store.history.get(place.id)?.length ?? 0)
      if (place.stage.kind === 'egress' && place.stage.sink !== 'resumable') this.#lookAtSink(place.id)
    }
  }

  /** What has been told since last asked, as aligned lines. */
  take(): string[] {
    const told = this.#told
    this.#told = []
    const width = Math.max(...this.#simulation.slots.map((slot) => slot.length))
    return told.map(({ at, who, text }) => `${at.toFixed(1).padStart(7)}  ${who.padEnd(width)}  ${text}`)
  }

  #onStep(slot: string, input: Input, effects: readonly Effect[]): void {
    if (input.kind === 'start') {
      for (const place of this.#peers.keys()) if (place.startsWith(`${slot} `)) this.#peers.delete(place)
    }
    if (input.kind === 'accepted') {
      const { pair, lane } = input.hello.speaker
      this.#peers.set(`${slot} ${input.link}`, `${pair}/${lane}`)
    }
    if (input.kind === 'push') this.#keys.set(`${slot} ${input.request}`, input.push.key)
    const told = tellInput(input)
    if (told !== null) this.#add({ who: slot, ...told })
    const names = {
      peer: (link: number) => this.#peers.get(`${slot} ${link}`) ?? 'nobody',
      key: (request: number) => this.#keys.get(`${slot} ${request}`) ?? String(request),
    }
    for (const effect of effects) {
      if (effect.kind === 'connect') this.#peers.set(`${slot} ${effect.link}`, effect.to)
      const done = tellEffect(effect, names)
      if (done !== null) this.#add({ who: slot, ...done })
    }
  }

  #lookAtLog(pair: PairId, length: number): void {
    const before = this.#decided.get(pair) ?? 0
    if (length === before) return
    this.#decided.set(pair, length)
    for (const decision of this.#simulation.store.history.get(pair)!.slice(before)) {
      this.#add({ who: pair, topic: 'durable-decision', text: `log has ${describeDecision(decision)}` })
    }
  }

  #lookAtSink(pair: PairId): void {
    const sink = this.#simulation.sink(pair)
    const record = sink.record ?? (0 as Epoch)
    if (record === (this.#records.get(pair) ?? 0)) return
    this.#records.set(pair, record)
    const rows = Math.max(sink.rows.length, sink.stored.size)
    this.#add({
      who: pair,
      topic: 'committed',
      text: `sink has record ${describeEpoch(record)}, ${rows} rows in all`,
    })
  }

  #add(told: Omit<Entry, 'at'>): void {
    const entry = { at: this.#simulation.world.now, ...told }
    if (this.#isTold(entry)) this.#told.push(entry)
    this.onEntry?.(entry)
  }

  #isTold({ topic, who }: Entry): boolean {
    const wish = this.#wishes.findLast((one) => one.topic === topic && isAbout(one.whom, who))
    return wish?.tell ?? TRANSCRIPT_TOPICS[topic]
  }
}

/** `count` and `count/0` are about `count/0/a` too. */
function isAbout(whom: string | null, who: string): boolean {
  return whom === null || who === whom || who.startsWith(`${whom}/`)
}
