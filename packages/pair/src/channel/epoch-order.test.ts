import { epoch, EPOCH_END } from '@pollux/protocol'
import type { FrameMessage, SealMessage } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { contextAt } from '../../test-kit/context-at.ts'
import { at, frameAt, sealAt } from '../../test-kit/items.ts'
import { nextStep } from './epoch-order.ts'
import { InputChannel } from './input-channel.ts'

/** What comes next where all epochs before `from` are complete and the channels hold these items. */
function next(from: number, ...contents: (FrameMessage | SealMessage)[][]): string {
  const { inputs } = contextAt('sums/0').identity.place
  const channels = contents.map((items) => {
    const channel = new InputChannel(inputs[0]!)
    for (const item of items) channel.receive(item)
    return channel
  })
  const step = nextStep(channels, epoch(from))
  if (step.kind === 'boundary') return `boundary ${step.to === EPOCH_END ? 'end' : step.to}`
  const index = channels.indexOf(step.channel)
  return step.kind === 'wait' ? `wait for ${index}` : `row of ${step.epoch} from ${index}`
}

function row(of: number): FrameMessage {
  return { ...frameAt(at(0, 0), 1), epoch: epoch(of) }
}

describe('the next step of a consumer', () => {
  it('is the end only when every input has ended, and after the rows that the end itself brings', () => {
    const end = sealAt(at(0, 0), EPOCH_END)
    expect(next(7, [end], [end])).toBe('boundary end')
    expect(next(7, [end], [])).toBe('wait for 1')
    expect(next(7, [end], [sealAt(at(0, 0), 9)])).toBe('boundary 9')
    expect(next(7, [end], [row(EPOCH_END - 1)])).toBe(`row of ${EPOCH_END - 1} from 1`)
  })

  it('may be a row of the present epoch though a later input is silent: none can come before', () => {
    expect(next(3, [row(3)], [])).toBe('row of 3 from 0')
    expect(next(3, [row(4)], [])).toBe('wait for 1')
    expect(next(3, [], [row(3)])).toBe('wait for 0')
  })

  it('is the earlier of two rows, and of two of the same epoch that of the first input', () => {
    expect(next(0, [row(5)], [row(4)])).toBe('row of 4 from 1')
    expect(next(0, [row(5)], [row(5)])).toBe('row of 5 from 0')
  })

  it('is the end of a shorter range before any row of a longer one', () => {
    expect(next(0, [row(5)], [sealAt(at(0, 0), 5)])).toBe('boundary 5')
    expect(next(0, [row(4)], [sealAt(at(0, 0), 5)])).toBe('row of 4 from 0')
  })
})
