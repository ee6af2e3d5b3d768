import { epoch } from '@pollux/protocol'
import type { Image } from '@pollux/protocol'
import type { StoreReply, StoreRequest } from '../ports/buffer-store.ts'
import { type ContractClaim, expectReply } from './contract-claim.ts'

type Claim = ContractClaim<StoreRequest, StoreReply>

const DONE: StoreReply = { kind: 'done' }
const ONE: Image = [{ kind: 'group', group: 1, bytes: Uint8Array.of(0, 1, 255) }]
const LARGE: Image = [{ kind: 'group', group: 2, bytes: new Uint8Array(10_000).fill(7) }]
const TWO: Image = [{ kind: 'egress', record: epoch(4), nextRow: 9, finalBefore: 0 }]

/** What every store does with blobs. */
export const BLOB_CLAIMS: readonly Claim[] = [
  {
    name: 'has a blob once its last piece is there',
    *steps() {
      yield* expectReply(0, get('part/a'), imageReply(null))
      yield* expectReply(0, put('part/a', 0, ONE, false), DONE)
      yield* expectReply(1, get('part/a'), imageReply(null))
      yield* expectReply(1, list('part/'), names([], ['part/a']))
      yield* expectReply(0, put('part/a', 1, TWO, true), DONE)
      yield* expectReply(1, get('part/a'), imageReply([...ONE, ...TWO]))
      yield* expectReply(1, list('part/'), names(['part/a']))
    },
  },
  {
    name: 'refuses a piece out of order',
    *steps() {
      yield* expectReply(0, put('part/a', 1, TWO, true), refused('gap'))
      yield* expectReply(0, put('part/a', 0, ONE, false), DONE)
      yield* expectReply(0, put('part/a', 0, ONE, false), refused('gap'))
      yield* expectReply(0, put('part/a', 2, TWO, true), refused('gap'))
      yield* expectReply(0, put('part/a', 1, TWO, true), DONE)
      yield* expectReply(1, get('part/a'), imageReply([...ONE, ...TWO]))
    },
  },
  {
    name: 'begins a blob anew with a newer attempt, and mixes nothing of the older one into it',
    *steps() {
      yield* expectReply(0, put('part/a', 0, TWO, false), DONE)
      yield* expectReply(0, put('part/a', 1, ONE, true, 1), refused('gap'))
      yield* expectReply(0, put('part/a', 0, ONE, false, 1), DONE)
      yield* expectReply(0, put('part/a', 1, TWO, true, 0), refused('gap'))
      yield* expectReply(1, get('part/a'), imageReply(null))
      yield* expectReply(0, put('part/a', 1, TWO, true, 1), DONE)
      yield* expectReply(1, get('part/a'), imageReply([...ONE, ...TWO]))
    },
  },
  {
    name: 'has a blob for good once it is whole, whatever arrives late',
    *steps() {
      yield* expectReply(0, put('part/a', 0, ONE, true), DONE)
      yield [{ by: 0, request: put('part/a', 0, TWO, true, 1) }]
      yield* expectReply(1, get('part/a'), imageReply(ONE))
    },
  },
  {
    name: 'takes a last piece with nothing in it',
    *steps() {
      yield* expectReply(0, put('part/a', 0, ONE, false), DONE)
      yield* expectReply(0, put('part/a', 1, [], true), DONE)
      yield* expectReply(1, get('part/a'), imageReply(ONE))
      yield* expectReply(1, list('part/'), names(['part/a']))
    },
  },
  {
    name: 'hands a blob out piece by piece, at least one part a piece, whatever the pieces it came in (S7)',
    *steps() {
      yield* expectReply(0, put('part/a', 0, [...LARGE, ...TWO], false), DONE)
      yield* expectReply(0, put('part/a', 1, LARGE, true), DONE)
      yield* expectReply(1, get('part/a', 0, 1), imageReply(LARGE, 1))
      yield* expectReply(1, get('part/a', 1, 1), imageReply(TWO, 2))
      yield* expectReply(1, get('part/a', 2, 1), imageReply(LARGE))
      yield* expectReply(0, get('part/a', 1, 100_000), imageReply([...TWO, ...LARGE]))
      yield* expectReply(0, get('part/a', 0, 100_000), imageReply([...LARGE, ...TWO, ...LARGE]))
    },
  },
  {
    name: 'says in the middle of a blob that it has been deleted (S7)',
    *steps() {
      yield* expectReply(0, put('part/a', 0, [...LARGE, ...TWO], true), DONE)
      yield* expectReply(1, get('part/a', 0, 1), imageReply(LARGE, 1))
      yield* expectReply(0, { kind: 'delete', blob: 'part/a' }, DONE)
      yield* expectReply(1, get('part/a', 1, 1), imageReply(null))
    },
  },
  {
    name: 'lists blobs by prefix in order, and deletes one',
    *steps() {
      for (const name of ['part/c', 'part/a', 'other/b']) yield* expectReply(0, put(name, 0, ONE, true), DONE)
      yield* expectReply(1, list('part/'), names(['part/a', 'part/c']))
      yield* expectReply(0, { kind: 'delete', blob: 'part/a' }, DONE)
      yield* expectReply(0, { kind: 'delete', blob: 'part/never' }, DONE)
      yield* expectReply(1, list('part/'), names(['part/c']))
      yield* expectReply(1, get('part/a'), imageReply(null))
    },
  },
  {
    name: 'tells apart what is whole and what lacks its last piece, by prefix and in order (S6)',
    *steps() {
      yield* expectReply(0, put('part/b', 0, ONE, true), DONE)
      for (const name of ['part/d', 'part/a', 'other/c']) {
        yield* expectReply(0, put(name, 0, ONE, false), DONE)
      }
      yield* expectReply(1, list('part/'), names(['part/b'], ['part/a', 'part/d']))
      yield* expectReply(0, put('part/a', 1, TWO, true), DONE)
      yield* expectReply(1, list('part/'), names(['part/a', 'part/b'], ['part/d']))
      yield* expectReply(1, list('other/'), names([], ['other/c']))
    },
  },
  {
    name: 'forgets the pieces of what is discarded: no later piece makes it whole (S6)',
    *steps() {
      yield* expectReply(0, put('part/a', 0, ONE, false), DONE)
      yield* expectReply(1, discard('part/a'), DONE)
      yield* expectReply(1, discard('part/never'), DONE)
      yield* expectReply(1, list('part/'), names([]))
      yield* expectReply(0, put('part/a', 1, TWO, true), refused('gap'))
      yield* expectReply(0, put('part/a', 0, TWO, false, 1), DONE)
      yield* expectReply(0, put('part/a', 1, ONE, true, 1), DONE)
      yield* expectReply(1, get('part/a'), imageReply([...TWO, ...ONE]))
    },
  },
  {
    name: 'discards nothing that is whole (S6)',
    *steps() {
      yield* expectReply(0, put('part/a', 0, ONE, false), DONE)
      yield* expectReply(0, put('part/a', 1, TWO, true), DONE)
      yield* expectReply(1, discard('part/a'), DONE)
      yield* expectReply(1, list('part/'), names(['part/a']))
      yield* expectReply(1, get('part/a'), imageReply([...ONE, ...TWO]))
    },
  },
]

