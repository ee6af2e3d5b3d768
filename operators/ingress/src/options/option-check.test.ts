import { schema, t } from '@pollux/sdk'
import { describe, expect, it } from 'vitest'
import { collection } from '../collection/collection.ts'
import { csv } from '../csv/csv.ts'
import { files } from '../files/files.ts'
import { generator } from '../generator/generator.ts'
import { orders } from '../generator/orders.ts'
import { burst } from '../generator/rate.ts'
import { ndjson } from '../ndjson/ndjson.ts'

const Tick = schema({ at: t.timestamp(), price: t.money() })
const row = (n: number, at: number) => ({ at, price: n })

/** As code calls it whose types are not known. */
type Untyped = (...said: readonly unknown[]) => unknown

const CALLS: Readonly<Record<string, Untyped>> = {
  collection: (...said) => (collection as Untyped)(...said),
  csv: (options) => (csv as Untyped)(Tick, options),
  'csv of': (...said) => (csv as Untyped)(...said),
  ndjson: (options) => (ndjson as Untyped)(Tick, options),
  'ndjson of': (...said) => (ndjson as Untyped)(...said),
  files: (options) => (files as Untyped)('ticks-*.csv', options),
  'files of': (where) => (files as Untyped)(where, { rows: csv(Tick) }),
  'files with': (options) => (files as Untyped)('ticks-*.csv', { rows: csv(Tick), ...(options as object) }),
  generator: (options) => (generator as Untyped)({ schema: Tick, rate: 10, row, ...(options as object) }),
  'generator of': (...said) => (generator as Untyped)(...said),
  orders: (options) => (orders as Untyped)({ rate: 10, ...(options as object) }),
  'orders of': (...said) => (orders as Untyped)(...said),
  burst: (options) => (burst as Untyped)({ calm: 100, at: '1s', factor: 5, ...(options as object) }),
  'burst of': (...said) => (burst as Untyped)(...said),
}

const zero = (): number => 0
const none = (): number => {
  throw new RangeError('no rate')
}

