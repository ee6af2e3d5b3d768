import {
  BatchBuilder,
  crc32c,
  type Frame,
  FrameEncoder,
  type Message,
  type Seq,
  START,
} from '@pollux/protocol'
import { type Simulation, TOY_SCHEMA } from '@pollux/sim/simulator'
import { type Complaint, simulationOf } from './bench.ts'

type Network = Simulation['network']
type World = Simulation['world']
type Endpoint = Parameters<Network['listen']>[1]

/** Somebody at one end who writes down what comes, and when. */
class Listener implements Endpoint {
  readonly slot: string
  readonly alive = true
  readonly got: { readonly at: number; readonly message: Message }[] = []
  links: number[] = []
  closed = 0
  readonly #world: World

  constructor(world: World, slot: string) {
    this.slot = slot
    this.#world = world
  }

  onAccepted(link: number): void {
    this.links.push(link)
  }

  onMessage(_link: number, message: Message): void {
    this.got.push({ at: this.#world.now, message })
  }

  onClosed(): void {
    this.closed++
  }
}

const HELLO = { kind: 'twin' } as Parameters<Network['connect']>[3]

/** How long a message takes from one slot to another. */
export function deliveryMs(network: Network, world: World, from: string, to: string): number {
  const [, listener] = connected(network, world, from, to)
  const [first] = listener.got
  return first === undefined ? Number.POSITIVE_INFINITY : first.at - (world.now - WAIT_MS)
}

const WAIT_MS = 150

/** How many of so many frames arrive other than they were sent. */
export function garbledShare(network: Network, world: World, from: string, to: string): number {
  const [sender, listener] = connected(network, world, from, to)
  const frame = someFrame()
  for (let sent = 0; sent < 40; sent++) {
    network.send(sender, 1, { kind: 'frame', start: START, epoch: START.epoch, frame })
  }
  runTo(world, world.now + 50)
  const frames = listener.got.flatMap(({ message }) => (message.kind === 'frame' ? [message.frame] : []))
  return frames.filter(({ bytes }) => bytes.join() !== frame.bytes.join()).length / frames.length
}

/** Whether who connects to `address` reaches `slot`. */
export function isReachedAs(network: Network, world: World, address: string, slot: string): boolean {
  const listener = new Listener(world, slot)
  network.listen(slot, listener)
  network.connect(new Listener(world, 'somebody'), 1, address, HELLO)
  runTo(world, world.now + 20)
  return listener.links.length > 0
}

function connected(network: Network, world: World, from: string, to: string): [Listener, Listener] {
  const sender = new Listener(world, from)
  const listener = new Listener(world, to)
  network.listen(to, listener)
  network.connect(sender, 1, to, HELLO)
  const end = world.now + WAIT_MS
  while (listener.links.length === 0 && world.now < end && world.step());
  const sentAt = world.now
  network.send(sender, 1, { kind: 'heartbeat' })
  while (world.now < sentAt + WAIT_MS && world.step());
  return [sender, listener]
}

export function networkComplaints(): Complaint[] {
  const holds: [string, boolean][] = [
    ['messages of two connections overtake each other', overtakes()],
    ['what is sent into a cut comes when it heals', heldBack()],
    ['what arrives is a copy', copies()],
  ]
  return holds.flatMap(([claim, held]) => (held ? [] : [{ claim, detail: 'it does not' }]))
}

function overtakes(): boolean {
  const { network, world } = simulationOf()
  const listener = new Listener(world, 'here')
  network.listen('here', listener)
  const senders = [new Listener(world, 'left'), new Listener(world, 'right')]
  for (const sender of senders) network.connect(sender, 1, 'here', HELLO)
  runTo(world, 20)
  for (let epoch = 1; epoch <= 40; epoch++) {
    const sender = senders[epoch % 2]!
    network.send(sender, 1, { kind: 'behind', epoch } as Message)
  }
  runTo(world, 60)
  const order = listener.got.map(({ message }) => (message.kind === 'behind' ? message.epoch : 0))
  return order.length === 40 && order.some((epoch, place) => place > 0 && epoch < order[place - 1]!)
}

function heldBack(): boolean {
  const { network, world } = simulationOf()
  const [sender, listener] = connected(network, world, 'left', 'here')
  const before = listener.got.length
  network.cut('left', 'here')
  network.send(sender, 1, { kind: 'heartbeat' })
  runTo(world, world.now + 50)
  const during = listener.got.length
  network.heal('left', 'here')
  runTo(world, world.now + 50)
  return before === 1 && during === 1 && listener.got.length === 2 && listener.closed === 0
}

function copies(): boolean {
  const { network, world } = simulationOf()
  const [sender, listener] = connected(network, world, 'left', 'here')
  const frame = someFrame()
  frame.readers++
  network.send(sender, 1, { kind: 'frame', start: START, epoch: START.epoch, frame })
  runTo(world, world.now + 50)
  const arrived = listener.got.at(-1)?.message
  if (arrived?.kind !== 'frame' || frame.readers !== 0) return false
  const before = arrived.frame.bytes.join()
  frame.bytes.fill(7)
  return arrived.frame.bytes.join() === before
}

function someFrame(): Frame {
  const rows = new BatchBuilder(TOY_SCHEMA)
  rows.appendValues([1, 2, 3, 4, 'key 2'])
  return new FrameEncoder(TOY_SCHEMA, crc32c).encode(rows, 0 as Seq)
}

function runTo(world: World, until: number): void {
  while (world.now < until && world.step());
}
