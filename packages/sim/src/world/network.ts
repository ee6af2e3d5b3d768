import { must } from '@pollux/std'
import { FrameSlab, type Hello, type Message } from '@pollux/protocol'
import { garbled } from './garble.ts'
import { copied, release, throughWire } from './transit.ts'
import type { World } from './world.ts'

/** Whoever has an end of a connection: a replica in a process. */
export interface Endpoint {
  /** Where the network can cut: `pair/lane`. */
  readonly slot: string
  readonly alive: boolean
  onAccepted(link: number, hello: Hello): void
  onMessage(link: number, message: Message): void
  onClosed(link: number): void
}

interface Side {
  readonly endpoint: Endpoint
  readonly link: number
  /**
   * When the last message of each kind towards this side arrives: each kind keeps its order, and only its
   * own.
   */
  dataAt: number
  controlAt: number
  /** It has closed its end, or knows that the other did: nothing arrives any more. */
  closed: boolean
}

interface Connection {
  sides: [Side, Side] | null
  open: boolean
  /** Sent before the other side has accepted. */
  readonly early: Message[]
}

export interface NetworkTiming {
  readonly delayMs: number
  readonly jitterMs: number
}

const CONTROL = new Set<Message['kind']>([
  'heartbeat',
  'producing',
  'accept',
  'refuse',
  'ack',
  'deliver',
  'durable',
  'behind',
  'report',
  'view-news',
  'retained',
  'slice-stored',
  'accepted',
  'progress',
  'record',
  'hand-over',
])

/** How long a connection attempt into a cut waits before it fails. */
const CONNECT_MS = 80

/**
 * Connections between slots, as TCP gives them: in order until they break. Data and control overtake each
 * other. A cut holds everything back (it arrives after healing) or, as a reset, closes; one direction alone
 * can be cut. A process that dies behind a cut leaves the other side half-open.
 */
export class Network {
  readonly timing: NetworkTiming
  /** Every message is encoded and decoded on its way; dearer, so only some runs do it. */
  wire = false
  readonly #world: World
  readonly #listeners = new Map<string, Endpoint>()
  readonly #connections = new Map<Endpoint, Map<number, Connection>>()
  readonly #cuts = new Map<string, number>()
  readonly #slow = new Map<string, number>()
  /** Addresses that have been taken over, and the slot that is reached there instead. */
  readonly taken = new Map<string, string>()
  /** Slots whose frames arrive with another bit here and there. */
  readonly garbles = new Set<string>()
  /** What has come to a cut, in order of coming. */
  readonly #held: (() => void)[] = []
  readonly #slab = new FrameSlab()
  #nextAccepted = 2
  /** Seen by checkers: every message put on a wire. */
  onSend: ((from: Endpoint, link: number, message: Message) => void) | null = null

  constructor(world: World, timing: NetworkTiming) {
    this.#world = world
    this.timing = timing
  }

  listen(address: string, endpoint: Endpoint): void {
    this.#listeners.set(address, endpoint)
  }

  cut(from: string, to: string): void {
    this.#cuts.set(`${from}>${to}`, (this.#cuts.get(`${from}>${to}`) ?? 0) + 1)
  }