/** The call, what is said in it, and what it is refused with. */
const WRONG: readonly (readonly [string, readonly unknown[], string])[] = [
  ['collection', [undefined, []], 'PLX1032 collection, schema: undefined, not a schema(...) ('],
  ['collection', [Tick.columns, []], 'PLX1032 collection, schema: {'],
  ['collection', [Tick], 'PLX1032 collection, rows: undefined, not a list ('],
  ['collection', [Tick, { at: 1 }], 'PLX1032 collection, rows: { at: 1 }, not a list ('],
  ['collection', [Tick, [null]], 'PLX1033 row 0 of a collection is null ('],
  ['collection', [Tick, [5]], 'PLX1033 row 0 of a collection is 5 ('],
  ['collection', [Tick, [], { outOfOrder: '2s' }], 'PLX1034 collection, outOfOrder without eventTime ('],
  ['collection', [Tick, [], { eventTime: 'at', outOfOrder: -1 }], 'PLX1005 -1 ('],
  ['collection', [Tick, [], { eventTime: 'at', outOfOrder: 'long' }], 'PLX1005 "long" ('],
  [
    'collection',
    [Tick, [], { evenTime: 'at' }],
    'PLX1041 collection, evenTime: did you mean eventTime? there',
  ],
  [
    'csv',
    [{ seperator: ';' }],
    'PLX1041 csv, seperator: did you mean separator? there is separator, header,',
  ],
  ['ndjson', [{ header: true }], 'PLX1041 ndjson, header: there is unknownColumns, moneyDecimals ('],
  [
    'files with',
    [{ badRecord: 'skip' }],
    'PLX1041 files, badRecord: did you mean badRecords? there is rows,',
  ],
  ['generator', [{ flatout: true }], 'PLX1041 generator, flatout: did you mean flatOut? there is rate,'],
  ['orders', [{ latBy: '1s' }], 'PLX1041 orders, latBy: did you mean lateBy? there is rate,'],
  ['csv of', [], 'PLX1032 csv, schema: undefined, not a schema(...) ('],
  ['csv', [{ separator: '::' }], `PLX1028 csv, separator: '::', not ',' or ';' or '\\t' or '|' (`],
  ['csv', [{ separator: '' }], `PLX1028 csv, separator: '', not`],
  ['csv', [{ header: 'no' }], `PLX1028 csv, header: 'no', not true or false (`],
  ['csv', [{ unknownColumns: 'skip' }], `PLX1028 csv, unknownColumns: 'skip', not 'refuse' or 'ignore' (`],
  ['csv', [{ moneyDecimals: -1 }], 'PLX1029 csv, moneyDecimals: -1, not a whole number from 0 to 15 ('],
  ['csv', [{ moneyDecimals: 16 }], 'PLX1029 csv, moneyDecimals: 16'],
  ['csv', [{ moneyDecimals: 1.5 }], 'PLX1029 csv, moneyDecimals: 1.5'],
  ['csv', [{ moneyDecimals: Number.NaN }], 'PLX1029 csv, moneyDecimals: NaN'],
  ['csv', [{ moneyDecimals: '2' }], `PLX1029 csv, moneyDecimals: '2'`],
  ['ndjson of', [Tick.wire], 'PLX1032 ndjson, schema: '],
  ['ndjson', [{ unknownColumns: true }], 'PLX1028 ndjson, unknownColumns: true, not'],
  ['ndjson', [{ moneyDecimals: -2 }], 'PLX1029 ndjson, moneyDecimals: -2, not'],
  ['files of', [undefined], 'PLX1030 files, where: undefined ('],
  ['files of', [''], `PLX1030 files, where: '' (`],
  ['files of', [[]], 'PLX1030 files, where: [] ('],
  ['files of', [['a.csv', '']], `PLX1030 files, where: [ 'a.csv', '' ] (`],
  ['files of', [['a.csv', 7]], `PLX1030 files, where: [ 'a.csv', 7 ] (`],
  ['files', [undefined], 'PLX1031 files, rows: undefined ('],
  ['files', [{ rows: Tick }], 'PLX1031 files, rows: RowSchema {'],
  ['files', [{ rows: { extension: 'csv', encode: row } }], `PLX1031 files, rows: { extension: 'csv'`],
  ['files with', [{ badRecords: 'ignore' }], `PLX1028 files, badRecords: 'ignore', not 'fail' or 'skip' or`],
  ['files with', [{ follow: 'yes' }], `PLX1028 files, follow: 'yes', not true or false (`],
  ['files with', [{ idleAfter: '1 minute' }], 'PLX1005 "1 minute" ('],
  ['files with', [{ outOfOrder: '2s' }], 'PLX1034 files, outOfOrder without eventTime ('],
  ['generator of', [], 'PLX1032 generator, schema: undefined, not a schema(...) ('],
  ['generator', [{ row: undefined }], 'PLX1032 generator, row: undefined, not a function ('],
  ['generator', [{ row: { at: 1 } }], 'PLX1032 generator, row: { at: 1 }, not a function ('],
  ['generator', [{ rate: undefined }], 'PLX1032 generator, rate: undefined, not a function ('],
  ['generator', [{ rate: 0 }], 'PLX1029 generator, rate: 0, not from 1e-9 to 1000000000000 ('],
  ['generator', [{ rate: -5 }], 'PLX1029 generator, rate: -5, not'],
  ['generator', [{ rate: Number.NaN }], 'PLX1029 generator, rate: NaN, not'],
  ['generator', [{ rate: zero }], 'PLX1029 generator, rate: no rows for 100001 seconds'],
  ['generator', [{ rate: () => -1 }], 'PLX1029 generator, rate: the rate of second 0 is -1, not'],
  ['generator', [{ rate: none }], 'the rate of second 0: RangeError: no rate ('],
  ['generator', [{ flatOut: 1 }], 'PLX1028 generator, flatOut: 1, not true or false'],
  ['generator', [{ rows: -1 }], 'PLX1029 generator, rows: -1, not a whole number from 0 on ('],
  ['generator', [{ rows: 2.5 }], 'PLX1029 generator, rows: 2.5, not'],
  ['generator', [{ rows: Number.NaN }], 'PLX1029 generator, rows: NaN, not'],
  ['generator', [{ rows: '9' }], `PLX1029 generator, rows: '9', not`],
  ['generator', [{ from: new Date(0) }], 'PLX1029 generator, from: 1970-01-01T00:00:00.000Z, not'],
  ['generator', [{ from: 0.5 }], 'PLX1029 generator, from: 0.5, not'],
  ['generator', [{ seed: 'x' }], `PLX1029 generator, seed: 'x', not`],
  ['generator', [{ outOfOrder: 5 }], 'PLX1034 generator, outOfOrder without eventTime ('],
  ['orders of', [], 'PLX1032 orders, rate: undefined, not a function ('],
  ['orders', [{ rate: 0 }], 'PLX1029 orders, rate: 0, not'],
  ['orders', [{ rows: -1 }], 'PLX1029 orders, rows: -1, not'],
  ['orders', [{ late: 2 }], 'PLX1029 orders, late: 2, not from 0 to 1 ('],
  ['orders', [{ late: Number.NaN }], 'PLX1029 orders, late: NaN, not'],
  ['orders', [{ repeats: -0.1 }], 'PLX1029 orders, repeats: -0.1, not from 0 to 1 ('],
  ['orders', [{ lateBy: 'soon' }], 'PLX1005 "soon" ('],
  ['orders', [{ outOfOrder: -1 }], 'PLX1005 -1 ('],
  ['burst of', [], 'PLX1029 burst, calm: undefined, not from 1 to 1000000000000 ('],
  ['burst', [{ calm: 0.5 }], 'PLX1029 burst, calm: 0.5, not'],
  ['burst', [{ factor: -1 }], 'PLX1029 burst, factor: -1, not from 0 to 10000000000 ('],
  ['burst', [{ factor: 1e11 }], 'PLX1029 burst, factor: 100000000000, not'],
  ['burst', [{ at: undefined }], 'PLX1005 undefined ('],
  ['burst', [{ decay: 0 }], 'PLX1005 0 ('],
]

