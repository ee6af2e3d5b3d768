import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Columns,
  compile,
  epoch,
  pipeline,
  type RowSet,
  schema,
  type Sink,
  SourceAdapter,
  t,
} from '@pollux/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { testFolders } from '../../test-kit/folder.ts'
import { lastOf, readAll } from '../../test-kit/read-all.ts'
import { csv, type CsvOptions } from '../csv/csv.ts'
import { files } from './files.ts'

const Order = schema({ at: t.timestamp(), province: t.symbol(['zj', 'gd']), amount: t.money() })
const Letter = schema({ where: t.text(), length: t.int32() })
const sink: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }
const folderWith = testFolders(afterEach)
/** A text with this in it. */
const saying = (text: string): string => expect.stringContaining(text) as string
const HEADER = 'at,province,amount\n'

function lines(from: number, to: number): string {
  return Array.from(
    { length: to - from },
    (_, n) => `${1000 + from + n},${n % 3 ? 'zj' : 'gd'},${n * 7}\n`,
  ).join('')
}

const read = (folder: string, more: object = {}) =>
  files(join(folder, '*.csv'), { rows: csv(Order), ...more })

describe('files', () => {
  it('are read in the order of their names, dealt to partitions in turn', async () => {
    const folder = folderWith({
      '2.csv': `${HEADER}2,zj,1`,
      '10.csv': `${HEADER}10,zj,1`,
      '3.csv': `${HEADER}3,gd,1`,
    })
    const times = async (partition: number, partitions: number) =>
      (await readAll(read(folder), 1 << 20, { partition, partitions })).rows.map(([at]) => at)
    expect(await times(0, 1)).toEqual([10, 2, 3])
    expect([await times(0, 2), await times(1, 2)]).toEqual([[10, 3], [2]])
    expect(await times(3, 4)).toEqual([])
  })

  it('that nobody finds are a mistake, unless they may still come', async () => {
    const folder = folderWith()
    expect(lastOf(await readAll(read(folder)))).toMatchObject({
      kind: 'failed',
      detail: `no file is called ${join(folder, '*.csv')}, seen from where the process runs`,
    })
    expect(lastOf(await readAll(read(folder, { follow: true })))).toMatchObject({
      kind: 'rows',
      to: '',
      ended: false,
    })
  })

  it('are read through more than one piece of memory, whatever ends where', async () => {
    const long = lines(0, 120_000)
    const folder = folderWith({ 'a.csv': HEADER + long })
    const all = await readAll(read(folder))
    expect(all.rows.length).toBe(120_000)
    expect(all.rows.map((row) => row.join()).join('\n')).toBe(long.trimEnd())
    expect(all.answers.length).toBeGreaterThan(2)
  })
})

