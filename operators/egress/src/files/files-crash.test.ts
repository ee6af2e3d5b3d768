import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenReply, TransactionalSink } from '@pollux/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { Item, linesOf } from '../../test-kit/epoch-rows.ts'
import { testFolders } from '../../test-kit/folder.ts'
import { commit, open } from '../../test-kit/put.ts'
import { linesIn } from '../../test-kit/segments-in.ts'
import { type Disk, DISK } from './disk.ts'
import { files, filesOn } from './files.ts'

const newFolder = testFolders(afterEach)
const PLACE = { partition: 0, partitions: 1, schema: Item }

/** What is in the system's memory survives a process: where no power fails, nobody need wait for the disk. */
const QUICK: Disk = {
  ...DISK,
  write: (file, content) => writeFile(file, content, { flag: 'wx' }),
  sync: () => Promise.resolve(),
}

/** Does what a disk does until `stop` says otherwise; afterwards nothing at all, as after a crash. */
function failing(stop: (step: string, count: number) => Error | null): Disk {
  let count = 0
  let crashed: Error | null = null
  const steps = Object.entries(QUICK) as [string, (...args: readonly string[]) => Promise<unknown>][]
  return Object.fromEntries(
    steps.map(([name, act]) => [
      name,
      async (...args: readonly string[]) => {
        crashed ??= stop(name, count++)
        if (crashed !== null) throw crashed
        return act(...args)
      },
    ]),
  ) as unknown as Disk
}

class Crash extends Error {}
/** The third one has no rows, and goes with the fourth. */
const COMMITS = 4

describe('a writer that crashes', () => {
  it('between any two steps leaves whole commits, and the next one goes on', async () => {
    let crashes = 0
    for (let last = 0; ; last++) {
      const folder = newFolder()
      const crash = new Crash('crashed')
      const first = filesOn(
        folder,
        {},
        failing((_, count) => (count >= last ? crash : null)),
      ).open(PLACE)
      let told = 0
      const opened = await open(first)
      for (let at = 0; at < COMMITS && opened.kind === 'record'; at += 1) {
        const reply = await commit(first, at, at + 1)
        if (reply.kind === 'committed') told = reply.record
        else expect(reply.kind).toBe('unavailable')
      }
      const next = filesOn(folder, {}, QUICK).open(PLACE)
      const found = await open(next, 1, 2)
      if (found.kind !== 'record') throw new Error(JSON.stringify(found))
      expect(found.record === told || found.record === told + 1).toBe(true)
      expect(linesIn(folder)).toEqual(linesOf(0, found.record))
      expect(await commit(next, found.record, 20)).toEqual({ kind: 'committed', record: 20 })
      expect(linesIn(folder)).toEqual(linesOf(0, 20))
      if (told === COMMITS) break
      crashes += 1
    }
    expect(crashes).toBeGreaterThan(40)
  })

  it('by kill -9 at any moment loses nothing and repeats nothing', async () => {
    const folder = newFolder()
    const program = join(import.meta.dirname, '..', '..', 'test-kit', 'writing-process.ts')
    let told = 0
    for (let life = 1; life <= 5; life++) {
      const child = spawn(process.execPath, [program, folder, String(life)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const until = told + life * 7
      const exit = new Promise<string | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)))
      let printed = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed += text
        const records = printed.split('\n').slice(0, -1)
        told = Math.max(told, ...records.map(Number))
        if (told >= until) child.kill('SIGKILL')
      })
      expect(await exit).toBe('SIGKILL')
      const writer = files(folder).open(PLACE)
      const found = await new Promise<OpenReply>((resolve) => writer.probe(resolve))
      if (found.kind !== 'record') throw new Error(JSON.stringify(found))
      expect(found.record).toBeGreaterThanOrEqual(told)
      expect(linesIn(folder)).toEqual(linesOf(0, found.record))
    }
  })
})