  heal(from: string, to: string): void {
    const left = (this.#cuts.get(`${from}>${to}`) ?? 0) - 1
    if (left > 0) this.#cuts.set(`${from}>${to}`, left)
    else this.#cuts.delete(`${from}>${to}`)
    // In the order in which they came: what another cut still holds back joins its queue again.
    for (const arrive of this.#held.splice(0)) this.#world.at(this.#world.now, arrive)
  }

  slow(slot: string, ms: number): void {
    if (ms === 0) this.#slow.delete(slot)
    else this.#slow.set(slot, ms)
  }

  isCut(from: string, to: string): boolean {
    return (
      this.#cuts.size > 0 &&
      (this.#cuts.has(`${from}>${to}`) || this.#cuts.has(`${from}>*`) || this.#cuts.has(`*>${to}`))
    )
  }

  connect(from: Endpoint, link: number, address: string, hello: Hello): void {
    const delay = this.#delay(from.slot, address)
    const { jitterMs } = this.timing
    const connection: Connection = { sides: null, open: true, early: [] }
    this.#of(from).set(link, connection)
    this.#world.after(delay, () => {
      const slot = this.taken.get(address) ?? address
      const to = this.#listeners.get(slot)
      if (!from.alive || this.#of(from).get(link) !== connection) {
        connection.early.forEach(release)
        return
      }
      if (this.isCut(from.slot, slot) || this.isCut(slot, from.slot)) {
        this.#world.after(CONNECT_MS, () => this.#refuse(from, link))
        return
      }
      if (to === undefined || !to.alive) {
        this.#world.after(jitterMs, () => this.#refuse(from, link))
        return
      }
      const accepted = this.#nextAccepted
      this.#nextAccepted += 2
      connection.sides = [this.#side(from, link), this.#side(to, accepted)]
      this.#of(to).set(accepted, connection)
      to.onAccepted(accepted, hello)
      for (const message of connection.early.splice(0)) this.#transmit(connection, from, link, message)
    })
  }

  send(from: Endpoint, link: number, message: Message): void {
    const connection = this.#of(from).get(link)
    this.onSend?.(from, link, message)
    if (connection === undefined || !connection.open) release(message)
    else if (connection.sides === null) connection.early.push(message)
    else this.#transmit(connection, from, link, message)
  }

  #transmit(connection: Connection, from: Endpoint, link: number, message: Message): void {
    const to = this.#other(connection, from, link)
    const control = CONTROL.has(message.kind)
    const arrival = this.#world.now + this.#delay(from.slot, to.endpoint.slot)
    const at = Math.max(arrival, control ? to.controlAt : to.dataAt)
    if (control) to.controlAt = at
    else to.dataAt = at
    this.#world.at(at, () => this.#arrive(from, to, message))
  }

  /** The side that closes hears nothing more; the other what was sent before, and then that it is closed. */
  close(from: Endpoint, link: number): void {
    const connection = this.#of(from).get(link)
    this.#of(from).delete(link)
    if (connection === undefined || connection.sides === null) return
    const to = this.#other(connection, from, link)
    this.#other(connection, to.endpoint, to.link).closed = true
    if (!connection.open) return
    connection.open = false
    this.#tellClosed(from.slot, to)
  }

  /** A process has died: what the kernel would tell its peers. Behind a cut nobody is told. */
  died(endpoint: Endpoint): void {
    for (const [link, connection] of this.#of(endpoint)) {
      if (!connection.open || connection.sides === null) continue
      const to = this.#other(connection, endpoint, link)
      if (this.isCut(endpoint.slot, to.endpoint.slot)) continue
      connection.open = false
      this.#tellClosed(endpoint.slot, to)
    }
    this.#connections.delete(endpoint)
  }

  /** Breaks every connection between two slots. */
  reset(a: string, b: string): void {
    for (const [endpoint, links] of this.#connections) {
      if (endpoint.slot !== a) continue
      for (const [link, connection] of links) {
        if (connection.sides === null) continue
        const to = this.#other(connection, endpoint, link)
        if (to.endpoint.slot !== b || !connection.open) continue
        connection.open = false
        this.#tellClosed(b, this.#other(connection, to.endpoint, to.link))
        this.#tellClosed(a, to)
      }
    }
  }

  #arrive(from: Endpoint, to: Side, message: Message): void {
    if (to.closed || !to.endpoint.alive) {
      release(message)
      return
    }
    if (this.isCut(from.slot, to.endpoint.slot)) {
      // Held back by the sender's kernel until the way is free.
      this.#held.push(() => this.#arrive(from, to, message))
      return
    }
    const arrived = this.wire ? throughWire(message) : copied(message, this.#slab)
    const noisy = this.garbles.has(from.slot)
    to.endpoint.onMessage(to.link, noisy ? garbled(arrived, this.#world.random) : arrived)
  }

  #refuse(from: Endpoint, link: number): void {
    const connection = this.#of(from).get(link)
    if (!from.alive || connection === undefined) return
    connection.early.forEach(release)
    this.#of(from).delete(link)
    from.onClosed(link)
  }

  #tellClosed(fromSlot: string, to: Side): void {
    const at = Math.max(this.#world.now + this.#delay(fromSlot, to.endpoint.slot), to.dataAt, to.controlAt)
    this.#world.at(at, () => {
      to.closed = true
      if (this.#of(to.endpoint).delete(to.link) && to.endpoint.alive) to.endpoint.onClosed(to.link)
    })
  }

  #delay(from: string, to: string): number {
    const { delayMs, jitterMs } = this.timing
    const slow = this.#slow.size === 0 ? 0 : Math.max(this.#slow.get(from) ?? 0, this.#slow.get(to) ?? 0)
    return delayMs + slow + this.#world.random.float() * jitterMs
  }

  #side(endpoint: Endpoint, link: number): Side {
    return { endpoint, link, dataAt: 0, controlAt: 0, closed: false }
  }

  #other(connection: Connection, from: Endpoint, link: number): Side {
    const [a, b] = must(connection.sides, 'an open connection has two sides')
    return a.endpoint === from && a.link === link ? b : a
  }

  #of(endpoint: Endpoint): Map<number, Connection> {
    const held = this.#connections.get(endpoint)
    if (held !== undefined) return held
    const fresh = new Map<number, Connection>()
    this.#connections.set(endpoint, fresh)
    return fresh
  }
}
