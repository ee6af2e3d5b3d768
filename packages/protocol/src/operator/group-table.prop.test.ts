import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GroupTable } from './group-table.ts'

const GROUPS = 4
const WIDTH = 2

type Model = Map<number, number[]>[]

const group = fc.nat(GROUPS - 1)
const key = fc.nat(5)
const write = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), group, key, column: fc.nat(WIDTH - 1), value: fc.double() }),
  fc.record({ kind: fc.constant('delete' as const), group, key }),
  fc.record({ kind: fc.constant('snapshot' as const) }),
)
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never

function emptyModel(): Model {
  return Array.from({ length: GROUPS }, () => new Map<number, number[]>())
}

function contentOf(table: GroupTable): [number, number[]][][] {
  return Array.from({ length: GROUPS }, (_, at) => [...table.entries(at)].map(([k, row]) => [k, [...row]]))
}

function modelContent(model: Model): [number, number[]][][] {
  return model.map((rows) => [...rows].map(([k, row]) => [k, [...row]]))
}

function apply(table: GroupTable, model: Model, one: Write): void {
  if (one.kind === 'put') {
    table.put(one.group, one.key)[one.column] = one.value
    const rows = model[one.group]!
    const row = rows.get(one.key) ?? new Array<number>(WIDTH).fill(0)
    row[one.column] = one.value
    rows.set(one.key, row)
  } else if (one.kind === 'delete') {
    table.delete(one.group, one.key)
    model[one.group]!.delete(one.key)
  }
}

/** All groups as bytes, absent ones too. */
function bytesOf(snapshot: ReturnType<GroupTable['snapshot']>): string[] {
  return Array.from({ length: GROUPS }, (_, at) => snapshot.encode(at).join())
}

describe('a group table', () => {
  it('is what a plain map of maps is, rows in the order of their first put', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 60 }), (writes) => {
        const [table, model] = [new GroupTable(GROUPS, WIDTH), emptyModel()]
        for (const one of writes) {
          if (one.kind === 'snapshot') table.snapshot()
          else apply(table, model, one)
        }
        expect(contentOf(table)).toEqual(modelContent(model))
      }),
    )
  })

  it('gives snapshots whose bytes do not change, whatever is written, loaded or deleted after', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 80 }), (writes) => {
        const [table, model] = [new GroupTable(GROUPS, WIDTH), emptyModel()]
        const held = writes.flatMap((one) => {
          if (one.kind !== 'snapshot') {
            apply(table, model, one)
            return []
          }
          const snapshot = table.snapshot()
          return [{ snapshot, bytes: bytesOf(snapshot), groups: [...snapshot.groups] }]
        })
        for (let at = 0; at < GROUPS; at++) table.load(at, new Uint8Array())
        for (const { snapshot, bytes, groups } of held) {
          expect(bytesOf(snapshot)).toEqual(bytes)
          expect(snapshot.groups).toEqual(groups)
        }
      }),
    )
  })

  it('comes back from its bytes with the same content, the same order and the same bytes', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 60 }), fc.array(write, { maxLength: 20 }), (writes, more) => {
        const [table, model] = [new GroupTable(GROUPS, WIDTH), emptyModel()]
        for (const one of writes) apply(table, model, one)
        const copy = new GroupTable(GROUPS, WIDTH)
        const snapshot = table.snapshot()
        for (const at of snapshot.groups) copy.load(at, snapshot.encode(at))
        for (const one of more) {
          apply(table, model, one)
          apply(copy, emptyModel(), one)
        }
        expect(contentOf(copy)).toEqual(contentOf(table))
        expect(bytesOf(copy.snapshot())).toEqual(bytesOf(table.snapshot()))
      }),
    )
  })

  it('lists in a snapshot the groups that hold anything, ascending', () => {
    const table = new GroupTable(GROUPS, WIDTH)
    for (const at of [3, 0, 2]) table.put(at, 1)
    table.delete(2, 1)
    expect(table.snapshot().groups).toEqual([0, 3])
  })

  it('gives twins with the same history the same bytes, whether or not one was ever snapshotted', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 60 }), (writes) => {
        const [snapshotted, plain] = [new GroupTable(GROUPS, WIDTH), new GroupTable(GROUPS, WIDTH)]
        for (const one of writes) {
          if (one.kind === 'snapshot') snapshotted.snapshot()
          apply(snapshotted, emptyModel(), one)
          apply(plain, emptyModel(), one)
        }
        expect(bytesOf(snapshotted.snapshot())).toEqual(bytesOf(plain.snapshot()))
      }),
    )
  })

  it('puts a new row as zeros and gives the same row again', () => {
    const table = new GroupTable(GROUPS, WIDTH)
    expect([...table.put(1, 7)]).toEqual([0, 0])
    table.put(1, 7)[1] = 5
    expect([...table.put(1, 7)]).toEqual([0, 5])
    expect([table.get(1, 8), table.get(2, 7)]).toEqual([undefined, undefined])
  })

  it('refuses bytes that are no whole rows', () => {
    expect(() => new GroupTable(GROUPS, WIDTH).load(1, new Uint8Array(32))).toThrow(
      '32 bytes are no rows of 3',
    )
  })

  it('lets go of a snapshot', () => {
    const table = new GroupTable(GROUPS, WIDTH)
    table.put(1, 7)
    const snapshot = table.snapshot()
    snapshot.release()
    expect(snapshot.encode(1).length).toBe(0)
    expect([...table.get(1, 7)!]).toEqual([0, 0])
  })
})
