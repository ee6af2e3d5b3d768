import { assert } from '@pollux/std'
import { epoch, generation, run } from '@pollux/protocol'
import type { Decision } from '@pollux/protocol'
import {
  BLOB_CLAIMS,
  DURABLE_BLOB_CLAIMS,
  discard,
  get,
  imageReply,
  put,
  putReserved,
  refused,
} from './blob-contract.ts'
import type { StoreReply, StoreRequest } from '../ports/buffer-store.ts'
import { ask, type ContractClaim, expectReply, type Steps } from './contract-claim.ts'

type Claim = ContractClaim<StoreRequest, StoreReply>

const LOG = 'orders/0'
const DONE: StoreReply = { kind: 'done' }

/** What every store does while it lives, by the numbers of its contract. */
export const BUFFER_STORE_CLAIMS: readonly Claim[] = [
  {
    name: 'begins a log at 1 with nothing in it',
    *steps() {
      yield* expectReply(0, fence(1, 1), { kind: 'fenced', first: 1, tail: 0 })
      yield* expectReply(0, read(1), entries(1))
    },
  },
  {
    name: 'refuses everything older once a fence has answered (S1)',
    *steps() {
      yield* expectReply(0, append(1, 1, 1), { kind: 'appended', tail: 1 })
      yield* expectReply(1, fence(1, 2), { kind: 'fenced', first: 1, tail: 1 })
      yield* expectReply(0, append(1, 1, 2), refused('fenced'))
      yield* expectReply(0, fence(1, 1), refused('fenced'))
      yield* expectReply(1, read(1), entries(1, 1))
    },
  },
  {
    name: 'compares run before generation (S1)',
    *steps() {
      yield* expectReply(0, fence(1, 9), { kind: 'fenced', first: 1, tail: 0 })
      yield* expectReply(1, fence(2, 1), { kind: 'fenced', first: 1, tail: 0 })
      yield* expectReply(0, append(1, 10, 1), refused('fenced'))
      yield* expectReply(1, append(2, 1, 1), { kind: 'appended', tail: 1 })
    },
  },
  {
    name: 'lets the same generation fence again (S1)',
    *steps() {
      yield* expectReply(0, fence(1, 2), { kind: 'fenced', first: 1, tail: 0 })
      yield* expectReply(0, append(1, 2, 1), { kind: 'appended', tail: 1 })
      yield* expectReply(0, fence(1, 2), { kind: 'fenced', first: 1, tail: 1 })
    },
  },
  {
    name: 'shows nothing after a fence that was not in the tail it answered (S1)',
    *steps() {
      for (let to = 2; to < 12; to++) {
        const next = to - 1
        const [, fenced] = yield [
          { by: 0, request: append(1, to - 1, next) },
          { by: 1, request: fence(1, to) },
        ]
        assert(fenced?.kind === 'fenced', () => `not fenced: ${JSON.stringify(fenced)}`)
        const held = yield* readAll()
        assert(held.length === fenced.tail, () => `fenced at ${fenced.tail}, later ${held.length} are there`)
        if (fenced.tail < next) yield* expectReply(1, append(1, to, next), { kind: 'appended', tail: next })
      }
    },
  },
  {
    name: 'appends at tail + 1 only (S2)',
    *steps() {
      yield* expectReply(0, append(1, 1, 2), refused('gap'))
      yield* expectReply(0, append(1, 1, 1), { kind: 'appended', tail: 1 })
      yield* expectReply(0, append(1, 1, 3), refused('gap'))
      yield* expectReply(0, read(1), entries(1, 1))
    },
  },
  {
    name: 'takes the entries of one append together (S2)',
    *steps() {
      yield* expectReply(0, append(1, 1, 1, 2, 3), { kind: 'appended', tail: 3 })
      yield* expectReply(0, append(1, 1, 3, 4), refused('gap'))
      yield* expectReply(1, read(1), entries(1, 1, 2, 3))
    },
  },
  {
    name: 'answers an append that is sent twice with a gap, not with a second entry (S4)',
    *steps() {
      yield* expectReply(0, append(1, 1, 1), { kind: 'appended', tail: 1 })
      yield* expectReply(0, append(1, 1, 1), refused('gap'))
      yield* expectReply(0, read(1), entries(1, 1))
    },
  },
  {
    name: 'reads from anywhere, at most as many as asked for',
    *steps() {
      yield* expectReply(0, append(1, 1, 1, 2, 3, 4), { kind: 'appended', tail: 4 })
      yield* expectReply(1, read(2, 2), entries(2, 2, 3))
      yield* expectReply(1, read(4, 9), entries(4, 4))
      yield* expectReply(1, read(5, 9), entries(5))
    },
  },
  {
    name: 'reads at least one entry, and besides about as many bytes as asked for (S8)',
    *steps() {
      const pushes = [{ key: 'key', bytes: new Uint8Array(10_000), rows: 1 }]
      const large = [1, 2, 3, 4].map((index) => ({ ...entry(index), pushes }))
      yield* expectReply(0, { ...append(1, 1), entries: large }, { kind: 'appended', tail: 4 })
      const reply = (from: number, to: number): StoreReply => ({
        kind: 'entries',
        from,
        entries: large.slice(from - 1, to),
      })
      yield* expectReply(1, { ...read(1), bytes: 0 }, reply(1, 1))
      yield* expectReply(1, { ...read(2), bytes: 15_000 }, reply(2, 2))
      yield* expectReply(1, { ...read(2), bytes: 25_000 }, reply(2, 3))
      yield* expectReply(1, { ...read(3), bytes: 60_000 }, reply(3, 4))
    },
  },
  {
    name: 'truncates from the front, and says so to whoever reads there',
    *steps() {
      yield* expectReply(0, append(1, 1, 1, 2, 3), { kind: 'appended', tail: 3 })
      yield* expectReply(0, truncate(2), DONE)
      yield* expectReply(0, truncate(1), DONE)
      yield* expectReply(0, read(2), refused('truncated'))
      yield* expectReply(0, read(3), entries(3, 3))
      yield* expectReply(0, fence(1, 1), { kind: 'fenced', first: 3, tail: 3 })
    },
  },
  {
    name: 'goes on numbering where a log was truncated whole',
    *steps() {
      yield* expectReply(0, append(1, 1, 1, 2), { kind: 'appended', tail: 2 })
      yield* expectReply(0, truncate(99), DONE)
      yield* expectReply(0, fence(1, 1), { kind: 'fenced', first: 3, tail: 2 })
      yield* expectReply(0, append(1, 1, 3), { kind: 'appended', tail: 3 })
    },
  },
  {
    name: 'keeps logs apart',
    *steps() {
      yield* expectReply(0, fence(5, 5), { kind: 'fenced', first: 1, tail: 0 })
      const other = { ...append(1, 1, 1), log: 'orders/10' }
      yield* expectReply(1, other, { kind: 'appended', tail: 1 })
      yield* expectReply(0, read(1), entries(1))
    },
  },
  ...BLOB_CLAIMS,
]

