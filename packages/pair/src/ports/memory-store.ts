import { assert } from '@pollux/std'
import type { Decision, Image } from '@pollux/protocol'
import type { StoreReply, StoreRequest } from './buffer-store.ts'
import { entryBytes, imageBytes, partBytes } from './stored-bytes.ts'

/** One decision log: contiguous entries, fenced by (run, generation). */
interface Log {
  run: number
  generation: number
  /** Index of the first entry kept. */
  first: number
  readonly entries: Decision[]
}

/**
 * The store's contract in its plainest form. It promises nothing beyond the life of the machine that holds
 * it, and has a capacity so that a full disk can be played.
 */
export class MemoryStore {
  capacityBytes: number
  #usedBytes = 0
  #reservedBytes = 0
  #reservedAt = -1
  readonly #logs = new Map<string, Log>()
  readonly #blobs = new Map<string, Image>()
  /** Blobs whose last piece has not come. */
  readonly #unfinished = new Map<string, { readonly attempt: number; readonly pieces: readonly Image[] }>()

  constructor(capacityBytes = Number.MAX_SAFE_INTEGER) {
    this.capacityBytes = capacityBytes
  }

  get reservedBytes(): number {
    return this.#reservedBytes
  }

  /** What a whole blob takes. */
  bytesOf(blob: string): number {
    return imageBytes(this.#blobs.get(blob) ?? [])
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  handle(request: StoreRequest): StoreReply {
    switch (request.kind) {
      case 'fence':
        return this.#fence(request)
      case 'append':
        return this.#append(request)
      case 'read':
        return this.#read(request)
      case 'truncate':
        return this.#truncate(request)
      case 'put':
        return this.#put(request)
      case 'get':
        return this.#get(request)
      case 'list':
        return {
          kind: 'names',
          names: namesIn(this.#blobs, request.prefix),
          unfinished: namesIn(this.#unfinished, request.prefix),
        }
      case 'delete':
        this.#discard(request.blob)
        this.#delete(request.blob)
        return { kind: 'done' }
      case 'discard':
        this.#discard(request.blob)
        return { kind: 'done' }
      case 'reserve':
        return this.#reserve(request)
    }
  }

  #fence(request: StoreRequest & { kind: 'fence' }): StoreReply {
    const log = this.#log(request.log)
    if (older(request, log)) return { kind: 'refused', reason: 'fenced' }
    log.run = request.run
    log.generation = request.generation
    return { kind: 'fenced', first: log.first, tail: tailOf(log) }
  }

  #append(request: StoreRequest & { kind: 'append' }): StoreReply {
    const log = this.#log(request.log)
    if (older(request, log)) return { kind: 'refused', reason: 'fenced' }
    const bytes = request.entries.reduce((sum, entry) => sum + entryBytes(entry), 0)
    if (request.entries[0]?.index !== tailOf(log) + 1) return { kind: 'refused', reason: 'gap' }
    const spared = request.reserved ? 0 : this.#reservedBytes
    if (this.#usedBytes + spared + bytes > this.capacityBytes) return { kind: 'refused', reason: 'full' }
    for (const entry of request.entries) {
      assert(entry.index === tailOf(log) + 1, 'entries of one append are consecutive')
      log.entries.push(entry)
    }
    this.#usedBytes += bytes
    return { kind: 'appended', tail: tailOf(log) }
  }

  #read(request: StoreRequest & { kind: 'read' }): StoreReply {
    const log = this.#log(request.log)
    if (request.from < log.first) return { kind: 'refused', reason: 'truncated' }
    const at = request.from - log.first
    const past = Math.min(at + request.most, log.entries.length)
    let [next, bytes] = [at, 0]
    while (next < past && (next === at || bytes + entryBytes(log.entries[next]!) <= request.bytes)) {
      bytes += entryBytes(log.entries[next++]!)
    }
    return { kind: 'entries', from: request.from, entries: log.entries.slice(at, next) }
  }

  #truncate(request: StoreRequest & { kind: 'truncate' }): StoreReply {
    const log = this.#log(request.log)
    const through = Math.min(request.through, tailOf(log))
    if (through >= log.first) {
      const removed = log.entries.splice(0, through - log.first + 1)
      this.#usedBytes -= removed.reduce((sum, entry) => sum + entryBytes(entry), 0)
      log.first = through + 1
    }
    return { kind: 'done' }
  }

  #put(request: StoreRequest & { kind: 'put' }): StoreReply {
    if (this.#blobs.has(request.blob)) return { kind: 'done' }
    const unfinished = this.#unfinished.get(request.blob)
    const newer = unfinished === undefined || request.attempt > unfinished.attempt
    const before = newer ? [] : unfinished.pieces
    if (!newer && request.attempt < unfinished.attempt) return { kind: 'refused', reason: 'gap' }
    if (request.piece !== before.length) return { kind: 'refused', reason: 'gap' }
    // What is left of an older attempt makes way.
    if (newer) this.#discard(request.blob)
    const bytes = imageBytes(request.image)
    const spared = request.reserved ? 0 : this.#reservedBytes
    if (this.#usedBytes + spared + bytes > this.capacityBytes) return { kind: 'refused', reason: 'full' }
    const pieces = [...before, request.image]
    this.#usedBytes += bytes
    this.#unfinished.set(request.blob, { attempt: request.attempt, pieces })
    if (request.last) {
      this.#unfinished.delete(request.blob)
      this.#blobs.set(request.blob, pieces.flat())
    }
    return { kind: 'done' }
  }

  #get({ blob, from, most }: StoreRequest & { kind: 'get' }): StoreReply {
    const whole = this.#blobs.get(blob)
    if (whole === undefined) return { kind: 'image', image: null, next: null }
    let [next, bytes] = [from, 0]
    while (next < whole.length && (next === from || bytes + partBytes(whole[next]!) <= most)) {
      bytes += partBytes(whole[next++]!)
    }
    return { kind: 'image', image: whole.slice(from, next), next: next < whole.length ? next : null }
  }

  #reserve({ bytes, cut }: StoreRequest & { kind: 'reserve' }): StoreReply {
    if (cut < this.#reservedAt) return { kind: 'refused', reason: 'fenced' }
    this.#reservedAt = cut
    this.#reservedBytes = bytes
    return { kind: 'done' }
  }

  #delete(name: string): void {
    this.#usedBytes -= this.bytesOf(name)
    this.#blobs.delete(name)
  }

  #discard(name: string): void {
    this.#usedBytes -= imageBytes(this.#unfinished.get(name)?.pieces.flat() ?? [])
    this.#unfinished.delete(name)
  }

  #log(name: string): Log {
    const held = this.#logs.get(name)
    if (held !== undefined) return held
    const log: Log = { run: 0, generation: 0, first: 1, entries: [] }
    this.#logs.set(name, log)
    return log
  }
}

function older(request: { readonly run: number; readonly generation: number }, log: Log): boolean {
  return request.run < log.run || (request.run === log.run && request.generation < log.generation)
}

function tailOf(log: Log): number {
  return log.first + log.entries.length - 1
}

function namesIn(blobs: ReadonlyMap<string, unknown>, prefix: string): readonly string[] {
  const names: string[] = []
  for (const name of blobs.keys()) if (name.startsWith(prefix)) names.push(name)
  return names.sort()
}