describe('two writers', () => {
  const sinkThat = (pausesAt: (step: string, count: number) => boolean) => {
    let release = (): void => undefined
    let reached = (): void => undefined
    const isReached = new Promise<void>((resolve) => (reached = resolve))
    const gate = new Promise<void>((resolve) => (release = resolve))
    let count = 0
    const steps = Object.entries(QUICK) as [string, (...args: readonly string[]) => Promise<unknown>][]
    const disk = Object.fromEntries(
      steps.map(([name, act]) => [
        name,
        async (...args: readonly string[]) => {
          if (pausesAt(name, count++)) {
            reached()
            await gate
          }
          return act(...args)
        },
      ]),
    ) as unknown as Disk
    return { disk, release, isReached }
  }

  /** One that begins a commit on record 2 and sleeps before the given step of it, until it is released. */
  async function sleeping(folder: string, step: number, leads: boolean) {
    let isCommitting = false
    let seen = 0
    const { disk, release, isReached } = sinkThat(() => isCommitting && seen++ === step)
    const writer = filesOn(folder, {}, disk).open(PLACE)
    if (leads) await open(writer, 1, 2)
    isCommitting = true
    const committing = commit(writer, 2, 4)
    const awake = await Promise.race([isReached.then(() => false), committing.then(() => true)])
    return { release, committing, awake }
  }

  async function begun(folder: string) {
    const founder = filesOn(folder, {}, QUICK).open(PLACE)
    await open(founder)
    await commit(founder, 0, 2)
    return filesOn(folder, {}, QUICK).open(PLACE)
  }

  it.each([
    ['leads, and is fenced meanwhile', true, false],
    ['has no session, and the other opens one meanwhile', false, false],
    ['has no session, and the other has one', false, true],
  ])('of which one sleeps anywhere in a commit and %s: the rows are there once', async (_, leads, isOpen) => {
    let slept = 0
    for (let step = 0; ; step++) {
      const folder = newFolder()
      const leader = await begun(folder)
      if (isOpen) await open(leader, 1, 3)
      const sleeper = await sleeping(folder, step, leads)
      const opened = isOpen ? { kind: 'record', record: 2 } : await open(leader, 1, 3)
      let at = 'record' in opened ? opened.record : -1
      // The first of these has no rows: what it leaves is gone when the sleeper wakes, and its place free.
      for (const to of [3, 5, 6, 9]) {
        if (to <= at) continue
        const reply = await commit(leader, at, to)
        if (reply.kind === 'conflict') at = reply.record
        else expect(reply).toEqual({ kind: 'committed', record: to })
        at = Math.max(at, to)
      }
      sleeper.release()
      const reply = await sleeper.committing
      expect(['committed', 'fenced', 'conflict', 'unavailable']).toContain(reply.kind)
      expect(linesIn(folder)).toEqual(linesOf(0, 9))
      if (sleeper.awake) break
      slept += 1
    }
    expect(slept).toBeGreaterThan(5)
  })

  it('of which one is fenced in mid-commit: from then on nothing of it appears', async () => {
    let fenced = 0
    for (let step = 0; ; step++) {
      const folder = newFolder()
      const leader = await begun(folder)
      const sleeper = await sleeping(folder, step, true)
      const opened = await open(leader, 1, 3)
      sleeper.release()
      const reply = await sleeper.committing
      expect(await open(leader, 1, 3)).toEqual(opened)
      expect(linesIn(folder)).toEqual(linesOf(0, 'record' in opened ? opened.record : 0))
      if (sleeper.awake) break
      if (reply.kind === 'fenced') fenced += 1
    }
    expect(fenced).toBeGreaterThan(3)
  })
})

describe('a disk in trouble', () => {
  const trouble = (code: string): Error => Object.assign(new Error(`${code}: it said`), { code })

  it.each([
    ['ENOSPC', 'the disk is full: make room, and it goes on (ENOSPC: it said)'],
    ['EROFS', 'the disk is mounted for reading only (EROFS: it said)'],
    ['EIO', 'EIO: it said'],
  ])('is told in words, and nothing is lost: %s', async (code, words) => {
    const folder = newFolder()
    let isBad = false
    const sink: TransactionalSink = filesOn(
      folder,
      {},
      refusing(() => isBad, trouble(code)),
    )
    const writer = sink.open(PLACE)
    await open(writer)
    await commit(writer, 0, 1)
    isBad = true
    const detail = `cannot write to ${join(folder, 'partition=0')}: ${words}`
    expect(await commit(writer, 1, 2)).toEqual({ kind: 'unavailable', detail })
    isBad = false
    expect(await open(writer)).toEqual({ kind: 'record', record: 1 })
    expect(await commit(writer, 1, 2)).toEqual({ kind: 'committed', record: 2 })
    expect(linesIn(folder)).toEqual(linesOf(0, 2))
  })

  it('is told where a file stands in the place of the folder', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'out'), '')
    const reply = await open(files(join(folder, 'out')).open(PLACE))
    expect(reply).toMatchObject({
      kind: 'unavailable',
      detail: expect.stringContaining('a part of the path is a file') as string,
    })
  })
})

function refusing(isBad: () => boolean, error: Error): Disk {
  return {
    ...DISK,
    write: (file, content) => (isBad() ? Promise.reject(error) : DISK.write(file, content)),
  }
}
