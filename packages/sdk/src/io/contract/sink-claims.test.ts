import type { Epoch, PendingRow, Value } from '@pollux/protocol'
import { describe, expect, it } from 'vitest'
import type { SinkAnswer, SinkAsk, StoredSink } from '../sink.ts'
import { SINK_CLAIMS } from './sink-claims.ts'
import { checkSink, type SinkClaim, type SinkUnderTest } from './sink-steps.ts'

type Kind = 'transactional' | 'idempotent'
type Handle = (ask: SinkAsk, session: Session) => SinkAnswer
interface Session {
  run: number
  generation: number
}

/** What a sink holds, and what it does: a dozen lines, to be done wrong one at a time. */
class Held {
  rows: PendingRow[] = []
  record: Epoch | null = null
  newest: Session = { run: 0, generation: 0 }

  handle(ask: SinkAsk, session: Session): SinkAnswer {
    if (ask.kind === 'open') {
      if (isOlder(ask, this.newest)) return { kind: 'fenced' }
      Object.assign(session, { run: ask.run, generation: ask.generation })
      this.newest = { ...session }
      if (ask.create) this.record ??= 0 as Epoch
    }
    if (this.record === null) return { kind: 'missing' }
    if (ask.kind === 'open' || ask.kind === 'probe') return { kind: 'record', record: this.record }
    if (ask.kind === 'commit') {
      if (session.run > 0 && isOlder(session, this.newest)) return { kind: 'fenced' }
      if (ask.expect !== this.record) return { kind: 'conflict', record: this.record }
      this.rows.push(...ask.rows)
      this.record = ask.record
    } else {
      for (const row of ask.rows) this.#upsert(row)
      if (ask.record > this.record) this.record = ask.record
    }
    return { kind: 'committed', record: this.record }
  }

  #upsert(row: PendingRow): void {
    const at = this.rows.findIndex(({ values }) => values[0] === row.values[0])
    const held = this.rows[at]
    if (held === undefined) this.rows.push(row)
    else if (row.epoch > held.epoch || (row.epoch === held.epoch && row.seq > held.seq)) this.rows[at] = row
  }
}

function isOlder(one: Session, other: Session): boolean {
  return one.run < other.run || (one.run === other.run && one.generation < other.generation)
}

/** How a wrong sink differs from one that holds what `held` holds. */
type Wrong = (held: Held) => Handle

const honest: Wrong = (held) => (ask, session) => held.handle(ask, session)

function sinkOf(kind: Kind, wrong: Wrong): SinkUnderTest {
  const held = new Held()
  const handle = wrong(held)
  const open = () => {
    const session: Session = { run: 0, generation: 0 }
    const put = (ask: SinkAsk, answer: (reply: never) => void) => answer(handle(ask, session) as never)
    return {
      open: (request: object, answer: (reply: never) => void) =>
        put({ ...request, kind: 'open' } as SinkAsk, answer),
      probe: (answer: (reply: never) => void) => put({ kind: 'probe' }, answer),
      commit: (request: object, answer: (reply: never) => void) =>
        put({ ...request, kind: 'commit' } as SinkAsk, answer),
      upsert: (request: object, answer: (reply: never) => void) =>
        put({ ...request, kind: 'upsert' } as SinkAsk, answer),
      close: () => undefined,
    }
  }
  const sink = { description: 'held', kind, open } as StoredSink
  return { sink, stored: (answer) => answer(held.rows.map(({ values }) => values)) }
}

function verdictOf(claim: SinkClaim, under: SinkUnderTest): string {
  let verdict = 'no answer'
  checkSink(claim, under, (error) => (verdict = error?.message ?? 'holds'))
  return verdict
}

const withValues =
  (change: (value: Value) => Value): Wrong =>
  (held) =>
  (ask, session) => {
    if (!('rows' in ask)) return held.handle(ask, session)
    const rows = ask.rows.map((row) => ({ ...row, values: row.values.map(change) }))
    return held.handle({ ...ask, rows }, session)
  }

/** Everybody is of the newest session. */
const unfenced: Wrong = (held) => (ask) => held.handle(ask, { ...held.newest })