/** What a store that outlives its process does besides. */
export const DURABLE_STORE_CLAIMS: readonly Claim[] = [
  {
    name: 'keeps acknowledged appends, fences and truncations through a restart (S3)',
    *steps() {
      yield* expectReply(0, fence(2, 3), { kind: 'fenced', first: 1, tail: 0 })
      yield* expectReply(0, append(2, 3, 1, 2, 3), { kind: 'appended', tail: 3 })
      yield* expectReply(0, truncate(1), DONE)
      yield 'restart'
      yield* expectReply(0, append(2, 2, 4), refused('fenced'))
      yield* expectReply(0, read(2), entries(2, 2, 3))
      yield* expectReply(0, read(1), refused('truncated'))
      yield* expectReply(0, append(2, 3, 4), { kind: 'appended', tail: 4 })
    },
  },
  ...DURABLE_BLOB_CLAIMS,
]

/** About how much a store holds that is opened for `FULL_STORE_CLAIMS`. */
export const FULL_STORE_BYTES = 1 << 20

/** What a store does that is full. */
export const FULL_STORE_CLAIMS: readonly Claim[] = [
  {
    name: 'still takes a blob within what was reserved, and appends once it is truncated (S5)',
    *steps() {
      const group = { kind: 'group' as const, group: 0, bytes: new Uint8Array(100_000) }
      yield* expectReply(0, reserve(200_000, 0), DONE)
      const tail = yield* fill()
      yield* expectReply(0, read(tail + 1), entries(tail + 1))
      yield* expectReply(0, putReserved('part/a', 0, [group], true), DONE)
      yield* expectReply(0, get('part/a'), imageReply([group]))
      yield* expectReply(0, truncate(tail), DONE)
      yield* expectReply(0, append(1, 1, tail + 1), { kind: 'appended', tail: tail + 1 })
    },
  },
  {
    name: 'keeps what was reserved for a cut when what was for an older one comes late (S5)',
    *steps() {
      const group = { kind: 'group' as const, group: 0, bytes: new Uint8Array(100_000) }
      yield* expectReply(0, reserve(100, 3), DONE)
      yield* expectReply(0, reserve(200_000, 8), DONE)
      yield* expectReply(1, reserve(100, 3), refused('fenced'))
      yield* fill()
      yield* expectReply(0, putReserved('part/a', 0, [group], true), DONE)
    },
  },
  {
    name: 'takes from what was reserved only what says so, be it a blob or an append (S5)',
    *steps() {
      const group = { kind: 'group' as const, group: 0, bytes: new Uint8Array(100_000) }
      yield* expectReply(0, reserve(200_000, 0), DONE)
      const tail = yield* fill()
      yield* expectReply(1, put('part/spare', 0, [group], true), refused('full'))
      yield* expectReply(0, putReserved('part/a', 0, [group], false), DONE)
      yield* expectReply(0, put('part/a', 1, [group], true), refused('full'))
      yield* expectReply(
        0,
        { ...append(1, 1, tail + 1), reserved: true },
        { kind: 'appended', tail: tail + 1 },
      )
      yield* expectReply(1, get('part/spare'), imageReply(null))
      yield* expectReply(0, putReserved('part/a', 1, [], true), DONE)
      yield* expectReply(0, get('part/a'), imageReply([group]))
    },
  },
  {
    name: 'takes a blob in the room of pieces that were discarded (S6)',
    *steps() {
      const group = { kind: 'group' as const, group: 0, bytes: new Uint8Array(100_000) }
      for (let number = 0; number < 50; number++) {
        yield* expectReply(0, put(`part/${number}`, 0, [group], false), DONE)
        yield* expectReply(1, discard(`part/${number}`), DONE)
      }
      yield* expectReply(0, put('part/whole', 0, [group], true), DONE)
      yield* expectReply(1, get('part/whole'), imageReply([group]))
    },
  },
]

