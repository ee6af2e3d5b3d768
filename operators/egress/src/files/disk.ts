import { constants } from 'node:fs'
import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises'

/** What is done to the disk, step by step: a test may stop a writer between any two. */
export interface Disk {
  /** Also where it is there already. */
  readonly make: (folder: string) => Promise<void>
  /** A new file, on disk when this returns. */
  readonly write: (file: string, content: Uint8Array) => Promise<void>
  readonly move: (from: string, to: string) => Promise<void>
  readonly remove: (path: string) => Promise<void>
  /** Names in a folder; none if there is no such folder. */
  readonly list: (folder: string) => Promise<readonly string[]>
  readonly has: (path: string) => Promise<boolean>
  /** Names in the folder are on disk when this returns. */
  readonly sync: (folder: string) => Promise<void>
}

export const DISK: Disk = {
  make: async (folder) => {
    await mkdir(folder, { recursive: true })
  },
  write: async (file, content) => {
    const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  move: rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  list: async (folder) => {
    try {
      return await readdir(folder)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return []
      throw error
    }
  },
  has: async (path) => {
    try {
      await access(path)
      return true
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    }
  },
  sync: async (folder) => {
    const handle = await open(folder, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

export function codeOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return typeof code === 'string' ? code : ''
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room, and it goes on',
  EDQUOT: 'the quota is used up: raise it, and it goes on',
  EROFS: 'the disk is mounted for reading only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  ENOENT: 'the folder is not there: was it removed, or is a disk not mounted?',
  ENOTDIR: 'a part of the path is a file',
}

/** What went wrong, for people. */
export function describeTrouble(folder: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const reason = REASONS[codeOf(error)]
  return `cannot write to ${folder}: ${reason === undefined ? message : `${reason} (${message})`}`
}
