import { describe, expect, it } from 'vitest'
import { epoch, EPOCH_END, seq } from './ids.ts'
import {
  comparePositions,
  describePosition,
  earlierPosition,
  type Position,
  samePosition,
  START,
} from './position.ts'

function at(epochAt: number, seqAt: number): Position {
  return { epoch: epoch(epochAt), seq: seq(seqAt) }
}

describe('positions', () => {
  it('are ordered by epoch, then by seq: a seal moves on without a row', () => {
    const ordered = [START, at(0, 7), at(1, 7), at(1, 8), at(2, 8), at(EPOCH_END, 8)]
    const shuffled = [ordered[4]!, ordered[1]!, ordered[5]!, ordered[0]!, ordered[3]!, ordered[2]!]
    expect(shuffled.sort(comparePositions)).toEqual(ordered)
  })

  it('are the same by both numbers only', () => {
    expect(samePosition(at(1, 7), at(1, 7))).toBe(true)
    expect(samePosition(at(1, 7), at(2, 7))).toBe(false)
    expect(samePosition(at(1, 7), at(1, 8))).toBe(false)
    expect(comparePositions(at(1, 7), at(1, 7))).toBe(0)
  })

  it('have an earlier one, either of two that are the same', () => {
    expect(earlierPosition(at(1, 9), at(2, 3))).toEqual(at(1, 9))
    expect(earlierPosition(at(2, 3), at(1, 9))).toEqual(at(1, 9))
    expect(earlierPosition(at(2, 3), at(2, 3))).toEqual(at(2, 3))
  })

  it('are written as epoch:seq, the end by its name', () => {
    expect(describePosition(at(4, 120))).toBe('4:120')
    expect(describePosition(at(EPOCH_END, 120))).toBe('end:120')
  })
})
