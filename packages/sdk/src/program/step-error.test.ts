import { BatchBuilder, epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { compile } from '../compile/compile.ts'
import { Halt, placed } from '../errors/halt.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import type { Stream } from '../pipeline/stream.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { describeStep, StepError } from './step-error.ts'

const Order = schema({ at: t.timestamp(), shop: t.text() })
const orders = namedSource(Order, { description: 'orders' })
const sink = { description: 'anywhere', kind: 'transactional' } as const

/** What one row makes of a pipeline, stage by stage. */
function failureOf(stage: string, define: (stream: Stream<typeof Order.columns>) => void): string {
  const made = pipeline('sales', ({ ingress }) => define(ingress('orders', orders)))
  const operator = compile(made, undefined).operators(stage, 0)
  const rows = new BatchBuilder(Order.wire)
  rows.appendValues([1, 'tea'])
  try {
    const context = { epoch: epoch(0), now: 0, watermarkBefore: 0 }
    const out = { emit: () => undefined }
    operator.process(0, rows, context, out)
    // So many epochs at once that it is looked at what is kept.
    operator.boundary({ ...context, epochFrom: epoch(0), epochTo: epoch(100), watermark: 0 }, out)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

const fails = (): never => {
  throw new RangeError('no')
}

describe('the text of a failure', () => {
  it('is the same in twins that are installed in different folders', () => {
    const texts = ['/srv/a/app', '/srv/b', 'C:\\b'].map((folder) => {
      const cause = new RangeError('no')
      cause.stack = `RangeError: no\n    at paid (${folder}/sales.ts:14:3)\n`
      const step = describeStep({ kind: 'map', where: `${folder}/sales.ts:12` })
      return new StepError('sales', step, 'row {at 1}', cause).message
    })
    const text = 'sales, map (sales.ts:12), at row {at 1}: RangeError: no (thrown at sales.ts:14)'
    expect(texts).toEqual([text, text, text])
    const halts = ['/srv/a', '/srv/b'].map((folder) =>
      String(placed(new Halt('PLX2003', 'amount'), 'sales', 'sums', `${folder}/sales.ts:9`)),
    )
    expect(halts[0]).toBe(halts[1])
    expect(halts[0]).toMatch('sales, sums: amount (sales.ts:9)')
  })

  it('names no folder, wherever a callback throws', () => {
    const mapped = failureOf('orders', (stream) => stream.map(Order, fails).egress('out', sink))
    expect(mapped).toMatch(
      /^sales, map \(step-error\.test\.ts:\d+\), at row .*\(thrown at step-error\.test\.ts:\d+\)$/,
    )
    const processed = failureOf('own', (stream) =>
      stream.keyBy('shop').process('own', { output: Order, process: fails }).egress('out', sink),
    )
    expect(processed).toMatch(/^sales, process own \(step-error\.test\.ts:\d+\), at row /)
    const kept = failureOf('own', (stream) =>
      stream
        .keyBy('shop')
        .process('own', { output: Order, stateBytesMax: 1, process: () => undefined })
        .egress('out', sink),
    )
    expect(kept).toMatch(/^PLX2001 .* \(step-error\.test\.ts:\d+\): /)
    for (const text of [mapped, processed, kept]) expect(text).not.toMatch(import.meta.dirname)
  })
})
