import {
  type Columns,
  count as countOf,
  operator,
  pipeline,
  schema,
  type Sink,
  t,
  tumbling,
  value,
} from '@pollux/sdk'
import { namedSource } from '@pollux/sdk/test-kit'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { drive, type Driver } from './drive.ts'
import type { PlainRow } from './given-rows.ts'
import { simulate } from './simulate.ts'

const Login = schema({ at: t.timestamp(), user: t.text(), ok: t.bool() })
const Alert = schema({ at: t.timestamp(), user: t.text(), what: t.text(), count: t.int32() })
const logins = namedSource(Login, { description: 'logins', eventTime: { column: 'at' } })
const sink: Sink<Columns> = { description: 'anywhere', kind: 'transactional' }

/** Three failures without a success in between; and a user of whom nothing has been heard for a second. */
const watch = operator({
  output: Alert,
  state: { failures: t.int32(), recent: value<readonly number[]>([]) },
  ttl: '10s',
  process: (row: { at: number; user: string; ok: boolean }, { state, emit, setTimer, cancelTimer }) => {
    setTimer(row.at + 1000, 'quiet')
    if (row.ok) {
      state.failures = 0
      state.recent = []
      cancelTimer('again')
      return
    }
    state.failures++
    state.recent = [...state.recent, row.at]
    setTimer(row.at + 300, 'again')
    if (state.failures === 3)
      emit({ at: row.at, user: row.user, what: `failures at ${state.recent.join(' ')}`, count: 3 })
  },
  onTimer: ({ at, name }, { key, state, emit, forget }) => {
    emit({ at, user: String(key['user']), what: name, count: state.failures })
    if (name === 'quiet') forget()
  },
})

function out(rows: readonly PlainRow[], ...advances: readonly number[]): readonly PlainRow[] {
  const made = pipeline('risk', ({ ingress }) => {
    ingress('logins', logins).keyBy('user').process('watch', watch).egress('alerts', sink)
  })
  const driver = drive(made, undefined).push('logins', ...rows)
  for (const ms of advances) driver.advanceTo(ms)
  return driver.output('alerts')
}

const at = (ms: number, user: string, ok = false): PlainRow => ({ at: ms, user, ok })

const Stamped = schema({ user: t.text(), seenAt: t.timestamp() })
/** Windows that only the end closes; whatever comes of them is stamped with its epoch's time. */
const stamped = pipeline('stamped', ({ ingress }) => {
  ingress('logins', logins)
    .keyBy('user')
    .window(tumbling('1h'))
    .aggregate('sums', { logins: countOf() })
    .keyBy('user')
    .process('stamp', {
      output: Stamped,
      process: ({ user }, { now, emit }) => emit({ user, seenAt: now }),
    })
    .egress('alerts', sink)
})

