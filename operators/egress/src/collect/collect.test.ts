import { checkSink, compile, epoch, generation, pipeline, run, schema, SINK_CLAIMS, t } from '@pollux/sdk'
import type { SinkUnderTest, Value } from '@pollux/sdk'
import { describe, expect, it } from 'vitest'
import { collect, collectLatest } from './collect.ts'

type Claim = (typeof SINK_CLAIMS)['idempotent'][number]

function verdictOf(
  claim: Claim,
  sink: SinkUnderTest['sink'] & { rows: () => readonly object[] },
): Error | null {
  let verdict: Error | null = new Error('no answer')
  const stored: SinkUnderTest['stored'] = (answer) =>
    answer(sink.rows().map((row) => Object.values(row) as Value[]))
  checkSink(claim, { sink, stored }, (error) => (verdict = error))
  return verdict
}

describe('rows in memory', () => {
  it.each(SINK_CLAIMS.transactional)('$name', (claim) => {
    expect(verdictOf(claim, collect())).toBeNull()
  })

  it.each(SINK_CLAIMS.idempotent)('of each key the newest: $name', (claim) => {
    expect(verdictOf(claim, collectLatest('id'))).toBeNull()
  })

  it('are not told apart by a column that is none, or is not there', () => {
    const untyped = collectLatest as (key?: unknown) => ReturnType<typeof collectLatest>
    for (const key of [undefined, '', 5])
      expect(() => untyped(key)).toThrow(/^PLX1027 collectLatest, key \(.*collect\.test\.ts:\d+\)/)
    const Item = schema({ n: t.int32(), name: t.text() })
    const made = pipeline('items', ({ ingress }) => {
      const open = () => ({ read: () => undefined, probe: () => undefined, close: () => undefined })
      ingress('items', { description: '', schema: Item, kind: 'replayable', open }).egress(
        'out',
        collectLatest('nam'),
      )
    })
    expect(() => compile(made)).toThrow(/^PLX1006 "nam" of n, name \(.*collect\.test\.ts:\d+\)/)
  })

  it('are of all partitions, by the names of their columns', () => {
    const Item = schema({ n: t.int32(), name: t.text() })
    const sink = collect<typeof Item.columns>()
    for (const partition of [1, 0]) {
      const writer = sink.open({ partition, partitions: 2, schema: Item })
      writer.open({ run: run(1), generation: generation(1), create: true }, () => undefined)
      const rows = [{ epoch: epoch(0), seq: 0, values: [partition, 'x'] }]
      writer.commit({ expect: epoch(0), record: epoch(1), rows }, () => undefined)
    }
    expect(sink.rows()).toEqual([
      { n: 0, name: 'x' },
      { n: 1, name: 'x' },
    ])
  })
})
