import {
  type Columns,
  operator,
  type Pipeline,
  pipeline,
  schema,
  type Sink,
  type Stream,
  t,
  value,
} from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { AssertionError } from '@pollux/std'
import { describe, expect, it } from 'vitest'
import { drive } from './drive.ts'
import type { PlainRow } from './given-rows.ts'
import { simulate } from './simulate.ts'

const Login = schema({ at: t.timestamp(), user: t.text(), what: t.text() })
const Note = schema({ at: t.timestamp(), text: t.text() })
const logins = namedSource(Login, { description: 'logins', eventTime: { column: 'at', outOfOrder: 50 } })
const sink: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }

/** Notes all that it has seen, then throws where it is told to; its timers throw for some users. */
const noting = <P extends 'skip' | 'deadLetter'>(onError: P) =>
  operator({
    output: Note,
    state: { seen: t.int32(), all: value<readonly string[]>([]) },
    ttl: '5s',
    onError,
    process: (
      row: { readonly at: number; readonly user: string; readonly what: string },
      { state, emit, setTimer, cancelTimer, forget, random },
    ) => {
      state.all = [...state.all, row.what].slice(-4)
      emit({ at: row.at, text: `${row.user} ${state.seen++} ${state.all.join(' ')} ${random()}` })
      if (row.what === 'calm') cancelTimer('quiet')
      else setTimer(row.at + 300, 'quiet')
      if (row.what === 'leave') forget()
      if (row.what.startsWith('bad')) throw new RangeError(`${row.what} after ${state.seen}`)
    },
    onTimer: ({ at, name }, { state, key, emit, setTimer }) => {
      emit({ at, text: `${String(key['user'])} ${name} ${state.seen++}` })
      if (state.seen < 8) setTimer(at + 170, 'again')
      if (key['user'] === 'bob') throw new Error(`bob is ${name}`)
    },
  })

/** A stream of any rows. */
interface End {
  egress(name: string, sink: Sink<Columns>): void
}
type Define = (stream: Stream<typeof Login.columns>) => void
const made = (define: Define): Pipeline<undefined> =>
  pipeline('watch', ({ ingress }) => define(ingress('logins', logins)))

const rows: readonly PlainRow[] = Array.from({ length: 90 }, (_, n) => ({
  at: 1000 + n * 70 - (n % 4) * 15,
  user: ['ann', 'bob', 'eve'][((n * 7) % 5) % 3]!,
  what: n % 11 === 3 ? 'leave' : n % 5 === 2 ? 'calm' : n % 4 === 1 ? `bad ${n}` : `row ${n}`,
}))

/** What was made and what has failed, in one stream: within a stage in the order in which it came to be. */
const together = (stream: Stream<typeof Login.columns>): Stream<typeof Note.columns> => {
  const noted = stream.keyBy('user').process('note', noting('deadLetter'))
  const failed = noted.failed.map(Note, ({ at, error, row }) => ({ at, text: `${error}: ${row}` }))
  return noted.merge(failed)
}
const inBatches: Define = (stream) =>
  together(stream)
    .mapBatch(Note, ({ at, text }, out, count) => {
      for (let row = 0; row < count; row++) {
        out.at[row] = at[row]!
        out.text.copy(row, text, row)
      }
    })
    .egress('out', sink)
const inNextStage: Define = (stream) =>
  together(stream)
    .process('number', {
      output: schema({ n: t.int32(), text: t.text() }),
      state: { n: t.int32() },
      process: ({ text }, { state, emit }) => emit({ n: state.n++, text }),
    })
    .egress('out', sink)