describe('an own operator', () => {
  it('keeps state per key, and tells what it likes', () => {
    const rows = [at(10, 'ann'), at(20, 'bob'), at(30, 'ann'), at(40, 'ann', true), at(50, 'ann')]
    expect(out(rows, 60)).toEqual([])
    const [alert] = out([...rows, at(60, 'ann'), at(70, 'ann')], 80)
    expect(alert).toEqual({ at: 70, user: 'ann', what: 'failures at 50 60 70', count: 3 })
  })

  it('is called when its timers are due, by time, each name once a key', () => {
    const alerts = out([at(10, 'ann'), at(200, 'bob'), at(250, 'ann'), at(1600, 'eve')], 1700)
    expect(alerts.map(({ at: ms, user, what }) => `${String(ms)} ${String(user)} ${String(what)}`)).toEqual([
      '500 bob again',
      '550 ann again',
      '1200 bob quiet',
      '1250 ann quiet',
    ])
  })

  it('sees at the end of its input the time at which that ends', () => {
    const driver = drive(stamped, undefined).push('logins', at(10, 'ann'))
    driver.finish()
    const [row] = driver.output('alerts')
    expect([row?.['user'], Number.isSafeInteger(row?.['seenAt'])]).toEqual(['ann', true])
    const rows = Array.from({ length: 12 }, (_, index) => at(index * 250, 'ann'))
    expect(simulate(stamped, { input: { logins: rows }, schedules: 3 }).verdict).toBe('ok')
  })

  it('is not called for a timer that it has cancelled, nor for one of a key that it has forgotten', () => {
    const alerts = out([at(10, 'ann'), at(20, 'ann', true), at(5000, 'eve')], 5100)
    expect(alerts.map(({ what }) => what)).toEqual(['quiet'])
  })

  it('forgets a key that nothing has touched for as long as it keeps one', () => {
    const made = pipeline('risk', ({ ingress }) => {
      ingress('logins', logins)
        .keyBy('user')
        .process('count', {
          output: Alert,
          state: { seen: t.int32() },
          ttl: '1s',
          process: (row, { state, emit }) => {
            expectTypeOf(row).toEqualTypeOf<{
              readonly at: number
              readonly user: string
              readonly ok: boolean
            }>()
            expectTypeOf(state.seen).toEqualTypeOf<number>()
            state.seen++
            emit({ at: row.at, user: row.user, what: '', count: state.seen })
          },
        })
        .egress('alerts', sink)
    })
    const driver = drive(made, undefined)
    for (const ms of [10, 500, 1400, 2399, 3500]) driver.push('logins', at(ms, 'ann')).advanceTo(ms + 100)
    expect(driver.output('alerts').map(({ count }) => count)).toEqual([1, 2, 3, 4, 1])
  })

  it('halts by name when it keeps more than it may', () => {
    const made = pipeline('risk', ({ ingress }) => {
      ingress('logins', logins)
        .keyBy('user')
        .process('hoard', {
          output: Alert,
          state: { note: t.text() },
          stateBytesMax: 2000,
          process: ({ user }, { state }) => {
            state.note = user.repeat(10)
          },
        })
        .egress('alerts', sink)
    })
    const run = (count: number) => () => {
      const driver = drive(made, undefined)
      for (let n = 0; n < count; n++) driver.push('logins', at(n, `user ${n % 100}`))
      driver.advanceTo(200)
    }
    expect(run(5)).not.toThrow()
    expect(run(50)).toThrow(
      /^PLX2001 risk, hoard: about \d+ bytes, of 2000 \(.*process\.test\.ts:\d+\): a partition keeps more/,
    )
  })

  it('fails with its name, its place, the row and what was wrong', () => {
    const made = pipeline('risk', ({ ingress }) => {
      ingress('logins', logins)
        .keyBy('user')
        .process('wrong', {
          output: Alert,
          state: { seen: t.uint8(), recent: value<readonly number[]>([]) },
          process: (row, { state }) => {
            if (row.ok) state.recent = [...state.recent, Number.NaN]
            else state.seen = -1
          },
        })
        .egress('alerts', sink)
    })
    const run = (ok: boolean) => () =>
      drive(made, undefined)
        .push('logins', at(5, 'ann', ok))
        .advanceTo(50)
    expect(run(false)).toThrow(
      /^risk, process wrong \(.*process\.test\.ts:\d+\), at row \{at 5, user "ann", ok false\}: TypeError: /,
    )
    expect(run(false)).toThrow('state.seen: a whole number from 0 to 255, not -1')
    expect(run(true)).toThrow('state.recent: it[0] is NaN, which JSON cannot hold')
  })

  it('keeps nothing at all if it likes, of all rows together', () => {
    const made = pipeline('risk', ({ ingress }) => {
      ingress('logins', logins)
        .process('plain', {
          output: Stamped,
          process: ({ user, at: ms }, { emit }) => emit({ user, seenAt: ms }),
        })
        .egress('out', sink)
    })
    const driver = drive(made, undefined).push('logins', at(5, 'ann'), at(7, 'bob'))
    expect(driver.finish().output('out')).toEqual([
      { user: 'ann', seenAt: 5 },
      { user: 'bob', seenAt: 7 },
    ])
    const input = { logins: [at(5, 'ann'), at(7, 'bob')] }
    expect(simulate(made, { input, schedules: 5 }).verdict).toBe('ok')
  })

  it('fails with the timer and the key whose timer it was', () => {
    const made = pipeline('risk', ({ ingress }) => {
      ingress('logins', logins)
        .keyBy('user')
        .process('wrong', {
          output: Alert,
          process: ({ at: ms }, { setTimer }) => setTimer(ms + 20, 'quiet'),
          onTimer: () => {
            throw new RangeError('too quiet')
          },
        })
        .egress('alerts', sink)
    })
    const driver = drive(made, undefined).push('logins', at(5, 'ann'), at(60, 'bob'))
    expect(() => driver.advanceTo(100)).toThrow(
      /^risk, process wrong \(.*:\d+\), at timer "quiet" at 25 of key \{user "ann"\}: RangeError: too quiet/,
    )
  })

  it('fails where it sets a timer and is not to be called', () => {
    const made = pipeline('risk', ({ ingress }) => {
      const own = { output: Alert, process: set }
      ingress('logins', logins).keyBy('user').process('deaf', own).egress('alerts', sink)
    })
    const set = (_: unknown, { setTimer }: { setTimer: (ms: number) => void }): void => setTimer(10)
    expect(() => drive(made, undefined).push('logins', at(5, 'ann')).advanceTo(50)).toThrow(
      'TypeError: a timer is set, and there is no onTimer to be called',
    )
  })

  it.each([
    ['a hole', () => Object.assign([], { 1: 1 }), 'it[0] is a hole: use null'],
    ['a list with more in it', () => Object.assign([1], { extra: 5 }), 'it is a list with names in it'],
    [
      'a hidden property',
      () => Object.defineProperty({}, 'x', { value: 1 }),
      'it has a property that is hidden',
    ],
    ['a symbol', () => ({ [Symbol('s')]: 1 }), 'it has a property that is hidden or a symbol'],
    ['no prototype', () => ({ deep: Object.create(null) as object }), 'a record without a prototype'],
  ])('keeps no value that a restore would change: %s', (_, given, said) => {
    const made = pipeline('risk', ({ ingress }) => {
      const kept = value<readonly null[]>([])
      const own = {
        output: Alert,
        state: { kept },
        process: (__: unknown, { state }: { state: { kept: unknown } }) => void (state.kept = given()),
      }
      ingress('logins', logins)
        .keyBy('user')
        .process('odd', own as never)
        .egress('alerts', sink)
    })
    expect(() => drive(made, undefined).push('logins', at(5, 'ann')).advanceTo(50)).toThrow(
      `TypeError: state.kept: ${said}`,
    )
  })

  it('goes by the time of epochs where its rows have none: timers, and how long keys are kept', () => {
    const timeless = namedSource(Login, { description: 'logins' })
    const own = operator({
      output: Stamped,
      state: { seen: t.int32() },
      ttl: '500ms',
      process: ({ user }: { user: string }, { state, now, emit, setTimer }) => {
        setTimer(now + 100)
        emit({ user: `${user} ${++state.seen}`, seenAt: now })
      },
      onTimer: ({ at: seenAt }, { key, emit }) => emit({ user: `timer of ${String(key['user'])}`, seenAt }),
    })
    const made = pipeline('risk', ({ ingress }) => {
      ingress('logins', timeless).keyBy('user').process('own', own).egress('alerts', sink)
    })
    const told = (driver: Driver): readonly unknown[] =>
      driver.output('alerts').map(({ user, seenAt }) => `${String(user)} at ${String(seenAt)}`)
    const driver = drive(made).push('logins', at(9e9, 'ann')).advanceTo(100)
    expect(told(driver)).toEqual(['ann 1 at 90'])
    expect(told(driver.advanceTo(180))).toHaveLength(1)
    expect(told(driver.advanceTo(190)).at(-1)).toBe('timer of ann at 190')
    expect(told(driver.push('logins', at(1, 'ann')).advanceTo(400)).at(-1)).toBe('ann 2 at 390')
    expect(told(driver.advanceTo(980).push('logins', at(1, 'ann')).advanceTo(990)).at(-1)).toBe(
      'ann 3 at 980',
    )
    driver.advanceTo(1580)
    expect(told(driver.push('logins', at(1, 'ann')).advanceTo(1600)).at(-1)).toBe('ann 1 at 1590')
    const input = { logins: [at(5, 'ann'), at(5, 'bob'), at(5, 'ann')] }
    expect(simulate(made, { input, schedules: 10 }).verdict).toBe('ok')
  })

  it('is refused where its keys would be kept for no time at all', () => {
    const kept = (ttl: number) => () => {
      const own = { output: Alert, ttl, process: () => undefined }
      const made = pipeline('risk', ({ ingress }) => {
        ingress('logins', logins).keyBy('user').process('forgetful', own).egress('alerts', sink)
      })
      drive(made, undefined)
    }
    expect(kept(0)).toThrow('PLX1005 0')
    expect(kept(1)).not.toThrow()
  })
})
