import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RingQueue } from './ring.ts'

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ name: fc.constant('push' as const), item: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ name: fc.constant('shift' as const) }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant('at' as const), item: fc.nat(40) }) },
)

describe('RingQueue', () => {
  it('behaves as an array does', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400 }), fc.nat(300), (operations, clearAt) => {
        const ring = new RingQueue<number>()
        const twin: number[] = []
        operations.forEach((step, index) => {
          if (index === clearAt) {
            ring.clear()
            twin.length = 0
          }
          if (step.name === 'push') {
            ring.push(step.item)
            twin.push(step.item)
          } else if (step.name === 'shift') expect(ring.shift()).toBe(twin.shift())
          else if (step.item < twin.length) expect(ring.at(step.item)).toBe(twin[step.item])
          else expect(() => ring.at(step.item)).toThrow(`of a queue of ${twin.length}`)
          expect(ring.length).toBe(twin.length)
          expect(ring.peek()).toBe(twin[0])
        })
        expect(Array.from({ length: ring.length }, (_, index) => ring.at(index))).toEqual(twin)
      }),
    )
  })

  it('takes a hundred thousand from the front in constant time each', () => {
    const ring = new RingQueue<number>()
    for (let item = 0; item < 100_000; item += 1) ring.push(item)
    for (let item = 0; item < 100_000; item += 1) expect(ring.shift()).toBe(item)
    expect(ring.shift()).toBeUndefined()
    ring.clear()
    ring.push(1)
    expect(ring.peek()).toBe(1)
  })
})