describe('a line that is no row', () => {
  const bad = `${HEADER}1,zj,5\n2,xx,6\n\n3,zj\n4,zj,1,2\nfive,gd,7\n6,gd,8`

  it('is told with its file and line, and the others are read', async () => {
    const folder = folderWith({ 'a.csv': bad })
    const { rows, rejected } = await readAll(read(folder))
    expect(rows).toEqual([
      [1, 'zj', 5],
      [6, 'gd', 8],
    ])
    const at = (line: number) => `${join(folder, 'a.csv')}:${line}`
    expect(rejected).toEqual([
      `${at(3)}: province: "xx" is no symbol of this column`,
      `${at(5)}: 2 fields, and the header has 3`,
      `${at(6)}: 4 fields, and the header has 3`,
      `${at(7)}: at: "five" is no time (whole milliseconds, or ISO 8601 with a zone)`,
    ])
  })

  it('comes out of the ingress in a stream of its own, by the policy deadLetter', () => {
    const folder = folderWith({ 'a.csv': bad, 'b.csv': `${HEADER}7,zj` })
    const source = files(join(folder, '*.csv'), { rows: csv(Order), badRecords: 'deadLetter' })
    const made = pipeline('sales', ({ ingress }) => {
      const orders = ingress('orders', source)
      orders.filter(({ amount }) => amount > 5).egress('large', sink)
      orders.failed
        .map(Letter, ({ where, bytes }) => ({ where, length: bytes.length }))
        .egress('letters', sink)
    })
    const operator = compile(made, undefined).operators('orders', 0)
    const told: unknown[][] = [[], []]
    const emit = (output: number, rows: RowSet): void => {
      for (let row = 0; row < rows.rows; row++)
        told[output]!.push(rows.schema.columns.map(({ index }) => rows.value(index, row)))
    }
    const adapter = new SourceAdapter(source, { partition: 0, partitions: 1 }, () => 0)
    const context = { epoch: epoch(0), now: 0, watermarkBefore: 0 }
    const readFrom = (from: string): void =>
      adapter.request({ kind: 'read', from, to: null, bytes: 1 << 20, waitMs: 0 }, (answer) => {
        if (answer.kind !== 'rows') throw new Error(JSON.stringify(answer))
        if (answer.batch !== null) operator.process(0, answer.batch, context, { emit })
        if (!answer.ended) readFrom(answer.to)
      })
    readFrom('')
    adapter.close()
    expect(told[0]).toEqual([[6, 'gd', 8]])
    const letters = [
      ['a.csv:3', 6],
      ['a.csv:5', 4],
      ['a.csv:6', 8],
      ['a.csv:7', 9],
      ['b.csv:2', 4],
    ].map(([where, length]) => [join(folder, String(where)), length])
    expect(told[1]).toEqual(letters)
  })

  it('is handed out with its bytes, the same ones in small answers', async () => {
    const folder = folderWith({ 'a.csv': bad })
    const [large, small] = [await readAll(read(folder)), await readAll(read(folder), 1)]
    expect(small.rows).toEqual(large.rows)
    expect(small.rejected).toEqual(large.rejected)
    const bytes = large.answers.flatMap((reply) => (reply.kind === 'rows' ? (reply.rejected ?? []) : []))
    expect(bytes.map((one) => Buffer.from(one.bytes).toString())).toEqual([
      '2,xx,6',
      '3,zj',
      '4,zj,1,2',
      'five,gd,7',
    ])
  })
})

describe('a header that does not fit', () => {
  const said = async (text: string, options: CsvOptions = {}) => {
    const folder = folderWith({ 'a.csv': text })
    const last = lastOf(await readAll(files(join(folder, '*.csv'), { rows: csv(Order, options) })))
    return last.kind === 'failed' ? last.detail.replace(join(folder, '/'), '') : last.kind
  }

  it('is told with the file and what would fit', async () => {
    const has = 'the schema has at, province, amount'
    expect(await said('at,amount\n')).toBe(`a.csv:1: the header has no "province"; ${has}`)
    expect(await said('at,province,amount,shop\n')).toBe(
      `a.csv:1: the header has "shop", which the schema does not; ${has} ` +
        `(to leave out what is not wanted: unknownColumns: 'ignore')`,
    )
    expect(await said('at,amount,at,province\n')).toBe('a.csv:1: the header names "at" twice')
    expect(await said('at;province;amount\n')).toContain('(is another separator meant?)')
    expect(await said('1,zj,5\n')).toContain('(is the first line a header? If not: header: false)')
    expect(await said('"at,province\n')).toBe('a.csv:1: its header does not end')
    expect(await said('at,province,amount,shop\n', { unknownColumns: 'ignore' })).toBe('rows')
  })
})