/** Appends large entries until one is refused; returns how many were taken. */
function* fill(): Steps<StoreRequest, StoreReply, number> {
  for (let index = 1; index < 1000; index++) {
    const push = { key: `key ${index}`, bytes: new Uint8Array(20_000), rows: 1 }
    const request = { ...append(1, 1), entries: [{ ...entry(index), pushes: [push] }] }
    const reply = yield* ask<StoreRequest, StoreReply>(0, request)
    if (reply.kind === 'appended') continue
    assert(reply.kind === 'refused' && reply.reason === 'full', () => `not full but ${JSON.stringify(reply)}`)
    return index - 1
  }
  assert(false, 'it is never full')
}

function* readAll(): Steps<StoreRequest, StoreReply, readonly Decision[]> {
  const reply = yield* ask<StoreRequest, StoreReply>(1, read(1))
  assert(reply.kind === 'entries', () => `cannot be read: ${JSON.stringify(reply)}`)
  return reply.entries
}

function entry(index: number): Decision {
  return {
    index,
    from: epoch(index - 1),
    to: epoch(index),
    seals: index % 2 === 0,
    reads: [{ from: `${index}`, to: `${index + 1}`, rows: 3, digest: 2 ** 32 - index }],
    watermark: Number.MIN_SAFE_INTEGER + index,
    idle: false,
    pushes: [{ key: `é ${index}`, bytes: Uint8Array.of(index, 0, 255), rows: 1 }],
  }
}

function fence(inRun: number, under: number): StoreRequest {
  return { kind: 'fence', log: LOG, run: run(inRun), generation: generation(under) }
}

function append(inRun: number, under: number, ...indexes: number[]): StoreRequest & { kind: 'append' } {
  const [of, by] = [run(inRun), generation(under)]
  return { kind: 'append', log: LOG, run: of, generation: by, entries: indexes.map(entry), reserved: false }
}

function read(from: number, most = 1000): StoreRequest & { kind: 'read' } {
  return { kind: 'read', log: LOG, from, most, bytes: 1 << 20 }
}

function reserve(bytes: number, cut: number): StoreRequest {
  return { kind: 'reserve', bytes, cut: epoch(cut) }
}

function truncate(through: number): StoreRequest {
  return { kind: 'truncate', log: LOG, through }
}

function entries(from: number, ...indexes: number[]): StoreReply {
  return { kind: 'entries', from, entries: indexes.map(entry) }
}
