import { BatchBuilder, type Operator } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { during, epochAt } from '../../test-kit/operator-run.ts'
import { encodedState } from '../../test-kit/same-state.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { ownAggregate } from '../aggregate/own-aggregate.ts'
import { compile } from '../compile/compile.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { operator } from '../process/operator.ts'
import { schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { countWindow } from '../window/window-spec.ts'

const Row = schema({ at: t.timestamp(), key: t.text(), n: t.int32() })
const source = namedSource(Row, { eventTime: { column: 'at' } })
const sink = { description: '', kind: 'transactional' } as const

/** Writes into the bytes that it has read, which are its own; what it assigns is kept. */
const byProcess = pipeline('p', ({ ingress }) => {
  const scribbler = operator({
    output: schema({ text: t.text() }),
    state: { raw: t.bytes(), maybe: t.bytes().optional() },
    start: { raw: new Uint8Array(2) },
    onError: 'skip',
    process: ({ n }: { readonly n: number }, { state, emit }) => {
      const { raw } = state
      raw[0]! += n
      if (n > 5) throw new RangeError('what it has written is nowhere')
      if (n > 2) state.raw = raw
      state.maybe = state.maybe === null ? raw : null
      emit({ text: `${state.raw.join()} ${state.maybe?.join()}` })
    },
  })
  ingress('rows', source).keyBy('key').process('w', scribbler).egress('out', sink)
})
const byAggregate = pipeline('p', ({ ingress }) => {
  const scribbled = ownAggregate({
    state: { raw: t.bytes() },
    start: { raw: new Uint8Array(2) },
    result: t.text(),
    add: (state, { n }: { readonly n: number }) => {
      const { raw } = state
      raw[0]! += n
      if (n > 5) throw new RangeError('what it has written is nowhere')
      if (n > 2) state.raw = raw
    },
    merge: () => undefined,
    read: ({ raw }) => raw.join(),
  })
  const windows = ingress('rows', source).keyBy('key').window(countWindow(2))
  windows.aggregate('w', { scribbled }, { onError: 'skip' }).egress('out', sink)
})

function toldBy(one: Operator): readonly (readonly unknown[])[] {
  const before = new BatchBuilder(Row.wire)
  before.appendValues([0, 'a', 3])
  const rows = new BatchBuilder(Row.wire)
  const given = [
    ['a', 9],
    ['a', 1],
    ['b', 2],
    ['b', 4],
  ] as const
  for (const [key, n] of given) rows.appendValues([0, key, n])
  const first = during(one, [before], epochAt(0, 0, 1))
  const kept = encodedState(one)
  const snapshot = one.state!.snapshot()
  const told = [...first, ...during(one, [rows], epochAt(1, 1, 2))]
  // What a snapshot holds is what was there.
  expect(snapshot.groups.map((group) => [group, snapshot.encode(group)])).toEqual(kept)
  snapshot.release()
  return told.map(({ values }) => values)
}

describe('bytes that are read from state are a copy', () => {
  it.each([
    ['process', byProcess, [['3,0 3,0'], ['3,0 undefined'], ['0,0 2,0'], ['4,0 undefined']]],
    [
      'aggregate',
      byAggregate,
      [
        ['a', 0, '3,0'],
        ['b', 0, '4,0'],
      ],
    ],
  ] as const)('of %s: nobody else sees what is written into them', (_, made, wanted) => {
    const make = (): Operator => compile(made, undefined, { groups: 2 }).operators('w', 0)
    for (const one of [make(), withoutCode(make)]) expect(toldBy(one)).toEqual(wanted)
  })
})