describe('a file that changed under a decision', () => {
  async function decided() {
    const folder = folderWith({ 'a.csv': HEADER + lines(0, 20) })
    const source = read(folder)
    const reader = source.open({ partition: 0, partitions: 1 })
    const ask = (from: string, to: string | null) =>
      new Promise((resolve) => reader.read({ from, to, bytes: 200, waitMs: 0 }, resolve))
    const first = (await ask('', null)) as { to: string }
    const second = (await ask(first.to, null)) as { to: string }
    reader.close()
    const again = source.open({ partition: 0, partitions: 1 })
    const range = () =>
      new Promise((resolve) => again.read({ from: first.to, to: second.to, bytes: 1, waitMs: 0 }, resolve))
    const next = () =>
      new Promise((resolve) => again.read({ from: second.to, to: null, bytes: 200, waitMs: 0 }, resolve))
    return { folder, file: join(folder, 'a.csv'), range, next }
  }

  it('is gone if it shrank', async () => {
    const { file, range, next } = await decided()
    truncateSync(file, HEADER.length + 5)
    expect(await next()).toMatchObject({ kind: 'gone', detail: saying('it shrank') })
    expect(await range()).toMatchObject({ kind: 'gone', detail: saying('it shrank') })
  })

  it('is gone if records lie elsewhere', async () => {
    const { file, next } = await decided()
    writeFileSync(file, `${HEADER}1${lines(0, 20)}`)
    expect(await next()).toMatchObject({ kind: 'gone', detail: saying('written over') })
  })

  it('is gone if it was removed, or others came between', async () => {
    const { folder, file, next } = await decided()
    writeFileSync(join(folder, 'b.csv'), HEADER)
    expect(await next()).toMatchObject({
      kind: 'gone',
      detail: saying('the list of files has changed'),
    })
    rmSync(file)
    const other = await decided()
    rmSync(other.file)
    writeFileSync(join(other.folder, 'b.csv'), HEADER)
    expect(await other.next()).toMatchObject({
      kind: 'gone',
      detail: saying('a.csv is not there any more'),
    })
  })
})

describe('files that are followed', () => {
  it('give what is added, line by line and file by file', async () => {
    const folder = folderWith({ 'a.csv': `${HEADER}1,zj,5\n2,zj` })
    const source = read(folder, { follow: true })
    const first = await readAll(source)
    expect([first.rows, lastOf(first)]).toMatchObject([[[1, 'zj', 5]], { ended: false }])
    appendFileSync(join(folder, 'a.csv'), ',6\n3,gd,7\n')
    const second = await readAll(source, 1 << 20, undefined, first.to)
    expect(second.rows).toEqual([
      [2, 'zj', 6],
      [3, 'gd', 7],
    ])
    writeFileSync(join(folder, 'b.csv'), 'at,prov')
    const third = await readAll(source, 1 << 20, undefined, second.to)
    expect(third.rows).toEqual([])
    appendFileSync(join(folder, 'b.csv'), 'ince,amount\n4,gd,8\n')
    expect((await readAll(source, 1 << 20, undefined, third.to)).rows).toEqual([[4, 'gd', 8]])
    expect((await readAll(source)).rows.length).toBe(4)
  })

  it('keep an answer back until there is something to say', async () => {
    const folder = folderWith({ 'a.csv': HEADER })
    const reader = read(folder, { follow: true }).open({ partition: 0, partitions: 1 })
    const answer = new Promise((resolve) =>
      reader.read({ from: '', to: null, bytes: 99, waitMs: 60_000 }, resolve),
    )
    appendFileSync(join(folder, 'a.csv'), '1,zj,5\n')
    expect(await answer).toMatchObject({ kind: 'rows', rows: { rows: 1 } })
    reader.close()
  })

  it('are gone when one comes before what has been read', async () => {
    const folder = folderWith({ 'b.csv': `${HEADER}1,zj,5\n` })
    const source = read(folder, { follow: true })
    const reader = source.open({ partition: 0, partitions: 1 })
    const ask = (from: string) =>
      new Promise<{ to: string }>((resolve) =>
        reader.read({ from, to: null, bytes: 99, waitMs: 0 }, resolve as never),
      )
    const { to } = await ask('')
    writeFileSync(join(folder, 'a.csv'), `${HEADER}1,zj,5\n`)
    expect(await ask(to)).toMatchObject({ kind: 'gone' })
    reader.close()
    expect(lastOf(await readAll(source, 99, undefined, to))).toMatchObject({ kind: 'gone' })
  })
})
