/** `2016-11-11T00:00:26.123+08:00`; a time without a zone is any moment of a day, a date alone is UTC. */
const FORM =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:(Z)|([+-])(\d\d):?(\d\d)))?$/

/** Milliseconds since 1970 of an ISO 8601 time; NaN if it is none, or not a whole number of milliseconds. */
export function parseIsoTime(text: string): number {
  const found = FORM.exec(text)
  if (found === null) return Number.NaN
  const [
    ,
    year,
    month,
    day,
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    ,
    sign,
    zoneHour,
    zoneMinute,
  ] = found
  const days = Date.UTC(Number(year), Number(month) - 1, Number(day))
  const date = new Date(days)
  // A date that does not exist is taken for another one: 31 April for 1 May.
  if (date.getUTCMonth() + 1 !== Number(month) || date.getUTCDate() !== Number(day)) return Number.NaN
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN
  if (/[1-9]/.test(fraction.slice(3))) return Number.NaN
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'))
  const clock = Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000 + ms
  const zone = sign === undefined ? 0 : (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000
  return days + clock - (sign === '-' ? -zone : zone)
}
