import { AssertionError } from '@pollux/std'
import { epoch } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import type { StoreReply, StoreRequest } from '../ports/buffer-store.ts'
import {
  BUFFER_STORE_CLAIMS,
  checkClaim,
  type ContractClaim,
  COORDINATOR_CLAIMS,
  FULL_STORE_BYTES,
  FULL_STORE_CLAIMS,
  sameValue,
} from './contract.ts'
import type { CoordinatorReply, CoordinatorRequest } from '../ports/coordinator.ts'
import { MemoryCoordinator } from '../ports/memory-coordinator.ts'
import { MemoryStore } from '../ports/memory-store.ts'

describe('the coordinator in memory', () => {
  it.each(COORDINATOR_CLAIMS)('$name', (claim) => {
    const coordinator = new MemoryCoordinator()
    expect(() => checkClaim(claim, (request) => coordinator.handle(request))).not.toThrow()
  })
})

describe('the store in memory', () => {
  it.each(BUFFER_STORE_CLAIMS)('$name', (claim) => {
    const store = new MemoryStore()
    expect(() => checkClaim(claim, (request) => store.handle(request))).not.toThrow()
  })

  it.each(FULL_STORE_CLAIMS)('$name', (claim) => {
    const store = new MemoryStore(FULL_STORE_BYTES)
    expect(() => checkClaim(claim, (request) => store.handle(request))).not.toThrow()
  })
})

type Planted<Request, Reply> = (honest: (request: Request) => Reply) => (request: Request) => Reply

/** Coordinators that break the contract, and the claim that finds each out. */
const BAD_COORDINATORS: Record<string, Planted<CoordinatorRequest, CoordinatorReply>> = {
  'shows a client what another has been told is written (C1)': (honest) => {
    let stale: CoordinatorReply | null = null
    return (request) => {
      const reply = honest(request)
      if (request.kind !== 'read') return reply
      const late = stale ?? reply
      stale = reply
      return late
    }
  },
  'writes only over the version named, and says what stands there otherwise (C2)': (honest) => (request) => {
    const held = honest({ kind: 'read', key: request.key })
    return request.kind === 'swap' && 'version' in held
      ? honest({ ...request, version: held.version })
      : honest(request)
  },
  'changes nothing by a watch, and needs none (C4)': (honest) => (request) =>
    request.kind === 'watch'
      ? honest({ kind: 'swap', key: request.key, version: 0, value: failureOf(request.key) })
      : honest(request),
  'keeps keys apart, also where one begins like another': (honest) => (request) =>
    honest({ ...request, key: request.key.slice(0, 11) }),
}

/** Stores that break the contract, and the claim that finds each out. */
const BAD_STORES: Record<string, Planted<StoreRequest, StoreReply>> = {
  'refuses everything older once a fence has answered (S1)': (honest) => (request) =>
    request.kind === 'append'
      ? honest({ ...request, generation: (request.generation + 99) as never })
      : honest(request),
  'compares run before generation (S1)': (honest) => (request) =>
    'run' in request ? honest({ ...request, run: 1 as never }) : honest(request),
  'takes the entries of one append together (S2)': (honest) => (request) => {
    if (request.kind !== 'append') return honest(request)
    const replies = request.entries.map((entry) => honest({ ...request, entries: [entry] }))
    return replies.find((reply) => reply.kind === 'appended') ?? replies[0]!
  },
  'truncates from the front, and says so to whoever reads there': (honest) => (request) =>
    request.kind === 'truncate' ? { kind: 'done' } : honest(request),
  'reads at least one entry, and besides about as many bytes as asked for (S8)': (honest) => (request) =>
    honest(request.kind === 'read' ? { ...request, bytes: 1 << 20 } : request),
  'has a blob once its last piece is there': (honest) => (request) =>
    request.kind === 'put' ? honest({ ...request, last: true }) : honest(request),
  'tells apart what is whole and what lacks its last piece, by prefix and in order (S6)':
    (honest) => (request) => {
      const reply = honest(request)
      return reply.kind === 'names' ? { ...reply, unfinished: [] } : reply
    },
  'forgets the pieces of what is discarded: no later piece makes it whole (S6)': (honest) => (request) =>
    request.kind === 'discard' ? { kind: 'done' } : honest(request),
  'discards nothing that is whole (S6)': (honest) => (request) =>
    honest(request.kind === 'discard' ? { kind: 'delete', blob: request.blob } : request),
  'hands a blob out piece by piece, at least one part a piece, whatever the pieces it came in (S7)':
    (honest) => (request) =>
      honest(request.kind === 'get' ? { ...request, from: 0 } : request),
  'says in the middle of a blob that it has been deleted (S7)': (honest) => (request) => {
    const reply = honest(request)
    const gone = request.kind === 'get' && reply.kind === 'image' && reply.image === null
    return gone && request.from > 0 ? { ...reply, image: [] } : reply
  },
  'takes a last piece with nothing in it': (honest) => (request) =>
    request.kind === 'put' && request.image.length === 0
      ? { kind: 'refused', reason: 'gap' }
      : honest(request),
  'lists blobs by prefix in order, and deletes one': (honest) => (request) =>
    request.kind === 'list' ? honest({ ...request, prefix: '' }) : honest(request),
}

