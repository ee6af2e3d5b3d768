import { expect, it } from 'vitest'
import { namedSource } from '../../test-kit/named-source.ts'
import { withoutCode } from '../../test-kit/without-code.ts'
import { countDistinct, last, sum } from '../aggregate/aggregate.ts'
import { ownAggregate } from '../aggregate/own-aggregate.ts'
import type { Sink } from '../io/sink.ts'
import { type Building, pipeline } from '../pipeline/pipeline.ts'
import { type Columns, type RowOf, schema } from '../schema/row-schema.ts'
import { t } from '../schema/t.ts'
import { countWindow, cumulative, session, sliding, tumbling } from '../window/window-spec.ts'
import type { ProgramOperator } from '../program/program-operator.ts'
import { compile, type Compiled, type CompileOptions } from './compile.ts'
import { describePlan } from './describe-plan.ts'

const Order = schema({
  at: t.timestamp(),
  shop: t.text(),
  kind: t.symbol(['tea', 'ink']),
  amount: t.money(),
  note: t.text().optional(),
})
type OrderRow = RowOf<typeof Order.columns>

const orders = namedSource(Order, {
  description: 'orders.csv',
  eventTime: { column: 'at', outOfOrder: '2s' },
  badRecords: 'skip',
})
const table: Sink<Columns> = { description: 'a table', kind: 'transactional' }

function described(compiled: Compiled): string {
  return `\n${describePlan(compiled)}\n`.replaceAll(/\.test\.ts:\d+/g, '.ts:*')
}

function sales(
  define: (ingress: Building<undefined>['ingress']) => void,
  options?: CompileOptions,
): Compiled {
  const one = pipeline('sales', ({ ingress }) => define(ingress))
  return compile(one, undefined, options)
}

it('tells what steps read, or that their text does not tell, and what runs them', () => {
  const compiled = sales((ingress) => {
    const isLarge = (order: OrderRow): boolean => order.amount > 100
    const marked = (order: OrderRow): OrderRow => ({ ...order, note: 'seen' })
    const { tea } = ingress('orders', orders)
      .filter(isLarge, { onError: 'skip' })
      .map(Order, marked)
      .branch({ tea: ({ kind }) => kind === 'tea' })
    tea.egress('table', table, { delivery: 'lane' })
  })
  expect(described(compiled)).toBe(`
sales: 2 stages, epochs of 10ms
orders  ingress, 1 partition
  reads orders.csv (replayable), event time at, up to 2s out of order, bad records left out
  filter (describe-plan.ts:*) reads amount, rows that fail left out
  map (describe-plan.ts:*) reads all columns: its text does not tell which (is the row passed on?)
  branch (describe-plan.ts:*) reads kind
  in one generated loop
table  egress, 1 partition
  <- orders one to one, lane (as its egress asks)
  writes to a table (transactional)
`)
})

