import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { epoch, type Epoch } from '@pollux/sdk'
import { isOlder, type Session } from '../session.ts'
import { codeOf, type Disk } from './disk.ts'
import { fileName, folderName, newestFirst, type Segment, segmentOf } from './segment-names.ts'

const SESSION = /^(\d+)-(\d+)$/

export type Committed = 'committed' | 'taken' | 'fenced' | 'disturbed'

/**
 * The segments of one partition, and what keeps writers apart: moves of folders, which the file system does
 * whole or not at all. No clock, no lock that somebody dead might hold.
 *
 * M1. A segment is made in a stage of its writer's own and moved to its place when it is on disk: rows and
 *     record appear together.
 * M2. Its place is named by the record it goes on from, and a folder cannot be moved over one that holds
 *     something: of two commits on one record, one fails.
 * M3. Whoever opens a session first writes its name, then looks for newer ones, then takes away the names and
 *     the stages of all others. A writer makes its stage, then looks for its session's name. So either the
 *     writer sees that it is fenced, or its stage is gone when it moves.
 * M4. An empty segment goes when a later one is there, after all other stages have been taken away: a writer
 *     that still meant to go on from it cannot, and one that comes later reads the later record.
 */
export class SegmentFolder {
  readonly path: string
  readonly #disk: Disk
  readonly #extension: string
  readonly #sessions: string
  readonly #stages: string
  readonly #stage: string

  constructor(path: string, extension: string, disk: Disk) {
    this.path = path
    this.#disk = disk
    this.#extension = extension
    this.#sessions = join(path, '.sessions')
    this.#stages = join(path, '.stages')
    this.#stage = join(this.#stages, randomUUID())
  }

  /** False if a newer session is open. */
  async openSession(session: Session): Promise<boolean> {
    const name = `${session.run}-${session.generation}`
    await this.#disk.make(join(this.#sessions, name))
    const others = (await this.#disk.list(this.#sessions)).filter((other) => other !== name)
    for (const other of others) {
      const [, run, generation] = SESSION.exec(other) ?? []
      const isNewer =
        run !== undefined && isOlder(session, { run: Number(run), generation: Number(generation) })
      if (!isNewer) continue
      await this.#disk.remove(join(this.#sessions, name))
      return false
    }
    await this.#disk.sync(this.#sessions)
    for (const other of others) await this.#disk.remove(join(this.#sessions, other))
    await this.#clearStages()
    return true
  }

  async exists(): Promise<boolean> {
    return this.#disk.has(this.path)
  }

  /** The newest segment; null if there is none. */
  async newest(): Promise<Segment | null> {
    for (const folder of newestFirst(await this.#disk.list(this.path))) {
      const segment = segmentOf(folder, await this.#disk.list(join(this.path, folder)))
      // An empty one may have gone since it was listed.
      if (segment !== null) return segment
    }
    return null
  }

  async record(): Promise<Epoch | null> {
    const newest = await this.newest()
    if (newest !== null) return newest.to
    return (await this.#disk.has(this.#begun)) ? epoch(0) : null
  }

  /** From here on a folder without segments has the record 0. */
  async begin(): Promise<void> {
    await this.#disk.make(this.#begun)
    await this.#disk.sync(this.path)
  }

  /**
   * `session`: null for a writer that has none, which is not fenced but for M2. `isCurrent` is asked when the
   * stage stands: whether the record still is the one to go on from.
   */
  async commit(
    segment: Segment,
    content: Uint8Array,
    session: Session | null,
    isCurrent: () => Promise<boolean>,
  ): Promise<Committed> {
    const made = join(this.#stage, folderName(segment.from))
    await this.#disk.remove(made)
    await this.#disk.make(made)
    if (session !== null && !(await this.#isOpen(session))) return 'fenced'
    if (!(await isCurrent())) return this.#taken(made)
    try {
      await this.#disk.write(join(made, fileName(segment.to, this.#extension, segment.isEmpty)), content)
      await this.#disk.sync(made)
      await this.#disk.move(made, join(this.path, folderName(segment.from)))
    } catch (error) {
      const code = codeOf(error)
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return this.#taken(made)
      if (code !== 'ENOENT' || !(await this.exists())) throw error
      return session !== null && !(await this.#isOpen(session)) ? 'fenced' : 'disturbed'
    }
    await this.#disk.sync(this.path)
    return 'committed'
  }

  /** Takes an empty segment away behind which there is a later one. */
  async retire({ from }: Segment): Promise<void> {
    await this.#clearStages()
    await this.#disk.make(this.#stage)
    const away = join(this.#stage, `retired-${folderName(from)}`)
    await this.#disk.move(join(this.path, folderName(from)), away)
    await this.#disk.remove(away)
  }

  async #taken(made: string): Promise<Committed> {
    await this.#disk.remove(made)
    return 'taken'
  }

  async leave(): Promise<void> {
    await this.#disk.remove(this.#stage)
  }

  get #begun(): string {
    return join(this.path, '.begun')
  }

  #isOpen({ run, generation }: Session): Promise<boolean> {
    return this.#disk.has(join(this.#sessions, `${run}-${generation}`))
  }

  /** Moved before they are removed: what is removed piece by piece might be moved to its place half empty. */
  async #clearStages(): Promise<void> {
    const own = this.#stage.slice(this.#stages.length + 1)
    for (const name of await this.#disk.list(this.#stages)) {
      if (name === own) continue
      const away = join(this.#stages, `away-${randomUUID()}`)
      try {
        await this.#disk.move(join(this.#stages, name), away)
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error
      }
      await this.#disk.remove(away)
    }
  }
}
