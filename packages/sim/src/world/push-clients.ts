import {
  crc32c,
  FrameEncoder,
  hashText,
  otherLane,
  type PairId,
  partitionOfHash,
  type Seq,
  type Topology,
} from '@pollux/protocol'
import type { Effect, Input, PushAnswer } from '@pollux/pair'
import type { ProcessModel } from './process-model.ts'
import type { SourceRows } from './source-rows.ts'
import type { World } from './world.ts'

interface Client {
  readonly pair: PairId
  readonly key: string
  /** Its rows are [from, to) of these. */
  readonly data: SourceRows
  readonly from: number
  readonly to: number
  /** Who waits until this one is done. */
  next: Client | null
  firstTriedAt: number
  lane: 'a' | 'b'
  stored: boolean
  /** Nobody can be sure to be known again for longer than the key window: then a client may be told so. */
  readonly mayGiveUp: boolean
  gaveUp: boolean
  attempts: number
  /** The newest attempt: an answer to an older one counts as well. */
  retryAt: number
}

const PATIENCE_MS = 150
/** Where a request may be as large as this, nobody tries a larger one: to make it would take too long. */
const TRIED_MOST = 1 << 20
/** A window that may pass before a client is answered. */
const SHORT_WINDOW_MS = 5000
/** How long an answer is on its way. */
const ANSWER_MS = 0.5

/**
 * Clients of the push sources: each has a few rows and a key, and tries until it is told that they are
 * stored, or, where the key window is short, that it comes too late.
 */
export class PushClients {
  readonly #world: World
  readonly #find: (slot: string) => ProcessModel | null
  readonly #clients: Client[] = []
  readonly #byRequest = new Map<number, Client>()
  /** Who has taken a request in and not answered it yet. */
  readonly #owedBy = new Map<number, ProcessModel>()
  #nextRequest = 1
  /** What the wall clock shows when virtual time begins. */
  readonly #originMs: number
  /** No request may be larger than this. */
  readonly #bytesMost: number

  constructor(
    world: World,
    originMs: number,
    bytesMost: number,
    find: (slot: string) => ProcessModel | null,
  ) {
    this.#world = world
    this.#originMs = originMs
    this.#bytesMost = bytesMost
    this.#find = find
  }

  get done(): boolean {
    return this.#clients.every((client) => client.stored || client.gaveUp)
  }

  get waiting(): number {
    return this.#clients.filter((client) => !client.stored && !client.gaveUp).length
  }

  /** Keys whose rows were acknowledged: they must be in the output, once. */
  get storedKeys(): string[] {
    return this.#clients.filter((client) => client.stored).map((client) => client.key)
  }

  /** The numbers of these rows in their source. */
  rowsOf(key: string): readonly number[] {
    const client = this.#clients.find((one) => one.key === key)
    if (client === undefined) return []
    return Array.from({ length: client.to - client.from }, (_, place) => client.from + place)
  }