it('tells where rows meet, and whether keys index an array', () => {
  const compiled = sales(
    (ingress) => {
      const all = ingress('orders', orders)
      const byKind = all
        .keyBy('kind')
        .window(sliding('1m', '10s'), { allowedLateness: '5s', early: '1s' })
        .aggregate('kinds', { total: sum('amount') })
      byKind.egress('table', table)
      byKind.late.egress('late', table)
      all
        .keyBy('shop', 'kind')
        .window(tumbling('90s'))
        .aggregate('shops', { total: sum('amount') })
        .egress('a', table)
      all
        .keyBy('kind')
        .window(cumulative('1d', '1s'))
        .aggregate('different', { shops: countDistinct('shop') })
        .egress('b', table)
      all
        .keyBy('note')
        .window(session('30s'))
        .aggregate('visits', { total: sum('amount') })
        .egress('c', table)
    },
    { partitions: 2 },
  )
  expect(described(compiled)).toBe(`
sales: 10 stages, epochs of 10ms
orders  ingress, 2 partitions
  reads orders.csv (replayable), event time at, up to 2s out of order, bad records left out
kinds  compute, 2 partitions: rows of equal kind meet here
  <- orders by kind, lane (many rows: one copy is enough)
  windows of 1m, one every 10s (describe-plan.ts:*)
    shown early every 1s
    shown again when rows come up to 5s later
    total sum(amount)
    keys index an array: kind is one of 2 texts
    rows come as they are: rows that come too late are read, as they are
table  egress, 2 partitions
  <- kinds one to one, race (few rows: both copies come, the first counts)
  writes to a table (transactional)
late  egress, 2 partitions
  <- late rows of kinds one to one, race (few rows: both copies come, the first counts)
  writes to a table (transactional)
shops  compute, 2 partitions: rows of equal shop, kind meet here
  <- orders by shop, kind, lane (many rows: one copy is enough)
  windows of 90s (describe-plan.ts:*)
    total sum(amount)
    keys in a hash table: shop is text
    rows come as they are: shop is text
a  egress, 2 partitions
  <- shops one to one, race (few rows: both copies come, the first counts)
  writes to a table (transactional)
different  compute, 2 partitions: rows of equal kind meet here
  <- orders by kind, lane (many rows: one copy is enough)
  windows of 1d, shown every 1s as they grow (describe-plan.ts:*)
    shops countDistinct(shop)
    keys index an array: kind is one of 2 texts
    rows come as they are: an aggregate keeps more than numbers: different values, a text, a state of its own
b  egress, 2 partitions
  <- different one to one, race (few rows: both copies come, the first counts)
  writes to a table (transactional)
visits  compute, 2 partitions: rows of equal note meet here
  <- orders by note, lane (many rows: one copy is enough)
  sessions that end after 30s without a row (describe-plan.ts:*)
    total sum(amount)
    keys in a hash table: those of sessions always are
    rows come as they are: these windows are not made of panes
c  egress, 2 partitions
  <- visits one to one, race (few rows: both copies come, the first counts)
  writes to a table (transactional)
`)
})

it('tells of streams that merge and gather, of operators, and of rows that failed', () => {
  const compiled = sales(
    (ingress) => {
      const [one, other] = [ingress('one', orders), ingress('other', orders)]
      const checked = one.merge(other).filter(({ amount }) => amount > 0, { onError: 'deadLetter' })
      checked
        .keyBy('shop')
        .process('known', { output: Order, ttl: '1h', process: (row, { emit }) => emit(row) })
        .filter(() => true)
        .egress('table', table)
      checked.failed.egress('failed', table)
      one
        .gather()
        .filter(({ kind }) => kind === 'ink')
        .egress('ink', table)
    },
    { partitions: 2, tickMs: 1000 },
  )
  expect(described(compiled)).toBe(`
sales: 8 stages, epochs of 1s
one  ingress, 2 partitions
  reads orders.csv (replayable), event time at, up to 2s out of order, bad records left out
other  ingress, 2 partitions
  reads orders.csv (replayable), event time at, up to 2s out of order, bad records left out
merge-1  compute, 2 partitions: rows of one and other meet here
  <- one one to one, lane (many rows: one copy is enough)
  <- other one to one, lane (many rows: one copy is enough)
  filter (describe-plan.ts:*) reads amount, rows that fail told of apart
  in 2 generated loops
known  compute, 2 partitions: rows of equal shop meet here
  <- merge-1 by shop, lane (many rows: one copy is enough)
  an operator of one's own (describe-plan.ts:*), which forgets a key after 1h
    keys in a hash table: shop is text
  filter (describe-plan.ts:*) reads no column
  in one generated loop
table  egress, 2 partitions
  <- known one to one, race (to the outside: no failure shows)
  writes to a table (transactional)
failed  egress, 2 partitions
  <- failed rows of filter (describe-plan.ts:*) in merge-1 one to one, race (to the outside: no failure shows)
  writes to a table (transactional)
gather-1  compute, 1 partition: all rows meet here
  <- one all to one partition, lane (many rows: one copy is enough)
  filter (describe-plan.ts:*) reads kind
  in one generated loop
ink  egress, 1 partition
  <- gather-1 one to one, race (to the outside: no failure shows)
  writes to a table (transactional)
`)
})

