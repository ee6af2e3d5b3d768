import { BatchBuilder, type Columns, type RowSchema, schema, t, type Value } from '@pollux/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteTextOf } from '../cell/byte-text.ts'
import { ndjson, type NdjsonOptions } from './ndjson.ts'

const Row = schema({
  at: t.timestamp(),
  name: t.text(),
  shop: t.symbol({ cap: 1000 }),
  amount: t.money().optional(),
  share: t.float64(),
  small: t.uint8().optional(),
  order: t.int64(),
  paid: t.bool(),
  raw: t.bytes(),
  note: t.text().optional(),
})

function parsed<C extends Columns>(of: RowSchema<C>, text: string, options: NdjsonOptions = {}) {
  const parser = ndjson(of, options).newParser()
  const whole = byteTextOf(text.endsWith('\n') || text === '' ? text : `${text}\n`)
  const rows = new BatchBuilder(of.wire)
  const rejected: string[] = []
  let at = parser.begin(whole, 0, whole.length)
  while (at < whole.length) {
    at = parser.parse({ text: whole, from: at, to: whole.length, isLast: true }, rows, 1e9)
    if (parser.rejected !== null) rejected.push(parser.rejected.error)
  }
  const values = Array.from({ length: rows.rows }, (_, row) =>
    of.wire.columns.map(({ index }) => rows.value(index, row)),
  )
  return { rows: values, rejected }
}

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const anyRow = fc.record({
  at: fc.maxSafeInteger(),
  name: anyText,
  shop: anyText,
  amount: fc.option(fc.maxSafeInteger()),
  share: fc.double({ noNaN: true, noDefaultInfinity: true }),
  small: fc.option(fc.nat({ max: 255 })),
  order: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  paid: fc.boolean(),
  raw: fc.uint8Array({ maxLength: 6 }),
  note: fc.option(anyText),
})
type AnyRow = typeof anyRow extends fc.Arbitrary<infer R> ? R : never

/** Written in one of the ways in which programs write it. */
function lineOf(
  row: AnyRow,
  order: readonly number[],
  spaces: readonly [string, string],
  bare: boolean,
): string {
  const entries = Object.entries(row).map(([name, value]: [string, unknown]) => {
    if (typeof value === 'bigint')
      return `"order"${spaces[0]}:${spaces[1]}${bare ? String(value) : `"${value}"`}`
    const plain = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
    return `${JSON.stringify(name)}${spaces[0]}:${spaces[1]}${JSON.stringify(plain)}`
  })
  const sorted = entries.map((entry, at) => ({ entry, key: order[at]! })).sort((a, b) => a.key - b.key)
  return `{${spaces[1]}${sorted.map(({ entry }) => entry).join(`${spaces[0]},${spaces[1]}`)}${spaces[0]}}`
}

function arrived(value: unknown): Value {
  if (typeof value === 'number') return value + 0
  return (typeof value === 'string' ? value.toWellFormed() : value) as Value
}

describe('NDJSON', () => {
  it('gives back the rows that were written, in whatever form', () => {
    const order = fc.array(fc.nat(), { minLength: 10, maxLength: 10 })
    const spaces = fc.constantFrom<readonly [string, string]>(['', ''], ['', ' '], [' ', '\t'])
    const form = fc.tuple(order, spaces, fc.boolean(), fc.constantFrom('\n', '\r\n'))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyRow, fc.nat({ max: 1 })), { maxLength: 8 }),
        form,
        form,
        (rows, ...forms) => {
          const lines = rows.map(([row, which]) => {
            const [places, blanks, bare, lineEnd] = forms[which]!
            return lineOf(row, places, blanks, bare) + lineEnd
          })
          const expected = rows.map(([row]) => Object.values(row).map(arrived))
          expect(parsed(Row, lines.join(''))).toEqual({ rows: expected, rejected: [] })
        },
      ),
    )
  })

  it('takes exactly the lines that JSON.parse does, and reads the same, whatever came before', () => {
    const Pair = schema({ n: t.float64().optional(), s: t.text().optional() })
    const token = fc.oneof(
      fc.stringMatching(/^-?[0-9]{0,3}(\.[0-9]{0,2})?(e[0-9]?)?$/),
      fc.constantFrom(
        'null',
        'true',
        'nul',
        '[]',
        '{"n":1}',
        '""',
        '"a\\n"',
        '"\t"',
        '"a',
        '"\\',
        'NaN',
        '--1',
        '01',
      ),
    )
    const line = fc.tuple(
      token,
      token,
      fc.constantFrom('{"n":', '{"n": ', '{ "n":', '{"m":'),
      fc.constantFrom('}', '},', ''),
    )
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
        const texts = lines.map(([n, s, begin, end]) => `${begin}${n},"s":${s}${end}`)
        const expected = texts.flatMap((text) => {
          try {
            const { n = null, s = null, ...rest } = JSON.parse(text) as Record<string, unknown>
            const isRow = (n === null || typeof n === 'number') && (s === null || typeof s === 'string')
            return isRow && Object.keys(rest).length === 0 ? [[n, s]] : []
          } catch {
            return []
          }
        })
        // A number as text is one too.
        fc.pre(!lines.some(([n]) => n.startsWith('"')))
        expect(parsed(Pair, `{"n":1,"s":"x"}\n${texts.join('\n')}\n`).rows.slice(1)).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a line', () => {
  const Two = schema({ n: t.int32(), note: t.text().optional() })

  it('that is no row is told why, and the next one is read', () => {
    const { rows, rejected } = parsed(
      Two,
      [
        '\ufeff{"n":1,"note":"a"}',
        '',
        '{"n":1.5}',
        '{"note":"a"}',
        '{"n":null}',
        '{"n":2,"not":"b"}',
        '[1]',
        '{"n":3,"note":4}',
        '{"n":4,"note":{"a":"}"}}',
        '{"n":1e3}',
        '{"n":7,"n":5,"note":"last"}',
      ].join('\n'),
    )
    expect(rows).toEqual([
      [1, 'a'],
      [1000, null],
      [5, 'last'],
    ])
    expect(rejected).toEqual([
      'n: "1.5" is no whole number of 32 bits',
      'there is no "n", and it is not optional',
      'n is null, and not optional',
      '"not" is no column of the schema',
      'the line is no JSON object',
      'note: "4" is no UTF-8 text of at most 1 MiB',
      'note: "{\\"a\\":\\"}\\"}" is no UTF-8 text of at most 1 MiB',
    ])
    expect(parsed(Two, '{"n":1').rejected[0]).toMatch(/^the line is no JSON: /)
  })

  it('may have more than is wanted, and amounts with decimals', () => {
    const Amount = schema({ amount: t.money() })
    const text =
      '{"amount":12.5,"x":{"amount":1}}\n{"x":[],"amount":"-0.07"}\n{"amount":3}\n{"amount":4.25}\n'
    const options = { unknownColumns: 'ignore', moneyDecimals: 2 } as const
    expect(parsed(Amount, text, options)).toEqual({ rows: [[1250], [-7], [300], [425]], rejected: [] })
  })

  it('has 64 bits as a number, and times as text', () => {
    const Wide = schema({ id: t.int64(), at: t.timestamp(), share: t.float64() })
    const text =
      '{"id":9223372036854775807,"at":"2016-11-11T00:00:00+08:00","share":"NaN"}\n' +
      '{"id":1,"at":5,"share":1E400}\n'
    expect(parsed(Wide, text).rows).toEqual([
      [2n ** 63n - 1n, Date.UTC(2016, 10, 10, 16), Number.NaN],
      [1n, 5, Infinity],
    ])
  })
})
