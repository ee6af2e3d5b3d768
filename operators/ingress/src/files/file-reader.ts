import { BatchBuilder } from '@pollux/sdk'
import type {
  ProbeReply,
  ReadReply,
  ReadRequest,
  RejectedRecord,
  SourcePosition,
  SourceReader,
} from '@pollux/sdk'
import { FormatError, type Piece, type RecordParser, type RowsFormat } from '../format/rows-format.ts'
import { type Cursor, type FileReading, FileWalk, GoneError } from './file-walk.ts'
import { RECORD_BYTES_MAX } from './open-file.ts'

/** A file that grows is looked at this often. */
const POLL_MS = 50
/** How many rows the first answer may have before it needs more memory. */
const ROWS_GUESS = 1024

/** What has been read for an answer so far. */
interface Harvest {
  readonly rows: BatchBuilder
  readonly rejected: RejectedRecord[]
  rejectedBytes: number
}

/**
 * Reads the files of one partition, one after the other in the order of their names, a piece of at most a
 * megabyte at a time and without awaiting: of what the system has in memory that is quicker than a callback.
 */
export class FileReader implements SourceReader {
  readonly #format: RowsFormat
  readonly #follow: boolean
  readonly #parser: RecordParser
  readonly #walk: FileWalk
  #rowsGuess = ROWS_GUESS
  #timer: NodeJS.Timeout | null = null

  constructor(reading: FileReading) {
    this.#format = reading.format
    this.#follow = reading.follow
    this.#parser = reading.format.newParser()
    this.#walk = new FileWalk(reading, this.#parser)
  }

  read(request: ReadRequest, answer: (reply: ReadReply) => void): void {
    const deadline = performance.now() + request.waitMs
    const look = (): void => {
      this.#timer = null
      const left = deadline - performance.now()
      const reply = this.#attempt(request, left <= 0)
      if (reply === null) this.#timer = setTimeout(look, Math.max(1, Math.min(POLL_MS, left)))
      else answer(reply)
    }
    look()
  }

  probe(answer: (reply: ProbeReply) => void): void {
    answer({ kind: 'reached' })
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#walk.close()
  }

