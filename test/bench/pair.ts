import type { Epoch, Frame, Incarnation, Message, Seq } from '@pollux/protocol'
import { crc32c, defineSchema, Topology } from '@pollux/protocol'
import { DEFAULT_LIMITS } from '@pollux/pair'
import type { Effect, View } from '@pollux/pair'
import { Context, FramePool, InputChannel, OutputChannel } from '@pollux/pair/channel-path'
import { measure } from './measure.ts'
import type { Suite } from './suite.ts'

const FRAMES_PER_EPOCH = 8

/** What the core does with a frame, all copies together; bytes are not encoded, digested or sent here. */
export const pair: Suite = {
  name: 'pair',
  title: 'The core, a frame through a pair: push, credit, send, take or compare, ack, evict',
  run() {
    const table = [['delivery', 'frames an epoch', 'us a frame, both lanes together']]
    for (const delivery of ['lane', 'race'] as const) {
      for (const frames of [1, FRAMES_PER_EPOCH]) {
        const turn = epochThroughPair(delivery, frames)
        table.push([delivery, String(frames), (measure(turn) / 1000 / frames).toFixed(2)])
      }
    }
    return table
  },
}

/** Two producers and two consumers of one channel; each call takes one epoch all the way. */
function epochThroughPair(delivery: 'lane' | 'race', frames: number): () => void {
  const schema = defineSchema([{ name: 'value', type: 'float64' }])
  const edge = {
    from: 'p',
    output: 0,
    to: 'c',
    port: 0,
    exchange: { kind: 'one' as const },
    delivery,
    schema,
  }
  const stages = ['p', 'c'].map((name) => ({ kind: 'compute' as const, name, partitions: 1, step: 'none' }))
  const plan = {
    pipeline: 'bench',
    groups: 2,
    tickMs: 10,
    originMs: 0,
    checkpointEvery: 100,
    stages,
    edges: [edge],
  }
  // Channel 0 is what is measured; a plan begins with an ingress.
  const topology = new Topology({
    ...plan,
    edges: [edge, { ...edge, from: 'i', to: 'p' }],
    stages: [
      ...stages,
      {
        kind: 'ingress',
        name: 'i',
        partitions: 1,
        step: 'none',
        source: 'replayable',
        schema,
        keyWindowEpochs: 1,
      },
    ],
  })
  const channel = topology.channel(0)
  const view = viewOf([1 as Incarnation, 2 as Incarnation])
  const contexts = [0, 1].map(() => contextOf(topology))
  const producers = contexts.map((context) => new OutputChannel(context, channel, new FramePool(), crc32c))
  const consumers = [new InputChannel(channel), new InputChannel(channel)]
  producers.forEach((producer, p) => {
    consumers.forEach((consumer, c) => {
      const speaker = { ...contexts[0]!.speaker(), incarnation: (c + 1) as Incarnation }
      const deliver = delivery === 'race' || p === c
      const from = consumer.next
      producer.subscribe(c, {
        kind: 'subscribe',
        speaker,
        to: 0 as Incarnation,
        channel: 0,
        from,
        acked: from,
        ackedDigest: 0,
        deliver,
      })
      producer.acknowledge((c + 1) as Incarnation, from, 0)
    })
  })
  const bytes = new Uint8Array(4096)
  let epoch = 0
  let seq = 0
  return () => {
    producers.forEach((producer, p) => {
      let next = seq
      for (let index = 0; index < frames; index += 1) {
        const frame: Frame = { seq: next as Seq, rows: 100, digest: next, bytes, readers: 0 }
        producer.buffer.pushFrame(epoch as Epoch, frame)
        next += 100
      }
      producer.buffer.pushSeal((epoch + 1) as Epoch, epoch, false)
      producer.pump()
      for (const effect of contexts[p]!.take()) deliverTo(consumers, effect)
    })
    seq += 100 * frames
    epoch += 1
    consumers.forEach((consumer, c) => {
      for (let index = 0; index <= frames; index += 1) consumer.shift()
      const { position, digest } = consumer.processed
      for (const producer of producers) {
        producer.acknowledge((c + 1) as Incarnation, position, digest)
        producer.evict(view)
      }
    })
  }
}

function deliverTo(consumers: readonly InputChannel[], effect: Effect): void {
  if (effect.kind !== 'send') return
  const message: Message = effect.message
  if (message.kind === 'frame') message.frame.readers--
  if (message.kind === 'frame' || message.kind === 'seal') consumers[effect.link]!.receive(message)
}

function contextOf(topology: Topology): Context {
  return new Context({
    topology,
    place: topology.pair('p/0'),
    lane: 'a',
    address: '',
    planHash: '',
    fingerprint: '',
    token: '',
    limits: DEFAULT_LIMITS,
    operators: () => ({ process: () => undefined, boundary: () => undefined, state: null }),
  })
}

function viewOf(incarnations: readonly Incarnation[]): View {
  const members = incarnations.map((incarnation, index) => {
    return { incarnation, lane: index === 0 ? ('a' as const) : ('b' as const), address: '', fingerprint: '' }
  })
  return {
    kind: 'view',
    run: 1 as View['run'],
    members,
    joining: null,
    waiting: [],
    lostTo: [],
    leader: null,
    generation: 0 as View['generation'],
  }
}
