import { BatchBuilder, type BoundaryContext, type Epoch, type RowSet } from '@pollux/protocol'
import { expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { max, min } from '../aggregate/aggregate.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { tumbling } from './window-spec.ts'

const Row = schema({
  at: t.timestamp(),
  few: t.symbol(['a']),
  any: t.text(),
  value: t.float64(),
  maybe: t.float64().optional(),
})
const source = namedSource(Row, { eventTime: { column: 'at' } })

const made = (key: 'few' | 'any', column: 'value' | 'maybe') =>
  pipeline('p', ({ ingress }) => {
    ingress('rows', source)
      .keyBy(key)
      .window(tumbling(100), { preAggregate: false })
      .aggregate('w', { least: min(column), most: max(column) })
      .egress('out', { description: '', kind: 'transactional' })
  })

/** The least and the greatest of these values, which come in so many epochs. */
function extremes(key: 'few' | 'any', column: 'value' | 'maybe', epochs: readonly (readonly number[])[]) {
  const one = compile(made(key, column), undefined, { groups: 8 }).operators('w', 0)
  const found: unknown[] = []
  const emit = (_output: number, rows: RowSet): void => {
    for (let row = 0; row < rows.rows; row++) found.push([rows.value(3, row), rows.value(4, row)])
  }
  epochs.forEach((values, index) => {
    const rows = new BatchBuilder(Row.wire)
    for (const value of values) rows.appendValues([1, 'a', 'a', value, value])
    const [epoch, epochTo] = [index as Epoch, (index + 1) as Epoch]
    const watermark = index === epochs.length - 1 ? 1000 : 0
    const context: BoundaryContext = {
      epoch,
      epochFrom: epoch,
      epochTo,
      now: 0,
      watermarkBefore: 0,
      watermark,
    }
    one.process(0, rows, context, { emit })
    one.boundary(context, { emit })
  })
  return found
}

it('least and greatest are NaN if one is, and a zero has no sign, however rows are added', () => {
  for (const run of [<T>(call: () => T): T => call(), withoutCode]) {
    for (const key of ['few', 'any'] as const) {
      for (const column of ['value', 'maybe'] as const) {
        const of = (...epochs: readonly (readonly number[])[]) => run(() => extremes(key, column, epochs))
        expect(of([0, -0])).toEqual([[0, 0]])
        expect(of([-0, 0])).toEqual([[0, 0]])
        expect(of([0], [-0])).toEqual([[0, 0]])
        expect(of([-0], [0])).toEqual([[0, 0]])
        expect(of([-0], [-1, 1])).toEqual([[-1, 1]])
        expect(of([1, NaN, 2])).toEqual([[NaN, NaN]])
        expect(of([NaN], [2])).toEqual([[NaN, NaN]])
        expect(of([2], [NaN])).toEqual([[NaN, NaN]])
        expect(of([3, Infinity], [-Infinity])).toEqual([[-Infinity, Infinity]])
      }
    }
  }
})
