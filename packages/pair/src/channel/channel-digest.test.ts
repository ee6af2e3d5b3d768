import { epoch } from '@pollux/protocol'
import type { FrameMessage, SealMessage } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { at, frameAt, sealAt } from '../../test-kit/items.ts'
import { rollDigest } from './channel-digest.ts'

const FRAME = frameAt(at(4, 7), 1, 2)
const SEAL = sealAt(at(4, 7), 5, 60)

/** Each differs from the others in one thing that twins must agree on. */
const DIFFERENT: Record<string, FrameMessage | SealMessage> = {
  frame: FRAME,
  'a frame with another row': frameAt(at(4, 7), 1, 3),
  'a frame of another epoch': { ...FRAME, epoch: epoch(5) },
  seal: SEAL,
  'a seal to another epoch': sealAt(at(4, 7), 6, 60),
  'a seal far away': sealAt(at(4, 7), 5 + 2 ** 32, 60),
  'a seal with another watermark': sealAt(at(4, 7), 5, 61),
  'a seal with a watermark far away': sealAt(at(4, 7), 5, 60 + 2 ** 32),
  'a seal with a watermark before 1970': sealAt(at(4, 7), 5, -60),
  'an idle seal': { ...SEAL, idle: true },
}

describe('the digest of a channel', () => {
  it('differs with every number that twins must agree on', () => {
    const digests = Object.values(DIFFERENT).map((item) => rollDigest(17, item))
    expect(new Set(digests).size).toBe(digests.length)
  })

  it('depends on everything before', () => {
    const digests = [0, 1, 2 ** 31, 2 ** 32 - 1].map((before) => rollDigest(before, FRAME))
    expect(new Set(digests).size).toBe(4)
  })

  it('depends on the order of items', () => {
    const other = frameAt(at(4, 9), 5)
    expect(rollDigest(rollDigest(0, FRAME), other)).not.toBe(rollDigest(rollDigest(0, other), FRAME))
  })

  it('finds out twins that cut the same rows into other epochs', () => {
    const early = [frameAt(at(4, 7), 1, 2), sealAt(at(4, 9), 6, 60)]
    const late = [sealAt(at(4, 7), 5, 60), frameAt(at(5, 7), 1, 2), sealAt(at(5, 9), 6, 60)]
    expect(early.reduce(rollDigest, 0)).not.toBe(late.reduce(rollDigest, 0))
  })

  it('is 32 bits, unsigned', () => {
    for (const item of Object.values(DIFFERENT)) {
      const digest = rollDigest(2 ** 32 - 1, item)
      expect([digest >= 0, digest < 2 ** 32, Number.isInteger(digest)]).toEqual([true, true, true])
    }
  })
})