/** Wrong sinks, and which claims find each out: at least these. */
const WRONG: Readonly<Record<string, { readonly wrong: Wrong; readonly by: readonly string[] }>> = {
  'begins by itself': {
    wrong: (held) => (ask, session) =>
      held.handle(ask.kind === 'open' ? { ...ask, create: true } : ask, session),
    by: ['has no record before it was begun, and begins at 0'],
  },
  'keeps its record in the session': {
    wrong: () => {
      const others = new Map<Session, Held>()
      return (ask, session) => {
        const own = others.get(session) ?? new Held()
        others.set(session, own)
        return own.handle(ask, session)
      }
    },
    by: ['keeps its record and its rows when everybody has gone'],
  },
  'has no record of a commit without rows': {
    wrong: (held) => (ask, session) => {
      const before = held.record
      const reply = held.handle(ask, session)
      if ('rows' in ask && ask.rows.length === 0) held.record = before
      return reply
    },
    by: ['moves its record where there are no rows, also many times'],
  },
  'opens each generation once': {
    wrong: (held) => (ask, session) => {
      const isAgain =
        ask.kind === 'open' && ask.run === held.newest.run && ask.generation === held.newest.generation
      return isAgain ? { kind: 'fenced' } : held.handle(ask, session)
    },
    by: ['is opened again by the same generation: an answer may have been lost'],
  },
  'compares generations alone': {
    wrong: (held) => (ask, session) =>
      held.handle('generation' in ask ? { ...ask, run: 1 as never } : ask, session),
    by: ['refuses an older session once a newer one is open, and compares run before generation'],
  },
  'writes null as text': {
    wrong: withValues((value) => value ?? 'null'),
    by: ['gives back values of every kind as they were written'],
  },
  'writes int64 as a double': {
    wrong: withValues((value) => (typeof value === 'bigint' ? BigInt(Number(value)) : value)),
    by: ['gives back values of every kind as they were written'],
  },
  'commits on any record': {
    wrong: (held) => (ask, session) =>
      held.handle(
        ask.kind === 'commit' && held.record !== null ? { ...ask, expect: held.record } : ask,
        session,
      ),
    by: [
      'commits only on the record expected, and says what it is otherwise',
      'lets a twin that opened no session commit, on the same condition',
      'lets one of two win that commit at the same time',
    ],
  },
  'keeps rows of a commit that it refuses': {
    wrong: (held) => (ask, session) => {
      const reply = held.handle(ask, session)
      if (reply.kind === 'conflict' && 'rows' in ask) held.rows.push(...ask.rows)
      return reply
    },
    by: ['commits only on the record expected, and says what it is otherwise'],
  },
  'lets nobody commit without a session': {
    wrong: (held) => (ask, session) =>
      ask.kind === 'commit' && session.run === 0 ? { kind: 'fenced' } : held.handle(ask, session),
    by: ['lets a twin that opened no session commit, on the same condition'],
  },
  'fences nobody': { wrong: unfenced, by: ['takes nothing of a session that has been fenced'] },
  'puts the newest first': {
    wrong: (held) => (ask, session) => {
      const reply = held.handle(ask, session)
      held.rows.sort((a, b) => b.seq - a.seq)
      return reply
    },
    by: ['commits only on the record expected, and says what it is otherwise'],
  },
  'puts whatever comes': {
    wrong: (held) => (ask, session) => {
      if (ask.kind !== 'upsert') return held.handle(ask, session)
      const ids = new Set(ask.rows.map(({ values }) => values[0]))
      held.rows = held.rows.filter(({ values }) => !ids.has(values[0]))
      return held.handle(ask, session)
    },
    by: ['keeps the newer of two rows of a key, whichever comes first'],
  },
  'lets its record fall': {
    wrong: (held) => (ask, session) => {
      const reply = held.handle(ask, session)
      if (ask.kind !== 'upsert' || reply.kind !== 'committed') return reply
      held.record = ask.record
      return { ...reply, record: ask.record }
    },
    by: ['stays the same when all is written again, and its record never falls'],
  },
}

describe.each(['transactional', 'idempotent'] as const)('the claims of a sink that is %s', (kind) => {
  it.each(SINK_CLAIMS[kind])('hold for an honest one: $name', (claim) => {
    expect(verdictOf(claim, sinkOf(kind, honest))).toBe('holds')
  })

  it.each(SINK_CLAIMS[kind])('find out some wrong one: $name', ({ name }) => {
    expect(Object.values(WRONG).filter(({ by }) => by.includes(name))).not.toEqual([])
  })
})

describe('a wrong sink is found out', () => {
  it.each(Object.entries(WRONG))('that %s', (_, { wrong, by }) => {
    for (const kind of ['transactional', 'idempotent'] as const) {
      for (const claim of SINK_CLAIMS[kind].filter(({ name }) => by.includes(name))) {
        expect({ [claim.name]: verdictOf(claim, sinkOf(kind, wrong)) }).not.toEqual({ [claim.name]: 'holds' })
      }
    }
  })
})

describe('answers of a sink that are none', () => {
  type Put = (request: never, answer: (reply: never) => void) => void
  /** Every request is answered as `change` does it. */
  const answering = (kind: Kind, change: (answer: (reply: unknown) => void) => (reply: unknown) => void) => {
    const { sink, stored } = sinkOf(kind, honest)
    const open: StoredSink['open'] = (place) => {
      const writer = sink.open(place) as unknown as Record<string, Put>
      const put = (name: string) => (request: never, answer: never) => writer[name]!(request, change(answer))
      const requests = ['open', 'commit', 'upsert'].map((name) => [name, put(name)])
      return { ...writer, ...Object.fromEntries(requests) } as never
    }
    return { sink: { ...sink, open } as StoredSink, stored }
  }

  it.each(['transactional', 'idempotent'] as const)('are named, where it is %s', (kind) => {
    const none = answering(kind, (answer) => () => answer(undefined))
    const twice = answering(kind, (answer) => (reply) => {
      answer(reply)
      answer(reply)
    })
    for (const claim of SINK_CLAIMS[kind].filter(({ name }) => !name.startsWith('has no record'))) {
      expect(verdictOf(claim, none)).toMatch(/^open of writer \d was answered with undefined$/)
      expect(verdictOf(claim, twice)).toMatch(/^open of writer \d was answered twice$/)
    }
  })

  it('are named among two at the same time', () => {
    const claim = SINK_CLAIMS.transactional.find(({ name }) => name.startsWith('lets one of two win'))!
    let commits = 0
    const second = (then: (answer: (reply: unknown) => void, reply: unknown) => void) =>
      answering('transactional', (answer) => (reply) => {
        const isCommit = (reply as SinkAnswer).kind !== 'record'
        if (isCommit) commits += 1
        if (isCommit && commits % 2 === 0) then(answer, reply)
        else answer(reply)
      })
    expect(
      verdictOf(
        claim,
        second((answer) => answer(undefined)),
      ),
    ).toMatch(/ was answered with undefined$/)
    commits = 0
    const twice = second((answer, reply) => [reply, reply].forEach((one) => answer(one)))
    expect(verdictOf(claim, twice)).toMatch(/ was answered twice$/)
  })
})
