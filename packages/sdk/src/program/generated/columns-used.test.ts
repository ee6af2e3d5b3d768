import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsUsed } from './columns-used.ts'
import { generatedFunction } from './generated-function.ts'
import { readsLike } from './reads-like.ts'

const COLUMNS = ['at', 'shop', 'amount', 'row', 'note']

function made(text: string): (row: object) => unknown {
  return generatedFunction('test/callback', ['other'], `return ${text}`)!({}) as (row: object) => unknown
}

/** The columns that are found, or all where there is a doubt. */
function used(text: string): string {
  const found = columnsUsed(made(text), COLUMNS)
  return found === null ? 'all' : [...found].join()
}

describe('the columns that a callback reads are found', () => {
  it.each([
    ['({ at, amount }) => at + amount', 'at,amount'],
    ['({ amount: a = 5, at }, emit) => emit(a)', 'at,amount'],
    ['({ shop: { length }, "at": { x, y = [1, 2] } = {} }) => length', 'at,shop'],
    ['({ missing, toString }) => missing', ''],
    ['({ at }, { state, emit }) => { state.at = at; emit(state) }', 'at'],
    ['(row, { emit: [x = row.note] = other(")", 1) }, y = row.shop, ...z) => x + row.at', 'note,shop,at'],
    ['function process({ amount }, { state: { total } = {} }) { return total }', 'amount'],
    ['() => true', ''],
    ['function () { return 1 }', ''],
    ['row => row.at', 'at'],
    ['(row) => row.at > 5 && row?.shop === "tea"', 'at,shop'],
    ['(row, emit,) => { emit({ at: row["at"], shop: row\n .shop }) }', 'at,shop'],
    ['function keeps(row) { const x = other.row; return `${row.at} of ${`${row.note}`}` }', 'at,note'],
    ['({ keeps(row) { return row.at } }).keeps', 'at'],
    ['(row) => { row.note = (row.amount + 1) / 2; return [1] / row.at }', 'note,amount,at'],
    ['(row) => /[/"]/.test(row.note) && "/*".length', 'note'],
    ['(row) => { if (row.at) /row.shop/.test(row.note) }', 'at,note'],
    ['(row) => "row.shop" + row.at // row.amount\n', 'at'],
    ['(row) => row.at ?.5 : row.amount', 'at,amount'],
    ['(row) => [1].map((x) => x * row.amount)', 'amount'],
    ["(row) => { const x = '.'\nrow.at++ }", 'at'],
    ['(row) => row.row', 'row'],
    ['(row) => other.return / row.at / other.of / row.note / 2', 'at,note'],
    ['(row) => other.if(1) / row.at / 2', 'at'],
  ])('%s', (text, columns) => {
    expect(used(text)).toBe(columns)
  })
})

describe('the columns of a row that comes second are found', () => {
  it.each([
    ['(state, row) => { state.note = row.amount }', 'amount'],
    ['(state, { shop, at: when = 5 }) => { state.note += shop.length + when }', 'at,shop'],
    ['({ at }, row) => at + row.shop', 'shop'],
    ['([at = (1, 2)] = [], row) => at + row.shop', 'shop'],
    ['function add(state, row) { return state.at + row.note }', 'note'],
    ['({ add(state, row) { state.at += row.amount } }).add', 'amount'],
    ['(state = { get: (a, b) => a }, row, x = row.note) => state.row + row.at', 'note,at'],
    ['(state) => state.at', ''],
    ['state => state.at', ''],
    ['() => true', ''],
    ['(...all) => all[1].at', 'all'],
    ['(state, ...all) => all[0].at', 'all'],
    ['(state, row) => other(row)', 'all'],
    ['(state = () => row, row) => row.at', 'all'],
    ['function (state) { return arguments[1].at }', 'all'],
  ])('%s', (text, columns) => {
    const found = columnsUsed(made(text), COLUMNS, 1)
    expect(found === null ? 'all' : [...found].join()).toBe(columns)
  })
})

it('of a callback that stands for another one they are those of the other one', () => {
  const asked: unknown[] = []
  const large = ({ amount }: { readonly amount: number }): boolean => amount > 5
  const told = readsLike(large, (row) => asked.push({ ...row }) > 0 && large(row))
  const again = readsLike(told, (row) => told(row))
  expect([large, told, again].map((one) => [...columnsUsed(one, COLUMNS)!])).toEqual([
    ['amount'],
    ['amount'],
    ['amount'],
  ])
  expect([again({ amount: 7 }), asked]).toEqual([true, [{ amount: 7 }]])
})

