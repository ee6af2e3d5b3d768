import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkSink, epoch, schema, SINK_CLAIMS, t } from '@pollux/sdk'
import type { SinkUnderTest, Value } from '@pollux/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { Item, linesOf } from '../../test-kit/epoch-rows.ts'
import { testFolders } from '../../test-kit/folder.ts'
import { commit, open } from '../../test-kit/put.ts'
import { linesIn, namesIn } from '../../test-kit/segments-in.ts'
import { files } from './files.ts'
import { csv } from './rows-text.ts'

const newFolder = testFolders(afterEach)
const PLACE = { partition: 0, partitions: 1, schema: Item }

/** A JSON line as the row it was made of. */
function valuesOf(line: string): Value[] {
  const row = JSON.parse(line) as Record<string, string | number | boolean | null>
  return Object.entries(row).map(([name, value]) => {
    if (name === 'order') return BigInt(String(value))
    if (name === 'raw') return new Uint8Array(Buffer.from(String(value), 'base64'))
    return name === 'share' ? Number(value) : value
  })
}

describe('the claims of a transactional sink', () => {
  it.each(SINK_CLAIMS.transactional)('$name', async (claim) => {
    const folder = newFolder()
    const stored: SinkUnderTest['stored'] = (answer) => answer(linesIn(folder).map(valuesOf))
    await expect(promisify(checkSink)(claim, { sink: files(folder), stored })).resolves.toBeUndefined()
  })
})

it('files without a folder, or without a format to write, are refused', () => {
  const untyped = files as (folder?: unknown, options?: object) => unknown
  for (const folder of [undefined, '', 5])
    expect(() => untyped(folder)).toThrow(
      /^PLX1030 files, folder: .* \(.*files\.test\.ts:\d+\): that is no path/,
    )
  expect(() => untyped('out', { row: csv() })).toThrow('PLX1041 files, row: did you mean rows?')
  for (const rows of [null, 'csv', { newParser: () => undefined }, { encode: () => '' }])
    expect(() => untyped('out', { rows })).toThrow(/^PLX1031 files, rows: .* \(.*files\.test\.ts:\d+\)/)
})

describe('segments', () => {
  it('are named by the records before and after them, and empty ones go', async () => {
    const folder = newFolder()
    const writer = files(folder).open(PLACE)
    await open(writer)
    for (const [from, to] of [
      [0, 2],
      [2, 3],
      [3, 5],
      [5, 6],
    ] as const) {
      expect(await commit(writer, from, to)).toEqual({ kind: 'committed', record: to })
    }
    const name = (from: number, to: string) =>
      `partition=0/from=${String(from).padStart(16, '0')}/to=${to.padStart(23, '0')}`
    expect(namesIn(folder)).toEqual([
      name(0, '2.ndjson'),
      name(3, '5.ndjson'),
      name(5, '6.empty').replace('to=0', 'to='),
    ])
    expect(linesIn(folder)).toEqual(linesOf(0, 6))
  })

  it('may be taken away, but for the newest', async () => {
    const folder = newFolder()
    const writer = files(folder).open(PLACE)
    await open(writer)
    await commit(writer, 0, 1)
    await commit(writer, 1, 2)
    rmSync(join(folder, 'partition=0', 'from=0000000000000000'), { recursive: true })
    const again = files(folder).open(PLACE)
    expect(await open(again, 1, 2, false)).toEqual({ kind: 'record', record: 2 })
  })

  it('are missing when the folder is, and nobody makes it anew', async () => {
    const folder = newFolder()
    const writer = files(join(folder, 'out')).open(PLACE)
    expect(await open(writer, 1, 1, false)).toEqual({ kind: 'missing' })
    expect(await commit(writer, 0, 1)).toEqual({ kind: 'missing' })
    expect(existsSync(join(folder, 'out'))).toBe(false)
    await open(writer)
    await commit(writer, 0, 1)
    rmSync(join(folder, 'out'), { recursive: true })
    expect(await commit(writer, 1, 2)).toEqual({ kind: 'missing' })
    expect(existsSync(join(folder, 'out'))).toBe(false)
  })

  it('are CSV with a header if so wished', async () => {
    const folder = newFolder()
    const Note = schema({ n: t.int32(), note: t.text().optional() })
    const writer = files(folder, { rows: csv() }).open({ ...PLACE, schema: Note })
    await open(writer)
    const notes = ['a', '', null, 'b,"c"\n']
    const rows = notes.map((note, n) => ({ epoch: epoch(0), seq: n, values: [n, note] }))
    await new Promise((resolve) => writer.commit({ expect: epoch(0), record: epoch(1), rows }, resolve))
    expect(linesIn(folder, 'partition=0/*/*.csv').join('\n')).toBe('n,note\n0,a\n1,""\n2,\n3,"b,""c""\n"')
  })
})
