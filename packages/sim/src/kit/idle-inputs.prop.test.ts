import { BatchBuilder, type Epoch, type PairId } from '@pollux/protocol'
import { compile, count, pipeline, schema, type Sink, sum, t, tumbling } from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type EpochInput, PipelineInProcess } from './pipeline-in-process.ts'

const SIZE = 100
const PARTITIONS = 3

const Row = schema({ at: t.timestamp(), key: t.text(), value: t.int32() })
const source = namedSource(Row, { eventTime: { column: 'at' } })
const sink = { description: '', kind: 'transactional' } as const satisfies Sink<never>
const made = pipeline('p', ({ ingress }) => {
  const sums = ingress('rows', source)
    .keyBy('key')
    .window(tumbling(SIZE))
    .aggregate('sums', { total: sum('value'), rows: count() })
  sums.egress('out', sink)
  sums.late.egress('late', sink)
})

const row = fc.record({
  at: fc.nat(900),
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  value: fc.integer({ min: -9, max: 9 }),
})
type One = typeof row extends fc.Arbitrary<infer T> ? T : never
const input = fc.oneof(
  { weight: 2, arbitrary: fc.record({ rows: fc.array(row, { maxLength: 5 }), ahead: fc.nat(250) }) },
  { weight: 1, arbitrary: fc.constant('idle' as const) },
)

it('windows close when those partitions of an ingress that are not idle have come so far', () => {
  const epochs = fc.array(fc.array(input, { minLength: PARTITIONS, maxLength: PARTITIONS }), {
    maxLength: 10,
  })
  fc.assert(
    fc.property(epochs, (all) => {
      const { plan, operators } = compile(made, undefined, { partitions: PARTITIONS, groups: 8 })
      const whole = new PipelineInProcess(plan, operators)
      let found: unknown[][] = []
      whole.onRows = ({ stage: { name } }, rows) => {
        for (let at = 0; at < rows.rows; at++)
          found.push([name, ...rows.schema.columns.map(({ index }) => rows.value(index, at))])
      }
      const marks = new Array<number>(PARTITIONS).fill(Number.MIN_SAFE_INTEGER)
      let kept: One[] = []
      let before = Number.MIN_SAFE_INTEGER
      all.forEach((inputs, index) => {
        const given = new Map<PairId, EpochInput>()
        inputs.forEach((one, partition) => {
          if (one !== 'idle') marks[partition] = Math.max(marks[partition]!, index * 70 + one.ahead)
          const rows = new BatchBuilder(Row.wire)
          if (one !== 'idle') for (const { at, key, value } of one.rows) rows.appendValues([at, key, value])
          given.set(`rows/${partition}`, {
            rows,
            watermark: marks[partition]!,
            idle: one === 'idle',
          })
        })
        const awake = marks.filter((_, partition) => inputs[partition] !== 'idle')
        const watermark = awake.length === 0 ? before : Math.max(before, Math.min(...awake))
        const taken = inputs.flatMap((one) => (one === 'idle' ? [] : one.rows))
        const endOf = ({ at }: One): number => Math.floor(at / SIZE) * SIZE + SIZE
        kept.push(...taken.filter((one) => endOf(one) > before))
        const closed = kept.filter((one) => endOf(one) <= watermark)
        const wanted = taken
          .filter((one) => endOf(one) <= before)
          .map(({ at, key, value }): unknown[] => ['late', at, key, value])
        for (const name of new Set(closed.map((one) => `${one.key} ${endOf(one)}`))) {
          const rows = closed.filter((one) => `${one.key} ${endOf(one)}` === name)
          const total = rows.reduce((sumSoFar, { value }) => sumSoFar + value, 0)
          const end = endOf(rows[0]!)
          wanted.push(['out', rows[0]!.key, end - SIZE, end, total, rows.length])
        }
        found = []
        whole.run((index + 1) as Epoch, given)
        const sorted = (rows: readonly unknown[]): readonly string[] => rows.map((one) => String(one)).sort()
        expect(sorted(found)).toEqual(sorted(wanted))
        kept = kept.filter((one) => endOf(one) > watermark)
        before = watermark
      })
    }),
    { numRuns: 200 },
  )
})