/** Of options that may be anything that is in their range. */
const RIGHT: readonly (readonly [string, readonly unknown[]])[] = [
  ['collection', [Tick, [{ at: 1, price: 2 }], { eventTime: 'at', outOfOrder: 0 }]],
  ['csv', [{ separator: '\t', header: false, unknownColumns: 'ignore', moneyDecimals: 15 }]],
  ['ndjson', [{ unknownColumns: 'ignore', moneyDecimals: 0 }]],
  ['files of', [['a.csv', 'b-*.csv']]],
  ['files with', [{ follow: true, idleAfter: 0, badRecords: 'skip', eventTime: 'at', outOfOrder: '2s' }]],
  ['generator', [{ rate: 0.001, rows: 0, from: -5, seed: 0, flatOut: true }]],
  ['generator', [{ rate: (second: number) => (second < 1000 ? 0 : 5), rows: Infinity }]],
  ['orders', [{ late: 0, repeats: 1, lateBy: 0, outOfOrder: 0 }]],
  ['burst', [{ calm: 1, factor: 0, at: 0, decay: 1 }]],
]

describe('an option that cannot be meant is refused where a source is described, with code and place', () => {
  it.each(WRONG.map(([call, said, message]) => [message, call, said] as const))(
    '%s',
    (message, call, said) => {
      const refused = /^PLX10\d\d .*\(\S*option-check\.test\.ts:\d+\): .*\.\n {2}Why: .*\n {2}Try: /
      expect(() => CALLS[call]!(...said)).toThrow(refused)
      expect(() => CALLS[call]!(...said)).toThrow(message)
    },
  )
})

it.each(RIGHT)('what can be meant is not: %s', (call, said) => {
  expect(CALLS[call]!(...said)).toBeTypeOf(call === 'burst' ? 'function' : 'object')
})
