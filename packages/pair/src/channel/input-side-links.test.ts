import { epoch, EPOCH_END } from '@pollux/protocol'
import type { Position } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { contextIn, racingPlan } from '../../test-kit/context-in.ts'
import { at, frameAt } from '../../test-kit/items.ts'
import { TwoInputs } from '../../test-kit/two-inputs.ts'

describe('what comes over the links', () => {
  it('asks for it again where something is missing, on that link', () => {
    const bench = new TwoInputs().linked().frame(0, 1)
    bench.inputs.onData(1, 0, frameAt(at(0, 5), 9))
    expect(bench.did()).toEqual(['1: deliver on from 0:1'])
  })

  it('ignores a repetition', () => {
    const bench = new TwoInputs().linked().frame(0, 1)
    bench.inputs.onData(1, 0, frameAt(at(0, 0), 1))
    expect([bench.did(), bench.inputs.diverged]).toEqual([[], null])
  })

  it('reports the first divergence of all, where it began', () => {
    const bench = new TwoInputs(contextIn(racingPlan(), 'sums/0')).frame(0, 1).frame(0, 2)
    bench.inputs.onData(3, 0, frameAt(at(0, 1), 9))
    bench.inputs.onData(3, 0, frameAt(at(0, 0), 9))
    expect(bench.inputs.diverged).toEqual({ channel: 0, position: at(0, 1) })
  })

  it('belongs to the input whose link it is; a closed link belongs to none', () => {
    const { inputs } = new TwoInputs().linked()
    const portOf = (link: number) => inputs.portOf(link)?.channel.channel.id ?? null
    expect([1, 3, 5].map(portOf)).toEqual([0, 1, null])
    inputs.onClosed(3)
    expect([1, 3].map(portOf)).toEqual([0, null])
  })

  it.each([
    ['length', 0, 'frame.length: the header says 41 bytes, there are 40'],
    ['digest', 28, 'frame.digest: '],
    ['rows', 39, 'frame.digest: '],
  ])('refuses a frame by name whose %s has changed on the way, and asks for it again', (_what, byte, why) => {
    const bench = new TwoInputs().linked()
    const broken = frameAt(at(0, 0), 1)
    broken.frame.bytes[byte]! ^= 1
    bench.inputs.onData(1, 0, broken)
    const [told, closed, ...rest] = bench.did()
    expect([told, closed, rest]).toEqual([expect.stringContaining(`broken-frame 0 ${why}`), '1 closes', []])
    expect([bench.inputs.port(0).channel.next, bench.inputs.portOf(1)]).toEqual([at(0, 0), null])
    bench.context.now += bench.context.limits.retryMs
    bench.inputs.tick()
    expect(bench.did()).toEqual(['5 -> a1: subscribe #1 channel 0 from 0:0'])
  })

  it('refuses a frame that is another one than the message says', () => {
    const bench = new TwoInputs().linked()
    bench.inputs.onData(1, 0, { ...frameAt(at(0, 5), 1), start: at(0, 0) })
    expect(bench.did()).toEqual([
      '* broken-frame 0 frame.seq: 1 rows from 5 in place of 1 from 0',
      '1 closes',
    ])
  })

  it('does not take a copy for a divergence that has changed on the way', () => {
    const bench = new TwoInputs(contextIn(racingPlan(), 'sums/0')).linked().frame(0, 1)
    const copy = frameAt(at(0, 0), 1)
    bench.inputs.onData(1, 0, { ...copy, frame: { ...copy.frame, digest: copy.frame.digest ^ 1 } })
    expect([bench.inputs.diverged, bench.did().length]).toEqual([null, 2])
  })

  it('stops the replica when a frame that came as it was made has changed here', () => {
    const bench = new TwoInputs()
    const frame = frameAt(at(0, 0), 1)
    bench.inputs.onData(1, 0, frame)
    frame.frame.bytes[0]! ^= 1
    expect(() => bench.work()).toThrow('a verified frame cannot be read')
  })
})

describe('acks of the inputs', () => {
  function point(channel: number, position: Position, digest = 0) {
    return { channel, position, digest }
  }

  it('go to the producers of their own channel', () => {
    const bench = new TwoInputs().linked()
    bench.inputs.ack([point(0, at(2, 2)), point(1, at(3, 1))])
    expect(bench.did()).toEqual(['1: ack 2:2', '3: ack 3:1'])
  })

  it('are said once, and never taken back', () => {
    const bench = new TwoInputs().linked()
    bench.inputs.ack([point(0, at(3, 3))])
    bench.did()
    bench.inputs.ack([point(0, at(3, 3)), point(0, at(2, 2))])
    expect(bench.did()).toEqual([])
    bench.inputs.port(0).links.onAccept(1, at(9, 9))
    expect(bench.did()).toEqual(['1: ack 3:3'])
  })

  it('cover whole epochs: as far as processed, or for a joiner as far as received', () => {
    const { inputs } = new TwoInputs().seal(0, 1).frame(0, 7).seal(0, 2).frame(0, 8).seal(1, 1).work()
    const acked = (): unknown => inputs.ports.map((port) => port.acked.position)
    inputs.ackProcessed()
    expect(acked()).toEqual([at(1, 0), at(1, 0)])
    inputs.ackRetained()
    expect(acked()).toEqual([at(2, 1), at(1, 0)])
  })

  it('carry the digest of everything before them', () => {
    const [ours, other] = [new TwoInputs(), new TwoInputs()]
    ours.frame(0, 1).seal(0, 1).seal(1, 1).work()
    other.frame(0, 2).seal(0, 1).seal(1, 1).work()
    const digests = [ours, other].map((bench) => bench.inputs.processedPoints().map((one) => one.digest))
    expect(digests[0]![0]).not.toBe(digests[1]![0])
    expect(digests[0]![1]).toBe(digests[1]![1])
  })

  it('run ahead of what is processed where a joiner retains, until it has caught up', () => {
    const bench = new TwoInputs().seal(0, 2).seal(1, 1)
    bench.inputs.ackRetained()
    expect(bench.work().inputs.ackedIsProcessed).toBe(false)
    bench.seal(1, 2)
    expect(bench.work().inputs.ackedIsProcessed).toBe(true)
  })
})

describe('a hint to producers that are behind', () => {
  it('names the furthest epoch of any input, to those below it only', () => {
    const bench = new TwoInputs().linked().seal(0, 6)
    bench.inputs.hintBehind()
    expect(bench.did()).toEqual(['3: behind 6'])
  })

  it('never names the end, which nobody should close up to because another has', () => {
    const bench = new TwoInputs(contextAt('sums/0', { ingresses: 3 })).linked().seal(0, EPOCH_END).seal(1, 6)
    bench.inputs.passHint(EPOCH_END)
    expect(bench.did()).toEqual([])
    bench.inputs.hintBehind()
    expect(bench.did()).toEqual(['5: behind 6'])
  })

  it('is passed on upstream only to inputs that are behind it themselves', () => {
    const bench = new TwoInputs().linked().seal(0, 6).seal(1, 9)
    bench.inputs.passHint(epoch(8))
    expect(bench.did()).toEqual(['1: behind 8'])
  })
})