  /** Plans the clients of one partition: its rows in small groups, when the last row of each has arrived. */
  plan(topology: Topology, pair: PairId, data: SourceRows): void {
    const { stage, partition } = topology.pair(pair)
    const windowEpochs = stage.kind === 'ingress' ? stage.keyWindowEpochs : 0
    const mayGiveUp = windowEpochs * topology.plan.tickMs < SHORT_WINDOW_MS
    let from = 0
    let before: Client | null = null
    while (from < data.length) {
      const to = Math.min(data.length, from + this.#world.random.between(1, data.pushRowsMost))
      const client: Client = {
        pair,
        key: keyFor(`${pair}#${from}`, topology.plan.groups, stage.partitions, partition),
        data,
        from,
        to,
        next: null,
        firstTriedAt: 0,
        lane: 'a',
        stored: false,
        mayGiveUp,
        gaveUp: false,
        attempts: 0,
        retryAt: 0,
      }
      this.#clients.push(client)
      if (before === null || !data.pushesInTurn) this.#begin(client)
      else before.next = client
      before = client
      from = to
    }
  }

  /** Whoever takes a request in owes it an answer. */
  onStep(worker: ProcessModel, input: Input, effects: readonly Effect[]): void {
    if (input.kind !== 'push') return
    const { request } = input
    if (effects.some((effect) => effect.kind === 'answer' && effect.request === request)) return
    this.#owedBy.set(request, worker)
  }

  /** The key of a request that this replica has taken in and not answered; null if there is none. */
  owedBy(worker: ProcessModel): string | null {
    for (const [request, one] of this.#owedBy) {
      if (one === worker) return this.#byRequest.get(request)?.key ?? null
    }
    return null
  }

  /** How many requests with the same key it has taken in and not answered, at most. */
  mostOwedBy(worker: ProcessModel): number {
    const counts = new Map<Client, number>()
    for (const [request, one] of this.#owedBy) {
      const client = this.#byRequest.get(request)
      if (one === worker && client !== undefined) counts.set(client, (counts.get(client) ?? 0) + 1)
    }
    return Math.max(0, ...counts.values())
  }

  onAnswer(request: number, answer: PushAnswer): void {
    this.#owedBy.delete(request)
    this.#world.after(ANSWER_MS, () => this.#onAnswer(request, answer))
  }

  #onAnswer(request: number, answer: PushAnswer): void {
    const client = this.#byRequest.get(request)
    // One that is told that the stream has ended gives up; here no stream ends before all are stored.
    if (client === undefined || client.stored || client.gaveUp || answer.kind === 'ended') return
    client.stored = answer.kind === 'stored'
    client.gaveUp = client.mayGiveUp && (answer.kind === 'too-old' || answer.kind === 'too-new')
    if (client.stored || client.gaveUp) {
      if (client.next !== null) this.#begin(client.next)
      return
    }
    if (answer.kind === 'redirect') {
      const lane = answer.address?.at(-1)
      client.lane = lane === 'a' || lane === 'b' ? lane : otherLane(client.lane)
    }
    this.#retry(client, answer.kind === 'redirect' ? 3 : 30)
  }

  /** When the last of its rows has arrived, or at once if that is past. */
  #begin(client: Client): void {
    this.#world.at(client.data.arrivals[client.to - 1]!, () => {
      client.firstTriedAt = Math.floor(this.#originMs + this.#world.now)
      this.#try(client)
    })
  }

  #try(client: Client): void {
    if (client.stored || client.gaveUp) return
    client.attempts++
    const request = this.#nextRequest++
    this.#byRequest.set(request, client)
    const { data, from, to, key, firstTriedAt } = client
    const rows = data.batch(from, to)
    const frame = new FrameEncoder(rows.schema, crc32c).encode(rows, 0 as Seq)
    const push = { key, firstTriedAt, frame, watermark: data.pushWatermark(from, to) }
    const slot = `${client.pair}/${client.lane}`
    // A proxy that damages what it forwards; it asks for no answer, and nothing of it may be taken.
    if (client.attempts === 1) {
      const damaged = { ...push, frame: { ...frame, bytes: frame.bytes.map((byte) => byte ^ 1) } }
      this.#world.after(0.4, () => this.#find(slot)?.push(this.#nextRequest++, damaged))
    }
    if (client.attempts === 1 && from === 0 && this.#bytesMost < TRIED_MOST) this.#tryTooMuch(client, slot)
    this.#world.after(0.5 + this.#world.random.float(), () => this.#find(slot)?.push(request, push))
    if (client.attempts % 2 === 0) client.lane = otherLane(client.lane)
    this.#retry(client, PATIENCE_MS)
  }

  /** A client that asks for more than the log may ever hold: nothing of that may be taken either. */
  #tryTooMuch({ data, key, from, to, firstTriedAt }: Client, slot: string): void {
    const rows = data.batch(from, to)
    const row = rows.schema.columns.map((_, column) => rows.value(column, 0))
    while (rows.byteLength <= this.#bytesMost) rows.appendValues(row)
    const frame = new FrameEncoder(rows.schema, crc32c).encode(rows, 0 as Seq)
    const push = { key: `${key} and more`, firstTriedAt, frame, watermark: data.pushWatermark(from, to) }
    this.#world.after(0.4, () => this.#find(slot)?.push(this.#nextRequest++, push))
  }

  #retry(client: Client, delay: number): void {
    const at = this.#world.now + delay
    client.retryAt = at
    this.#world.at(at, () => {
      if (client.retryAt === at) this.#try(client)
    })
  }
}

function keyFor(stem: string, groups: number, partitions: number, partition: number): string {
  for (let suffix = 0; ; suffix++) {
    const key = `${stem}-${suffix}`
    if (partitionOfHash(hashText(key), groups, partitions) === partition) return key
  }
}