describe('an own operator whose callbacks throw', () => {
  it.each([
    ['skip', (stream) => stream.keyBy('user').process('note', noting('skip')).egress('out', sink)],
    ['deadLetter', inBatches],
    ['deadLetter', inNextStage],
  ] as const satisfies readonly (readonly [string, Define])[])(
    'keeps all promises under faults, by the policy %s',
    (policy, define) => {
      const report = simulate(made(define), { input: { logins: rows }, schedules: 25 })
      expect(report.verdict).toBe('ok')
      expect(report.faults).toBeGreaterThan(50)
      const told = report.output('out').map((row) => String(row['text']))
      const failed = told.filter((text) => /^(?:Range)?Error/.test(text))
      expect(failed.length > 10).toBe(policy === 'deadLetter')
      expect(told.filter((text) => text.includes('bad') && !failed.includes(text))).toEqual([])
    },
  )

  const letters = (define: (stream: Stream<typeof Login.columns>) => End, ...given: readonly PlainRow[]) =>
    drive(
      made((stream) => define(stream).egress('failed', sink)),
      undefined,
    )
      .push('logins', ...given)
      .finish()
      .output('failed')

  it('tells at which row or timer, in which step, where and why', () => {
    const noted = (stream: Stream<typeof Login.columns>) => {
      const all = stream.keyBy('user').process('note', noting('deadLetter'))
      all.egress('out', sink)
      return all.failed
    }
    const [row, timer, ...more] = letters(
      noted,
      { at: 10, user: 'ann', what: 'bad luck' },
      { at: 20, user: 'bob', what: 'row' },
    )
    expect(row).toMatchObject({
      at: 10,
      error: 'RangeError: bad luck after 1',
      row: '{at 10, user "ann", what "bad luck"}',
    })
    expect(timer).toMatchObject({
      at: 320,
      error: 'Error: bob is quiet',
      row: 'timer "quiet" at 320 of key {user "bob"}',
    })
    for (const letter of [row, timer]) {
      expect(letter!['step']).toMatch(/^process note \(undone-calls\.test\.ts:\d+\)$/)
      expect(letter!['where']).toMatch(/^undone-calls\.test\.ts:\d+$/)
    }
    expect(row!['where']).not.toBe(timer!['where'])
    expect(more).toEqual([])
  })

  it('halts by any policy where an invariant is broken', () => {
    const process = (): never => {
      throw new AssertionError('two and two')
    }
    const broken = (onError: 'skip' | 'deadLetter') => () =>
      letters(
        (stream) => {
          const mine = stream.process('broken', { output: Note, onError, process })
          if ('failed' in mine) (mine.failed as End).egress('letters', sink)
          return mine
        },
        { at: 10, user: 'ann', what: 'row' },
      )
    const said =
      /^watch, process broken \(undone-calls\.test\.ts:\d+\), at row .*: AssertionError: two and two/
    expect(broken('skip')).toThrow(said)
    expect(broken('deadLetter')).toThrow(said)
  })

  it('halts by any policy where it keeps more than it may', () => {
    const keeps = () =>
      letters(
        (stream) =>
          stream.process('keeps', {
            output: Note,
            state: { all: t.text() },
            stateBytesMax: 1000,
            onError: 'skip',
            process: (_row, { state }) => {
              state.all = 'x'.repeat(5000)
            },
          }),
        { at: 10, user: 'ann', what: 'row' },
      )
    expect(keeps).toThrow(/^PLX2001 watch, keeps: about /)
  })

  it('leaves out a row of which it makes no end, however much was waiting', () => {
    for (const before of [0, 1, 5000]) {
      const out = drive(
        made((stream) =>
          stream
            .process('many', {
              output: schema({ n: t.int32() }),
              onError: 'skip',
              process: ({ what }, { emit }) => {
                for (let n = 0; n < Number(what); n++) emit({ n })
              },
            })
            .egress('out', sink),
        ),
        undefined,
      ).push(
        'logins',
        ...[before, 262_145, 262_144, 1].map((what, at) => ({ at, user: '', what: `${what}` })),
      )
      expect(out.finish().output('out')).toHaveLength(before + 262_144 + 1)
    }
  })
})
