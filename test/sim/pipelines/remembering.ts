import {
  count,
  countDistinct,
  countWindow,
  cumulative,
  first,
  hopping,
  landmark,
  last,
  max,
  mean,
  pipeline,
  schema,
  session,
  sum,
  t,
  tumbling,
  value,
} from '@pollux/sdk'
import { sink, source } from './ends.ts'

/** Shown early, on time, and again when rows come late; those that are too late have an end of their own. */
export const revised = pipeline('revised', ({ ingress }) => {
  const sums = ingress('orders', source())
    .keyBy('shop')
    .window(tumbling('1s'), { allowedLateness: '2s', early: '50ms' })
    .aggregate('sums', { total: sum('amount'), orders: count(), newest: last('id') })
  sums.egress('screen', sink('transactional'))
  sums.late.egress('late', sink('transactional'))
})

/** Sessions of a key of text, which join, and are shown while they are open. */
export const visits = pipeline('visits', ({ ingress }) => {
  ingress('orders', source())
    .keyBy('city')
    .window(session('900ms'), { allowedLateness: '1s', early: '60ms' })
    .aggregate('visits', { orders: count(), came: first('note'), shops: countDistinct('shop') })
    .egress('board', sink('transactional'))
})

/** Totals that grow: of ten seconds, by the second; and of all time, over all shops. */
export const totals = pipeline('totals', ({ ingress }) => {
  const orders = ingress('orders', source('push'))
  orders
    .keyBy('shop')
    .window(cumulative('5s', '1s'), { allowedLateness: '2s' })
    .aggregate('by-shop', { total: sum('amount'), average: mean('amount') })
    .egress('shops', sink('transactional'))
  orders
    .window(landmark(1_000_000, '2s'), { ttl: '3s' })
    .aggregate('ever', { total: sum('amount'), cities: countDistinct('city') })
    .egress('all-time', sink('resumable'))
})

/** Windows of rows, and windows that overlap and tell values apart. */
export const counted = pipeline('counted', ({ ingress }) => {
  const orders = ingress('orders', source())
  orders
    .keyBy('shop', 'city')
    .window(countWindow(3), { ttl: '2s' })
    .aggregate('threes', {
      total: sum('amount'),
      from: first('note'),
      most: max('amount'),
      notes: countDistinct('note'),
    })
    .egress('triples', sink('transactional'))
  orders
    .keyBy('shop')
    .window(hopping('4s', '1s'), { allowedLateness: '1s' })
    .aggregate('cities', { cities: countDistinct('city'), orders: count() })
    .egress('variety', sink('idempotent'))
})

const Note = schema({ at: t.timestamp(), shop: t.text(), text: t.text() })

/** An operator that remembers, sets timers, draws, and forgets. */
export const watched = pipeline('watched', ({ ingress }) => {
  ingress('orders', source())
    .keyBy('shop')
    .process('watch', {
      output: Note,
      state: { seen: t.int32(), cities: value<readonly string[]>([]) },
      ttl: '8s',
      process: ({ at, city, amount }, { state, key, emit, setTimer, cancelTimer, forget, random }) => {
        state.seen++
        if (!state.cities.includes(city)) state.cities = [...state.cities, city]
        setTimer(at + 1500, 'quiet')
        if (amount > 9000) cancelTimer('quiet')
        if (random() < 0.3) setTimer(at + Math.floor(random() * 3000), 'drawn')
        if (state.seen === 12) forget()
        emit({ at, shop: key.shop, text: `${state.seen} ${state.cities.join(' ')}` })
      },
      onTimer: ({ at, name }, { state, key, emit }) => {
        emit({ at, shop: key.shop, text: `${name} after ${state.seen}` })
      },
    })
    .egress('notes', sink('transactional'))
})