function failureOf(code: string) {
  return { kind: 'failure', epoch: 0, seq: 0, code, incarnation: 1 } as const
}

describe('the contract suites', () => {
  it.each(Object.entries(BAD_COORDINATORS))(
    'find out a coordinator that does not do this: %s',
    (name, planted) => {
      const coordinator = new MemoryCoordinator()
      const bad = planted((request) => coordinator.handle(request))
      expect(() => checkClaim(claimNamed(COORDINATOR_CLAIMS, name), bad)).toThrow(AssertionError)
    },
  )

  it.each(Object.entries(BAD_STORES))('find out a store that does not do this: %s', (name, planted) => {
    const store = new MemoryStore()
    const bad = planted((request) => store.handle(request))
    expect(() => checkClaim(claimNamed(BUFFER_STORE_CLAIMS, name), bad)).toThrow(AssertionError)
  })

  it('find out a store that takes appends into what is reserved (S5)', () => {
    const store = new MemoryStore(FULL_STORE_BYTES)
    const [claim] = FULL_STORE_CLAIMS
    const bad = (request: StoreRequest): StoreReply =>
      request.kind === 'reserve' ? { kind: 'done' } : store.handle(request)
    expect(() => checkClaim(claim!, bad)).toThrow('"refused"')
  })

  it('find out a store that takes a late reserve for a new one (S5)', () => {
    const store = new MemoryStore(FULL_STORE_BYTES)
    const [, claim] = FULL_STORE_CLAIMS
    const bad = (request: StoreRequest): StoreReply =>
      store.handle(request.kind === 'reserve' ? { ...request, cut: epoch(9) } : request)
    expect(() => checkClaim(claim!, bad)).toThrow('"fenced"')
  })

  it('find out a store that takes any blob into what is reserved (S5)', () => {
    const store = new MemoryStore(FULL_STORE_BYTES)
    const [, , claim] = FULL_STORE_CLAIMS
    const bad = (request: StoreRequest): StoreReply =>
      store.handle(request.kind === 'put' ? { ...request, reserved: true } : request)
    expect(() => checkClaim(claim!, bad)).toThrow('"full"')
  })

  it('find out a store that gives no room back for what is discarded (S6)', () => {
    const store = new MemoryStore(FULL_STORE_BYTES)
    const claim = FULL_STORE_CLAIMS.at(-1)
    let copies = 0
    const bad = (request: StoreRequest): StoreReply => {
      if (request.kind === 'discard') copies++
      const blob = 'blob' in request ? { blob: `${request.blob} ${copies}` } : {}
      return request.kind === 'discard' ? { kind: 'done' } : store.handle({ ...request, ...blob })
    }
    expect(() => checkClaim(claim!, bad)).toThrow('"full"')
  })

  it('compare by content: key order does not matter, one byte does', () => {
    expect(sameValue({ a: 1, b: [Uint8Array.of(1, 2)] }, { b: [Uint8Array.of(1, 2)], a: 1 })).toBe(true)
    expect(sameValue({ a: Uint8Array.of(1, 2) }, { a: Uint8Array.of(1, 3) })).toBe(false)
    expect(sameValue({ a: 1 }, { a: 1, b: null })).toBe(false)
    expect(sameValue([], {})).toBe(false)
    expect(sameValue(Number.POSITIVE_INFINITY, null)).toBe(false)
  })
})

function claimNamed<Request, Reply>(
  claims: readonly ContractClaim<Request, Reply>[],
  name: string,
): ContractClaim<Request, Reply> {
  const claim = claims.find((one) => one.name === name)
  expect(claim?.name).toBe(name)
  return claim!
}