it('tells what becomes of rows that steps which remember cannot take', () => {
  const most = ownAggregate({
    state: { most: t.money() },
    result: t.money(),
    add: () => undefined,
    merge: () => undefined,
    read: (state) => state.most,
  })
  const compiled = sales((ingress) => {
    const keyed = ingress('orders', orders).keyBy('shop')
    const known = keyed.process('known', { output: Order, onError: 'deadLetter', process: () => undefined })
    known.egress('table', table)
    known.failed.egress('failed', table)
    const largest = keyed.window(tumbling('1s')).aggregate('largest', { most }, { onError: 'deadLetter' })
    largest.egress('sums', table)
    largest.late.egress('late', table)
    largest.failed.egress('left', table)
  })
  const lines = described(compiled)
    .split('\n')
    .filter((line) => / that fail | rows of (?:known|largest)/.test(line))
  expect(lines.map((line) => line.trim())).toEqual([
    "an operator of one's own (describe-plan.ts:*), rows that fail told of apart",
    '<- failed rows of known one to one, race (to the outside: no failure shows)',
    'windows of 1s (describe-plan.ts:*), rows that fail told of apart',
    '<- late rows of largest one to one, race (few rows: both copies come, the first counts)',
    '<- failed rows of largest one to one, race (few rows: both copies come, the first counts)',
  ])
})

it('tells why steps are gone through row by row', () => {
  const tangled = pipeline('sales', ({ ingress }) => {
    const Word = schema({ word: t.text() })
    const all = ingress('orders', orders)
    const words = all.flatMap(Word, ({ shop }, emit) => emit({ word: shop }))
    words
      .merge(all.map(Word, ({ shop }) => ({ word: shop })))
      .filter(({ word }) => word !== '')
      .egress('table', table)
  })
  const { loops } = compile(tangled).operators('orders', 0) as ProgramOperator
  expect(loops).toEqual(['interpreted'])
  expect(described(compile(tangled))).toBe(`
sales: 2 stages, epochs of 10ms
orders  ingress, 1 partition
  reads orders.csv (replayable), event time at, up to 2s out of order, bad records left out
  flat-map (describe-plan.ts:*)
  map (describe-plan.ts:*)
  filter (describe-plan.ts:*)
  row by row, interpreted: rows that a step makes in unknown numbers meet others in one place
table  egress, 1 partition
  <- orders one to one, race (to the outside: no failure shows)
  writes to a table (transactional)
`)
})

it('tells of every step that keeps something by key whether its keys index an array', () => {
  const compiled = sales((ingress) => {
    const byKind = ingress('orders', orders).keyBy('kind')
    const kept = byKind.process('kept', { output: Order, process: () => undefined })
    kept.egress('a', table)
    const n = { total: sum('amount') }
    byKind.window(tumbling('1s')).aggregate('plain', n).egress('b', table)
    byKind
      .window(tumbling('1s'))
      .aggregate('texts', { note: last('note') })
      .egress('c', table)
    byKind.window(countWindow(3)).aggregate('threes', n).egress('d', table)
    byKind.window(countWindow(3), { ttl: '1m' }).aggregate('forgetful', n).egress('e', table)
    byKind.window(session('1s')).aggregate('visits', n).egress('f', table)
  })
  const told = (): readonly string[] =>
    described(compiled)
      .split('\n')
      .filter((line) => line.startsWith('    keys '))
      .map((line) => line.trim())
  const array = 'keys index an array: kind is one of 2 texts'
  const others = [
    'keys in a hash table: those of counted rows are where they may be forgotten',
    'keys in a hash table: those of sessions always are',
  ]
  expect(told()).toEqual([array, array, array, array, ...others])
  const noCode = 'keys in a hash table: the platform makes no code of text'
  expect(withoutCode(told)).toEqual([noCode, array, noCode, noCode, ...others])
})