describe('all columns are kept where there is a doubt', () => {
  it.each([
    '(row) => row',
    '(row) => ({ ...row })',
    '(row) => other(row)',
    '(row) => row[other]',
    '(row) => row["\\x61t"]',
    '(row) => row.hasOwnProperty("at")',
    '(row) => row.toString()',
    '(row) => row.missing',
    '(row) => "at" in row',
    '(row) => { row = other; return row.at }',
    '(row) => { for (const x in row) return x }',
    '(row) => [other].map((row) => row.at)',
    '(row) => `${row}`',
    '(row) => { const { at } = row; return at }',
    '(row) => r\\u006fw.at',
    '(row) => ({ row: 1, at: row.at })',
    '({ ...rest }) => rest',
    '({ [other]: x }) => x',
    '({ "\\x61t": x }) => x',
    '(row = {}) => row.at',
    '([row]) => row.at',
    '(...rows) => rows[0].at',
    '(row, emit = row) => row.at',
    '(row, { emit = row }) => row.at',
    '(row, [...emit] = [row]) => row.at',
    '(row, emit = (row) => row.at) => row.shop',
    '(row, { row: x }) => row.at',
    'function (row) { return arguments[0].shop }',
    'function () { return arguments }',
    '() => eval("1")',
    'async (row) => row.at',
    'async row => row.at',
    'function* (row) { yield row.at }',
    'async function (row) { return row.at }',
    '((row) => row.at).bind(null)',
    'new Proxy((row) => row.at, {})',
    'class { constructor(row) { row.at } }',
    'Math.max',
    '(row) => { {} /row.at/ }',
    '(row) => row.at-->0',
    '({ get x() { return 1 }, ["y"](row) { return row.at } }).y',
  ])('%s', (text) => {
    expect(used(text)).toBe('all')
  })

  it('whatever the callback itself says that it reads', () => {
    const callback = Object.assign((row: object) => Object.keys(row), { toString: () => '({ at }) => at' })
    expect(columnsUsed(callback, COLUMNS)).toBeNull()
  })
})

/** Pieces of callbacks, of which some hide what they read from a careless look. */
const PIECES = [
  'row.at',
  'row?.shop',
  'row["amount"]',
  'row .note',
  'other.row',
  '"row.at"',
  "'\\''",
  "'.'\n",
  '`a${row.at}b`',
  '`${`${row.shop}`}`',
  '`\\`${row.note}`',
  '/[/]row.at/',
  '/\\//.test("")',
  '/"/',
  "/'/g",
  '/* " */',
  "// '\n",
  '(x) => x',
  '{}',
  '[row.at]',
  '{ x: row.amount }',
  '{ row }',
  '{ row: 1 }',
  '{ ...row }',
  'row',
  '(row)',
  'row = row',
  'if (row.at)',
  'else',
  'return',
  'typeof',
  'let y =',
  '++',
  '--',
  '1',
  '.5',
  '1e3',
  'this',
  'of',
  '=>',
  '...',
  ...'/ / / + - * ; ; , ? : ( ) [ ] { } ! < > = \n'.split(' '),
]
const HEADS = [
  '(row) =>',
  'row =>',
  'function (row)',
  '(row, { x = row.note } = {}) =>',
  '({ at, shop: y }) =>',
  '({ row, ...z }) =>',
  '() =>',
]

it('no column is left out that a callback reads', () => {
  const tally = { ran: 0, sure: 0 }
  const pieces = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 7 })
  fc.assert(
    fc.property(fc.constantFrom(...HEADS), fc.boolean(), pieces, (head, isBlock, parts) => {
      const body = parts.join(' ')
      const block = isBlock || head.startsWith('function')
      let callback: (row: object) => unknown
      try {
        callback = made(block ? `${head} { ${body} }` : `${head} (${body})`)
      } catch {
        return
      }
      const read = new Set<string>()
      const row = new Proxy(Object.fromEntries(COLUMNS.map((name) => [name, name])), {
        get: (target, name) => {
          read.add(String(name))
          return Reflect.get(target, name) as unknown
        },
        has: (target, name) => {
          read.add(String(name))
          return Reflect.has(target, name)
        },
        ownKeys: (target) => {
          for (const name of COLUMNS) read.add(name)
          return Reflect.ownKeys(target)
        },
      })
      if (typeof callback !== 'function') return
      let result: unknown
      try {
        result = callback(row)
      } catch {
        // What it has read before it threw, it has read.
      }
      tally.ran++
      const found = columnsUsed(callback, COLUMNS)
      if (found === null) return
      tally.sure++
      // Callbacks are shown with what they return or miss.
      expect(result === row ? String(callback) : '').toBe('')
      const missed = [...read].filter((name) => COLUMNS.includes(name) && !found.has(name))
      expect(missed.length > 0 ? [...missed, String(callback)] : []).toEqual([])
    }),
    { numRuns: 60_000 },
  )
  expect(tally.ran).toBeGreaterThan(2000)
  expect(tally.sure).toBeGreaterThan(500)
})
