import { join } from 'node:path'
import { promisify } from 'node:util'
import { type AnySource, checkSource, REJECTED_CLAIMS, schema, SOURCE_CLAIMS, t } from '@pollux/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { testFolders } from '../../test-kit/folder.ts'
import { csv } from '../csv/csv.ts'
import { ndjson } from '../ndjson/ndjson.ts'
import { files } from './files.ts'

const Order = schema({ at: t.timestamp(), province: t.symbol(['zj', 'gd']), amount: t.money() })
const Note = schema({ id: t.int32(), note: t.text().optional() })
const folderWith = testFolders(afterEach)
const HEADER = 'at,province,amount\n'
const check = promisify(checkSource)

function joined(count: number, line: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => line(n)).join('')
}

const lineOf = (n: number): string => `${1000 + n},${n % 3 ? 'zj' : 'gd'},${n * 7}\n`
const lines = (from: number, to: number): string => joined(to - from, (n) => lineOf(from + n))

/** Lines that are no rows among those that are: one alone, some at once, first and last in a file. */
const BAD = ['2,xx,6\n', '3,zj\n', '\n', 'five,gd,7\n', `${'long '.repeat(40)}\n`, '4,zj,1,2\n']
const mixed = (from: number, to: number): string =>
  joined(
    to - from,
    (n) => lineOf(from + n) + (n % 4 === 1 ? BAD.slice(n % 6, (n % 6) + 1 + (n % 3)).join('') : ''),
  )

const csvIn = (content: Readonly<Record<string, string>>): AnySource =>
  files(join(folderWith(content), '*.csv'), { rows: csv(Order) })

describe('the claims of a source', () => {
  const layouts: Readonly<Record<string, () => AnySource>> = {
    'one file': () => csvIn({ 'a.csv': HEADER + lines(0, 80) }),
    'many files, some of them empty': () =>
      csvIn({
        'a.csv': HEADER + lines(0, 30),
        'b.csv': HEADER,
        'c.csv': '',
        'd.csv': HEADER + lines(30, 70).trimEnd(),
        'e.csv': HEADER + lines(70, 71),
      }),
    NDJSON: () => {
      const rows = joined(80, (n) => `{"at":${n},"province":"zj","amount":${n * 7}}\n`)
      return files(join(folderWith({ 'a.ndjson': rows }), '*'), { rows: ndjson(Order) })
    },
    'texts of many lengths in quotes': () => {
      const notes = joined(60, (n) => `${n},"${'a""\n'.repeat(n % 9)}"\r\n`)
      return files(join(folderWith({ 'n.csv': `id,note\r\n${notes}` }), 'n.csv'), { rows: csv(Note) })
    },
  }
  for (const [layout, make] of Object.entries(layouts)) {
    it.each(SOURCE_CLAIMS)(`${layout}: $name`, async (claim) => {
      await expect(check(claim, make())).resolves.toBeUndefined()
    })
  }
})

describe('the claims of a source with bad records', () => {
  const layouts: Readonly<Record<string, () => AnySource>> = {
    'one file': () => csvIn({ 'a.csv': HEADER + mixed(0, 80) }),
    'many files, some without a row or without a bad record': () =>
      csvIn({
        'a.csv': `${HEADER}${BAD.join('')}${mixed(0, 30)}`,
        'b.csv': HEADER + BAD.join('').repeat(6),
        'c.csv': '',
        'd.csv': HEADER + lines(30, 40),
        'e.csv': `${HEADER}${mixed(40, 70)}no row, and no end`,
      }),
    NDJSON: () => {
      const bad = ['{"at":1}\n', 'no JSON\n', '{"at":2,"province":"xx","amount":3}\n', '[]\n']
      const row = (n: number): string => `{"at":${n},"province":"zj","amount":${n * 7}}\n`
      const rows = joined(80, (n) => row(n) + (n % 5 === 2 ? bad.slice(n % 4).join('') : ''))
      return files(join(folderWith({ 'a.ndjson': rows }), '*'), { rows: ndjson(Order) })
    },
    'texts of many lengths in quotes': () => {
      const bad = (n: number): string => `no number,"${'b""\n'.repeat(n % 7)}"\r\n`
      const notes = joined(60, (n) => `${n},"${'a""\n'.repeat(n % 9)}"\r\n${n % 3 === 1 ? bad(n) : ''}`)
      return files(join(folderWith({ 'n.csv': `id,note\r\n${notes}` }), 'n.csv'), { rows: csv(Note) })
    },
  }
  for (const [layout, make] of Object.entries(layouts)) {
    it.each(REJECTED_CLAIMS)(`${layout}: $name`, async (claim) => {
      await expect(check(claim, make())).resolves.toBeUndefined()
    })
  }
})
