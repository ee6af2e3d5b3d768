import { epoch } from '@pollux/protocol'
import type { Image, ImagePart } from '@pollux/protocol'
import type { Body } from '../src/body.ts'
import { PartWriter } from '../src/checkpoint/part-writer.ts'
import { ImageStream } from '../src/catch-up/image-stream.ts'
import { Stance } from '../src/life/stance.ts'
import type { StoreRequest } from '../src/ports/buffer-store.ts'
import { MemoryStore } from '../src/ports/memory-store.ts'
import { contextAt, taken } from './context-at.ts'

const LIMITS = { replyMs: 500, imageSliceBytes: 1 }
const PIECE: Image = [{ kind: 'egress', record: epoch(4), nextRow: 9, finalBefore: 0 }]

/** A body that stands somewhere and has an image of two parts; the test says what it owes the outside. */
class StillBody implements Body {
  at = epoch(0)
  before = epoch(0)
  settled = true
  owesFrom = Number.POSITIVE_INFINITY
  readonly work = (): void => undefined
  readonly inputPoints = () => []
  readonly load = (): void => undefined
  readonly ack = (): void => undefined

  image(): ImageStream {
    const boundary: ImagePart = { kind: 'boundary', at: this.at, before: this.before, watermark: 0 }
    return new ImageStream([boundary, { kind: 'egress', record: this.at, nextRow: 0, finalBefore: 0 }], null)
  }

  settledOutside(at: number): boolean {
    return at <= this.owesFrom
  }
}

interface Asked {
  readonly id: number
  readonly request: StoreRequest
  readonly text: string
}

/** A part writer of sums/0, its body, and a store that answers when asked to. */
export class PartBench {
  readonly context = contextAt('sums/0', { limits: LIMITS, checkpointEvery: 10 })
  readonly stance = new Stance(this.context)
  readonly writer = new PartWriter(this.context, this.stance)
  readonly body = new StillBody()
  readonly store = new MemoryStore()

  constructor() {
    this.stance.writesParts = true
  }

  passes(from: number, to: number): PartBench {
    this.body.at = epoch(from)
    this.writer.passing(this.body, epoch(to))
    return this
  }

  after(ms: number): PartBench {
    this.context.now += ms
    return this
  }

  /** There is a whole part of that name, by whomever. */
  holdsPart(blob: string): PartBench {
    const put = { kind: 'put', blob, attempt: 0, piece: 0, image: PIECE, last: true, reserved: true } as const
    this.store.handle(put)
    return this
  }

  /** Of an attempt that somebody has given up. */
  holdsPieceOf(blob: string): PartBench {
    this.store.handle({ kind: 'put', blob, attempt: 0, piece: 0, image: PIECE, last: false, reserved: false })
    return this
  }

  /** Has everything answered that it asks for, until there is nothing more; what it has put. */
  stores(): string[] {
    return this.asks().filter((one) => one.startsWith('part/'))
  }

  /** The same, with all the rest that it asks for. */
  asks(): string[] {
    const texts: string[] = []
    for (;;) {
      const [asked] = this.asksOne()
      if (asked === undefined) return texts
      texts.push(asked.text)
      this.writer.onReply(asked.id, this.store.handle(asked.request))
    }
  }

  /** Goes on until it has put a piece that is not answered yet. */
  puts(): Asked {
    for (;;) {
      const [asked] = this.asksOne()
      if (asked === undefined) throw new Error('puts nothing')
      if (asked.request.kind === 'put') return asked
      this.writer.onReply(asked.id, this.store.handle(asked.request))
    }
  }

  asksOne(): readonly Asked[] {
    this.writer.poll(this.body)
    return taken(this.context, 'store').map(({ id, request }) => ({ id, request, text: textOf(request) }))
  }
}

function textOf(request: StoreRequest): string {
  if (request.kind === 'list') return `list ${request.prefix}`
  if (request.kind === 'discard') return `discard ${request.blob}`
  if (request.kind === 'put') return `${request.blob} ${request.piece}${request.last ? ' last' : ''}`
  return request.kind
}
