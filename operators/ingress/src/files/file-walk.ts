import type { SourcePlace, SourcePosition } from '@pollux/sdk'
import { FormatError, type RecordParser, type RowsFormat } from '../format/rows-format.ts'
import { decodeFilePosition, encodeFilePosition } from './file-position.ts'
import { type FileSet, findFiles } from './file-set.ts'
import { LineNumber } from './line-number.ts'
import { OpenFile } from './open-file.ts'

export interface FileReading {
  readonly patterns: readonly string[]
  readonly format: RowsFormat
  readonly follow: boolean
  readonly place: SourcePlace
}

/** A place in the list of files; the index is -1 while there is no file. */
export interface Cursor {
  index: number
  offset: number
}

/** What was at a position is not there any more. */
export class GoneError extends Error {}

/**
 * The files of one partition, of which one is open. Turns positions into places and back, and refuses those
 * at which the files are not what they were.
 */
export class FileWalk {
  readonly #reading: FileReading
  readonly #parser: RecordParser
  #files: FileSet | null = null
  #open: { readonly index: number; readonly file: OpenFile; readonly lines: LineNumber } | null = null
  /** Where the records of the open file begin; null while a growing file has no whole header yet. */
  #dataStart: number | null = null
  /** Where reading has come to by itself: it needs no check. */
  cameTo: SourcePosition | null = null

  constructor(reading: FileReading, parser: RecordParser) {
    this.#reading = reading
    this.#parser = parser
  }

  /** The one that `turnTo` has turned to. */
  get file(): OpenFile {
    return this.#open!.file
  }

  /** `orders-3.csv:17`, for people. */
  whereIs(offset: number): string {
    return `${this.#open!.file.name}:${this.#open!.lines.at(offset)}`
  }

  close(): void {
    this.#open?.file.close()
    this.#open = null
    this.#dataStart = null
  }

  positionOf({ index, offset }: Cursor): SourcePosition {
    if (index < 0) return ''
    const list = this.#list
    return encodeFilePosition({ name: list.names[index]!, offset, fingerprint: list.fingerprintAt(index) })
  }

  cursorAt(position: SourcePosition): Cursor {
    const { names } = this.#list
    if (position === '') return { index: Math.min(0, names.length - 1), offset: 0 }
    const decoded = decodeFilePosition(position)
    if (decoded === null) throw new GoneError(`no position in a file: ${position}`)
    const { name, offset, fingerprint } = decoded
    const index = names.indexOf(name)
    if (index < 0) throw new GoneError(`${name} is not there any more, or another partition's`)
    if (this.#list.fingerprintAt(index) !== fingerprint) {
      throw new GoneError(`the list of files has changed since ${name} was read: one was added or removed`)
    }
    return { index, offset }
  }

  /** To the next file, which may have come just now. False if there is none. */
  goOn(cursor: Cursor): boolean {
    if (cursor.index + 1 >= this.#list.names.length && this.#reading.follow) this.#listAgain(cursor)
    if (cursor.index + 1 >= this.#list.names.length) return false
    cursor.index += 1
    cursor.offset = 0
    return true
  }

  /** Opens the file if need be. False while it has no whole header yet. */
  turnTo(cursor: Cursor): boolean {
    if (this.#open?.index !== cursor.index) this.#openFile(cursor.index)
    this.#dataStart ??= this.#findData()
    if (this.#dataStart === null) return false
    const { name } = this.file
    if (cursor.offset === 0) cursor.offset = this.#dataStart
    if (cursor.offset < this.#dataStart) throw new GoneError(`${name} has no record at byte ${cursor.offset}`)
    this.#checkPlace(cursor)
    return true
  }

  #checkPlace(cursor: Cursor): void {
    const { file } = this
    if (cursor.offset === this.#dataStart || this.positionOf(cursor) === this.cameTo) return
    const { size } = file
    if (size < cursor.offset) {
      throw new GoneError(`${file.name} has ${size} bytes, and ${cursor.offset} had been read: it shrank`)
    }
    if (!file.isRecordStart(cursor.offset)) {
      throw new GoneError(`${file.name} has no record at byte ${cursor.offset} any more: it was written over`)
    }
  }

  get #list(): FileSet {
    if (this.#files !== null) return this.#files
    const { patterns, place, follow } = this.#reading
    const found = findFiles(patterns, place, follow)
    if (found.total === 0 && !follow) {
      throw new FormatError(`no file is called ${patterns.join(' or ')}, seen from where the process runs`)
    }
    return (this.#files = found)
  }

  #listAgain({ index }: Cursor): void {
    const before = this.#list
    this.#files = null
    const after = this.#list
    const isSame = index < 0 || after.fingerprintAt(index) === before.fingerprintAt(index)
    if (!isSame) throw new GoneError(`a file was added before ${before.names[index]}, or one removed`)
  }

  #openFile(index: number): void {
    const memory = this.#open?.file.memory ?? null
    this.close()
    const name = this.#list.names[index]!
    const file = new OpenFile(name, this.#reading.follow, memory)
    this.#open = { index, file, lines: new LineNumber(name) }
  }

  #findData(): number | null {
    const { file } = this
    try {
      while (file.readOn(0)) {
        const { text, from, to } = file.piece(0)
        const start = to > from ? this.#parser.begin(text, from, to) : -1
        if (start >= 0) return file.offsetOf(start)
      }
    } catch (error) {
      throw error instanceof FormatError ? new FormatError(`${file.name}:1: ${error.message}`) : error
    }
    if (this.#reading.follow && !file.isFull) return null
    if (file.size === 0) return 0
    throw new FormatError(`${file.name}:1: its header does not end`)
  }
}
