import { BatchBuilder, type Columns, type RowSchema, schema, t, type Value } from '@pollux/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteTextOf } from '../cell/byte-text.ts'
import { csv, type CsvOptions } from './csv.ts'

const Row = schema({
  at: t.timestamp(),
  name: t.text(),
  province: t.symbol(['Zhejiang', 'Inner Mongolia Autonomous Region', '京', '']),
  shop: t.symbol({ cap: 1000 }),
  amount: t.money().optional(),
  share: t.float64(),
  small: t.uint8().optional(),
  order: t.int64(),
  paid: t.bool(),
  note: t.text().optional(),
})

/** Rows and what was refused, of a whole text given at once or in pieces that end anywhere. */
function parsed<C extends Columns>(
  of: RowSchema<C>,
  text: string,
  options: CsvOptions = {},
  bytesMax = 1e9,
  cut = 1e9,
) {
  const parser = csv(of, options).newParser()
  const rows: (readonly Value[])[] = []
  const rejected: string[] = []
  const whole = text.endsWith('\n') || text === '' ? text : `${text}\n`
  const bytes = byteTextOf(whole)
  let at = parser.begin(bytes, 0, bytes.length)
  let seen = Math.min(bytes.length, at + cut)
  while (at < bytes.length) {
    // A piece ends with a line; a record that does not end in it is given again with more behind it.
    const to = bytes.bytes.lastIndexOf(10, seen - 1) + 1
    const isLast = seen === bytes.length
    const builder = new BatchBuilder(of.wire)
    const from = at
    if (to > from) at = parser.parse({ text: bytes, from, to, isLast }, builder, bytesMax)
    for (let row = 0; row < builder.rows; row++) {
      rows.push(of.wire.columns.map(({ index }) => builder.value(index, row)))
    }
    if (to > from && parser.rejected !== null) rejected.push(parser.rejected.error)
    if (at === from) {
      if (isLast) throw new Error(`stuck at ${at}`)
      seen = Math.min(bytes.length, seen + cut)
    }
  }
  return { rows, rejected }
}

const anyText = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.stringMatching(/^[a",\r\n 京]{0,12}$/),
  fc.string({ minLength: 30, maxLength: 60 }),
)
const rowOf: fc.Arbitrary<Value[]> = fc.tuple(
  fc.oneof(fc.integer(), fc.maxSafeInteger()),
  anyText,
  fc.constantFrom('Zhejiang', 'Inner Mongolia Autonomous Region', '京', ''),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.option(fc.maxSafeInteger()),
  fc.double(),
  fc.option(fc.integer({ min: 0, max: 255 })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.boolean(),
  fc.option(anyText),
)

/** Quotes where they are needed, and elsewhere too if so chosen. */
function written(
  rows: readonly Value[][],
  quotes: readonly boolean[],
  separator: string,
  lineEnd: string,
): string {
  let field = 0
  const cell = (value: Value): string => {
    if (value === null) return ''
    const text = String(value)
    const must = text === '' || text.includes(separator) || /["\r\n]/.test(text)
    return must || quotes[field++ % quotes.length] ? `"${text.replaceAll('"', '""')}"` : text
  }
  return rows.map((row) => row.map(cell).join(separator) + lineEnd).join('')
}

/** As it reads after it was written: one zero only, and lone halves of pairs replaced. */
function arrived(value: Value): Value {
  if (typeof value === 'number') return value + 0
  return typeof value === 'string' ? value.toWellFormed() : value
}

describe('CSV', () => {
  it('gives back the rows that were written, however they are quoted, cut and bounded', () => {
    fc.assert(
      fc.property(
        fc.array(rowOf, { minLength: 1, maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 1 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 300 }),
        fc.boolean(),
        (rows, quotes, separator, lineEnd, cut, cutsLast) => {
          const names = Object.keys(Row.columns).join(separator)
          const text = `${names}${lineEnd}${written(rows, quotes, separator, lineEnd)}`
          const whole = cutsLast ? text.slice(0, -lineEnd.length) : text
          const options = { separator } as CsvOptions
          const expected = rows.map((row) => row.map(arrived))
          expect(parsed(Row, whole, options)).toEqual({ rows: expected, rejected: [] })
          expect(parsed(Row, whole, options, cut, cut)).toEqual({ rows: expected, rejected: [] })
        },
      ),
      { numRuns: 300 },
    )
  })

  it('finds the same rows and faults in any bytes, cut anywhere', () => {
    const Small = schema({ n: t.int32(), s: t.symbol({ cap: 50 }), note: t.text().optional() })
    const bytes = fc.stringMatching(/^[0-9a,"\r\n-]{0,80}$/)
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 40 }), (text, cut) => {
        const whole = parsed(Small, text, { header: false })
        expect(parsed(Small, text, { header: false }, 1, cut)).toEqual(whole)
      }),
      { numRuns: 1000 },
    )
  })

  it('takes plain records and others for the same rows', () => {
    const Plain = schema({
      at: t.timestamp(),
      province: t.symbol({ cap: 99 }),
      amount: t.money(),
      small: t.uint16(),
    })
    const plain = fc.tuple(
      fc.oneof(fc.integer(), fc.maxSafeInteger()).map(String),
      fc.stringMatching(/^[a-z ]{0,20}$/),
      fc
        .oneof(fc.nat(), fc.maxSafeInteger(), fc.constantFrom('', '-', '1-', '+1', '007', '1e3', '12a4'))
        .map(String),
      fc.integer({ min: -10, max: 70_000 }).map(String),
    )
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 20 }), fc.constantFrom('\n', '\r\n'), (rows, lineEnd) => {
        const text = rows.map((row) => row.join(',') + lineEnd).join('')
        // Quotes around everything: the loop for plain records takes none of them.
        const quoted = rows.map((row) => row.map((cell) => `"${cell}"`).join(',') + lineEnd).join('')
        expect(parsed(Plain, text, { header: false })).toEqual(parsed(Plain, quoted, { header: false }))
      }),
    )
  })
})

