import type {
  CommitRequest,
  Epoch,
  OpenReply,
  OpenRequest,
  PendingRow,
  RecordReply,
  TransactionalWriter,
  WriteReply,
} from '@pollux/sdk'
import type { Session } from '../session.ts'
import { describeTrouble } from './disk.ts'
import type { SegmentFolder } from './segment-folder.ts'
import type { Segment } from './segment-names.ts'

export type Encode = (rows: readonly PendingRow[]) => Uint8Array

type Trouble = { readonly kind: 'unavailable'; readonly detail: string }

/** One replica's way to the segments of a partition. */
export class FilesWriter implements TransactionalWriter {
  readonly #folder: SegmentFolder
  readonly #encode: Encode
  #session: Session | null = null
  /**
   * What this session wrote last, or found when it was opened. It is the record unless somebody else has gone
   * on from it, and then the move says so: only this session takes segments away.
   */
  #last: Segment | null = null
  #record: Epoch | null = null
  #work: Promise<void> = Promise.resolve()

  constructor(folder: SegmentFolder, encode: Encode) {
    this.#folder = folder
    this.#encode = encode
  }

  open(request: OpenRequest, answer: (reply: OpenReply) => void): void {
    this.#inTurn<OpenReply>(() => this.#open(request), answer)
  }

  commit(request: CommitRequest, answer: (reply: WriteReply) => void): void {
    this.#inTurn<WriteReply>(() => this.#commit(request), answer)
  }

  probe(answer: (reply: RecordReply) => void): void {
    this.#probe().then(answer, (error: unknown) => answer(this.#troubleOf(error)))
  }

  close(): void {
    this.#work = this.#work.then(() => this.#folder.leave()).catch(() => undefined)
  }

  /**
   * Whoever asked may have given up on an answer and open the session anew: what it asked before must be over
   * by then, or it would go on in a session that was opened after it.
   */
  #inTurn<Reply>(act: () => Promise<Reply>, answer: (reply: Reply | Trouble) => void): void {
    this.#work = this.#work.then(act).then(answer, (error: unknown) => answer(this.#troubleOf(error)))
  }

  #troubleOf(error: unknown): Trouble {
    return { kind: 'unavailable', detail: describeTrouble(this.#folder.path, error) }
  }

  async #probe(): Promise<RecordReply> {
    const record = await this.#folder.record()
    return record === null ? { kind: 'missing' } : { kind: 'record', record }
  }

  async #open({ run, generation, create }: OpenRequest): Promise<OpenReply> {
    this.#session = null
    if (!create && !(await this.#folder.exists())) return { kind: 'missing' }
    const session = { run, generation }
    if (!(await this.#folder.openSession(session))) return { kind: 'fenced' }
    if (create && (await this.#folder.record()) === null) await this.#folder.begin()
    this.#last = await this.#folder.newest()
    const reply = await this.#probe()
    if (reply.kind !== 'record') return reply
    this.#session = session
    this.#record = reply.record
    return reply
  }

  async #commit({ expect, record, rows }: CommitRequest): Promise<WriteReply> {
    const before = this.#last
    const segment: Segment = { from: expect, to: record, isEmpty: rows.length === 0 }
    const isCurrent = async (): Promise<boolean> => {
      const found = this.#session === null ? await this.#folder.record() : this.#record
      return found === expect
    }
    if (!(await this.#folder.exists())) return { kind: 'missing' }
    const done = await this.#folder.commit(segment, this.#encode(rows), this.#session, isCurrent)
    switch (done) {
      case 'committed':
        this.#record = record
        this.#last = segment
        if (this.#session !== null && before?.isEmpty === true && before.to === expect)
          await this.#retire(before)
        return { kind: 'committed', record }
      case 'taken':
        return this.#conflict()
      case 'fenced':
        return { kind: 'fenced' }
      case 'disturbed':
        return this.#disturbed(expect)
    }
  }

  /** Whoever took the stage away had most likely gone on by itself. */
  async #disturbed(expect: Epoch): Promise<WriteReply> {
    const reply = await this.#conflict()
    if (reply.kind !== 'conflict' || reply.record !== expect) return reply
    return { kind: 'unavailable', detail: `another writer tidied ${this.#folder.path} up meanwhile` }
  }

  async #conflict(): Promise<WriteReply> {
    this.#last = await this.#folder.newest()
    const reply = await this.#probe()
    if (reply.kind !== 'record') return reply
    this.#record = reply.record
    return { kind: 'conflict', record: reply.record }
  }

  /** What is committed is committed: an empty segment too many does no harm. */
  async #retire(segment: Segment): Promise<void> {
    await this.#folder.retire(segment).catch(() => undefined)
  }
}