/** What a store does with blobs that outlives its process. */
export const DURABLE_BLOB_CLAIMS: readonly Claim[] = [
  {
    name: 'keeps whole blobs through a restart, and no half ones that it does not tell of (S6)',
    *steps() {
      yield* expectReply(0, put('part/a', 0, ONE, true), DONE)
      yield* expectReply(0, put('part/b', 0, ONE, false), DONE)
      yield 'restart'
      yield* expectReply(1, get('part/a'), imageReply(ONE))
      yield* expectReply(1, get('part/b'), imageReply(null))
      yield* expectReply(1, discard('part/b'), DONE)
      yield* expectReply(1, discard('part/a'), DONE)
      yield* expectReply(1, list('part/'), names(['part/a']))
    },
  },
]

export function put(blob: string, piece: number, image: Image, last: boolean, attempt = 0): StoreRequest {
  return { kind: 'put', blob, attempt, piece, image, last, reserved: false }
}

/** The same, from the room that is reserved. */
export function putReserved(blob: string, piece: number, image: Image, last: boolean): StoreRequest {
  return { kind: 'put', blob, attempt: 0, piece, image, last, reserved: true }
}

export function get(blob: string, from = 0, most = 1 << 30): StoreRequest {
  return { kind: 'get', blob, from, most }
}

export function imageReply(parts: Image | null, next: number | null = null): StoreReply {
  return { kind: 'image', image: parts, next }
}

export function discard(blob: string): StoreRequest {
  return { kind: 'discard', blob }
}

export function refused(reason: (StoreReply & { kind: 'refused' })['reason']): StoreReply {
  return { kind: 'refused', reason }
}

function list(prefix: string): StoreRequest {
  return { kind: 'list', prefix }
}

function names(whole: readonly string[], unfinished: readonly string[] = []): StoreReply {
  return { kind: 'names', names: whole, unfinished }
}