describe('a CSV file', () => {
  const Two = schema({ n: t.int32(), note: t.text().optional() })
  const rowsOf = (text: string, options: CsvOptions = {}) => parsed(Two, text, options).rows

  it('may begin with a mark, have its columns in another order, and end without a line end', () => {
    expect(rowsOf('\ufeffnote,n\na,1\n\r\n\n"",2\n,3')).toEqual([
      [1, 'a'],
      [2, ''],
      [3, null],
    ])
    expect(rowsOf('\ufeff1,a\n', { header: false })).toEqual([[1, 'a']])
  })

  it('may lack an optional column, and have others that are not wanted', () => {
    expect(rowsOf('n\n1\n2\n')).toEqual([
      [1, null],
      [2, null],
    ])
    expect(rowsOf('x,n,"y ""z"""\n"a\n,b",1,c\nd,2,\n', { unknownColumns: 'ignore' })).toEqual([
      [1, null],
      [2, null],
    ])
  })

  it('says what is wrong with a record, and goes on behind it', () => {
    const { rows, rejected } = parsed(Two, 'n,note\n1,"a"b\n2,b\n3,"c\n4,d\n\u00e9,e\n5,\ud800\n')
    expect(rejected).toEqual([
      '"b" after a closing quote',
      'a quote that is not closed',
      'n: "\u00e9" is no whole number of 32 bits',
    ])
    expect(rows.map(([n]) => n)).toEqual([2, 4, 5])
    expect(parsed(Two, 'n,note\n,a\n1\n2,b,c,"d\ne"\n').rejected).toEqual([
      'n is empty, and not optional',
      '1 fields, and the header has 2',
      '4 fields, and the header has 2',
    ])
    expect(parsed(Two, '1\n', { header: false }).rejected).toEqual(['1 fields, and the schema has 2'])
  })

  it('has amounts with as many decimals as it says', () => {
    const Amount = schema({ amount: t.money() })
    const { rows, rejected } = parsed(Amount, 'amount\n12.5\n-0.07\n3\n1.234\n', { moneyDecimals: 2 })
    expect([rows, rejected]).toEqual([
      [[1250], [-7], [300]],
      ['amount: "1.234" is no amount with up to 2 decimals, below 2^53 minor units'],
    ])
    const whole = 'is no amount in whole minor units below 2^53 (moneyDecimals says how many decimals'
    expect(parsed(Amount, 'amount\n12.5\n').rejected[0]).toMatch(`"12.5" ${whole}`)
    expect(parsed(Amount, `amount\n${2 ** 53}\n`).rejected[0]).toMatch(whole)
  })

  it('has times, bytes and truth as they are usually written', () => {
    const Other = schema({ at: t.timestamp(), raw: t.bytes(), paid: t.bool(), share: t.float64() })
    const { rows, rejected } = parsed(
      Other,
      'at,raw,paid,share\n2016-11-11T00:00:00+08:00,AAr/,true,NaN\n5,,0,-Infinity\n' +
        '5,A,1,1\n5,,yes,1\n5,,1,one\n',
    )
    expect(rows).toEqual([
      [Date.UTC(2016, 10, 10, 16), new Uint8Array([0, 10, 255]), true, Number.NaN],
      [5, new Uint8Array(0), false, -Infinity],
    ])
    expect(rejected).toEqual([
      'raw: "A" is no base64 of at most 1 MiB',
      'paid: "yes" is neither true nor false',
      'share: "one" is no number',
    ])
  })

  it('leaves no trace of a row that was refused', () => {
    const Text = schema({ note: t.text(), n: t.int32() })
    const parser = csv(Text, { header: false }).newParser()
    const text = byteTextOf('a,1\n\u00e9,x\nb,2\n')
    const rows = new BatchBuilder(Text.wire)
    const end = parser.parse({ text, from: 0, to: text.length, isLast: true }, rows, 1e9)
    parser.parse({ text, from: end, to: text.length, isLast: true }, rows, 1e9)
    expect([rows.rows, rows.value(0, 1), rows.isAscii(0)]).toEqual([2, 'b', true])
  })
})
