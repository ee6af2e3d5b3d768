import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIsoTime } from './iso-time.ts'

describe('an ISO 8601 time', () => {
  it('is a moment, whatever its zone', () => {
    const moment = Date.UTC(2016, 10, 10, 16, 0, 26, 123)
    for (const text of [
      '2016-11-11T00:00:26.123+08:00',
      '2016-11-10T16:00:26.123Z',
      '2016-11-10 16:00:26.123Z',
      '2016-11-10T10:30:26.123-0530',
      '2016-11-10T16:00:26.123000Z',
    ]) {
      expect(parseIsoTime(text)).toBe(moment)
    }
    expect(parseIsoTime('2016-11-11')).toBe(Date.UTC(2016, 10, 11))
    expect(parseIsoTime('2016-11-10T16:00:26.5Z')).toBe(moment + 377)
  })

  it('is as JavaScript writes it', () => {
    const year = { min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }
    fc.assert(
      fc.property(fc.date(year), (date) => {
        expect(parseIsoTime(date.toISOString())).toBe(date.getTime())
      }),
    )
  })

  it.each([
    '2016-11-11T00:00:26',
    '2016-02-30',
    '2016-13-01',
    '2016-11-11T24:00:00Z',
    '2016-11-11T00:60:00Z',
    '2016-11-11T00:00:26.1234Z',
    '11/11/2016',
    '',
  ])('is not %j', (text) => {
    expect(parseIsoTime(text)).toBeNaN()
  })
})
