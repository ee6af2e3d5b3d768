import { count, ownAggregate, pipeline, schema, session, t, value } from '@pollux/sdk'
import { sink, source } from './ends.ts'

const Note = schema({ at: t.timestamp(), text: t.text() })

/** An operator whose callbacks throw now and then when they have changed all they can; both ends in one. */
export const excused = pipeline('excused', ({ ingress }) => {
  const notes = ingress('orders', source())
    .keyBy('shop')
    .process('note', {
      output: Note,
      state: { seen: t.int32(), cities: value<readonly string[]>([]) },
      ttl: '6s',
      onError: 'deadLetter',
      process: ({ at, city, amount }, { state, emit, setTimer, random }) => {
        state.cities = [...state.cities, city].slice(-3)
        setTimer(at + Math.floor(random() * 2000), `after ${state.seen % 3}`)
        emit({ at, text: `${state.seen++} ${state.cities.join(' ')}` })
        if (amount % 4 === 1) throw new RangeError(`${amount} after ${state.seen}`)
      },
      onTimer: ({ at, name }, { state, emit, cancelTimer }) => {
        cancelTimer('after 0')
        emit({ at, text: `${name}: ${state.seen++}` })
        if (at % 3 === 0) throw new RangeError(name)
      },
    })
  notes
    .merge(notes.failed.map(Note, ({ at, error, row }) => ({ at, text: `${error}: ${row}` })))
    .egress('notes', sink('transactional'))
})

const amounts = ownAggregate({
  state: { all: t.text() },
  result: t.text(),
  add: (state, { amount }: { readonly amount: number }) => {
    state.all += ` ${amount}`
    if (amount % 3 === 1) throw new RangeError(state.all)
  },
  merge: (state, other) => {
    state.all += other.all
  },
  read: ({ all }) => all,
})

/** Sessions from which rows are left out, some of which had brought sessions together. */
export const patchy = pipeline('patchy', ({ ingress }) => {
  const visits = ingress('orders', source())
    .keyBy('shop')
    .window(session('900ms'), { allowedLateness: '1s', early: '60ms' })
    .aggregate('visits', { amounts, orders: count() }, { onError: 'deadLetter' })
  visits.egress('board', sink('transactional'))
  visits.failed.egress('failed', sink('transactional'))
})