  /** Null if there is nothing to say yet. */
  #attempt(request: ReadRequest, isLastTry: boolean): ReadReply | null {
    try {
      return request.to === null ? this.#next(request, isLastTry) : this.#range(request.from, request.to)
    } catch (error) {
      this.#walk.cameTo = null
      if (error instanceof GoneError) return { kind: 'gone', detail: error.message }
      if (error instanceof FormatError) return { kind: 'failed', detail: error.message }
      const { code, message } = error as NodeJS.ErrnoException
      if (code === undefined) throw error
      return code === 'ENOENT' ? { kind: 'gone', detail: message } : { kind: 'unavailable', detail: message }
    }
  }

  #next({ from, bytes }: ReadRequest, isLastTry: boolean): ReadReply | null {
    const cursor = this.#walk.cursorAt(from)
    const harvest = this.#newHarvest()
    for (;;) {
      if (cursor.index >= 0 && this.#walk.turnTo(cursor)) {
        this.#harvest(cursor, null, bytes, harvest)
        if (!isEmpty(harvest)) return this.#answer(cursor, harvest, false)
      }
      if (this.#walk.goOn(cursor)) continue
      if (!this.#follow) return this.#answer(cursor, harvest, true)
      return isLastTry ? this.#answer(cursor, harvest, false) : null
    }
  }

  #range(from: SourcePosition, to: SourcePosition): ReadReply {
    const cursor = this.#walk.cursorAt(from)
    const target = this.#walk.cursorAt(to)
    const harvest = this.#newHarvest()
    while (cursor.index >= 0 && this.#walk.turnTo(cursor) && !isAt(cursor, target)) {
      this.#harvest(cursor, target, Infinity, harvest)
      if (isAt(cursor, target)) break
      if (!this.#walk.goOn(cursor) || cursor.index > target.index) {
        throw new GoneError(`the files end before ${to}, or have no record there`)
      }
    }
    return { ...this.#answer(cursor, harvest, false), to }
  }

  /** Reads records into rows until there are enough, or no more in this file for now. */
  #harvest(cursor: Cursor, target: Cursor | null, bytesMax: number, harvest: Harvest): void {
    const { file } = this.#walk
    for (;;) {
      if (target !== null && isAt(cursor, target)) return
      const before = cursor.offset
      const piece = this.#pieceAt(cursor, target)
      if (piece.from < piece.to) this.#parse(cursor, piece, bytesMax, harvest)
      const isEnough = target === null && !isEmpty(harvest)
      if (isEnough && !this.#mayAdd(cursor, piece, bytesMax, harvest)) return
      if (cursor.offset === before && !file.readOn(cursor.offset) && !this.#isUnstuck(cursor, harvest)) return
    }
  }

  #parse(cursor: Cursor, piece: Piece, bytesMax: number, harvest: Harvest): void {
    const end = this.#parser.parse(piece, harvest.rows, bytesMax)
    const { file } = this.#walk
    const { rejected } = this.#parser
    if (rejected !== null) {
      const where = this.#walk.whereIs(file.offsetOf(rejected.from))
      const bytes = piece.text.bytes.slice(rejected.from, rejected.to)
      harvest.rejected.push({ where, error: rejected.error, bytes })
      harvest.rejectedBytes += bytes.length
    }
    cursor.offset = file.offsetOf(end)
  }

  /** An answer goes on behind a record that is no row, but not beyond what is in memory. */
  #mayAdd({ offset }: Cursor, piece: Piece, bytesMax: number, { rows, rejectedBytes }: Harvest): boolean {
    const isLeft = offset < this.#walk.file.offsetOf(piece.to)
    return isLeft && this.#parser.rejected !== null && rows.byteLength + rejectedBytes < bytesMax
  }

  /** A record that is as long as memory may be: its first line is no row, or there is no line. */
  #isUnstuck(cursor: Cursor, harvest: Harvest): boolean {
    const { file } = this.#walk
    if (!file.isFull) return false
    const piece = file.piece(cursor.offset)
    if (piece.from === piece.to) {
      const where = this.#walk.whereIs(cursor.offset)
      throw new FormatError(`${where}: a line of more than ${RECORD_BYTES_MAX} bytes: is it a text file?`)
    }
    this.#parse(cursor, { ...piece, isLast: true }, Infinity, harvest)
    return true
  }

  /** What is in memory from there on, as far as is asked for. */
  #pieceAt({ index, offset }: Cursor, target: Cursor | null): Piece {
    const { file } = this.#walk
    const piece = file.piece(offset)
    const isOpen = target === null || target.index !== index || target.offset >= file.offsetOf(piece.to)
    return isOpen || piece.from === piece.to ? piece : { ...piece, to: piece.from + (target.offset - offset) }
  }

  #answer(
    cursor: Cursor,
    { rows, rejected }: Harvest,
    ended: boolean,
  ): ReadReply & { readonly kind: 'rows' } {
    const to = this.#walk.positionOf(cursor)
    this.#walk.cameTo = to
    if (rows.rows > 0) this.#rowsGuess = rows.rows + ROWS_GUESS
    return { kind: 'rows', to, rows: rows.rows === 0 ? null : rows, rejected, ended }
  }

  #newHarvest(): Harvest {
    const rows = new BatchBuilder(this.#format.schema.wire, this.#rowsGuess)
    return { rows, rejected: [], rejectedBytes: 0 }
  }
}

function isEmpty({ rows, rejected }: Harvest): boolean {
  return rows.rows === 0 && rejected.length === 0
}

function isAt(cursor: Cursor, target: Cursor): boolean {
  return cursor.index === target.index && cursor.offset >= target.offset
}
