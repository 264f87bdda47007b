/**
 * ISO 8601 dates and times, strict: `YYYY-MM-DD`, `HH:MM[:SS[.f{1,6}]]`, both with `T` or a blank between, and a zone
 * behind (`Z`, `±HH`, `±HHMM`, `±HH:MM`). Nothing is guessed, rolled over or rounded. NaN and null mean: not one.
 */

/** Two digits, or NaN. */
function two(s: string, at: number): number {
  const high = s.charCodeAt(at) - 48;
  const low = s.charCodeAt(at + 1) - 48;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days since 1970-01-01 of the ten characters at the beginning, years 1 to 9999. */
export function dateDays(s: string): number {
  const year = two(s, 0) * 100 + two(s, 2);
  const month = two(s, 5);
  const day = two(s, 8);
  if (s.charCodeAt(4) !== 45 || s.charCodeAt(7) !== 45) return Number.NaN;
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return Number.NaN;
  if (day > 28 && day > daysInMonth(year, month)) return Number.NaN;
  const slot = year * 12 + month;
  const known = MONTH_STARTS[slot] as number;
  return (known === UNKNOWN ? (MONTH_STARTS[slot] = monthStart(year, month)) : known) + day - 1;
}

function daysInMonth(year: number, month: number): number {
  const leapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leapYear ? 29 : (MONTH_DAYS[month - 1] as number);
}

/** Days from 1970-01-01 to the first of each month, computed where a date first needs it. */
const UNKNOWN = -(2 ** 31);
const MONTH_STARTS = new Int32Array(10_000 * 12 + 1).fill(UNKNOWN);

function monthStart(year: number, month: number): number {
  // Years that begin in March put the leap day last; 719,468 days lie between 0000-03-01 and 1970-01-01.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5);
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** A time of day, and the index behind it. */
interface Clock {
  seconds: number;
  micros: number;
  end: number;
}

/** Reused: a million rows shall not allocate a million of them. */
const clock: Clock = { seconds: 0, micros: 0, end: 0 };

function readClock(s: string, at: number): Clock | null {
  const hour = two(s, at);
  const minute = two(s, at + 3);
  if (!(hour <= 23 && minute <= 59) || s.charCodeAt(at + 2) !== 58) return null;
  clock.seconds = hour * 3600 + minute * 60;
  clock.micros = 0;
  clock.end = at + 5;
  if (s.charCodeAt(at + 5) !== 58) return clock;
  const second = two(s, at + 6);
  if (!(second <= 59)) return null;
  clock.seconds += second;
  clock.end = at + 8;
  return s.charCodeAt(at + 8) === 46 ? readFraction(s, at + 9) : clock;
}

function readFraction(s: string, at: number): Clock | null {
  let value = 0;
  let unit = 1_000_000;
  let i = at;
  for (; ; i++) {
    const digit = s.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    unit /= 10;
    value += digit * unit;
    if (unit < 1) return null;
  }
  if (i === at) return null;
  clock.micros = value;
  clock.end = i;
  return clock;
}

/** Microseconds since midnight. */
export function readTime(s: string): number {
  const time = readClock(s, 0);
  return time === null || time.end !== s.length ? Number.NaN : time.seconds * 1_000_000 + time.micros;
}

const moment = { seconds: 0, micros: 0 };

/** Seconds since 1970-01-01 UTC and microseconds above them; the same object every time. A date alone is its midnight. */
export function readMoment(s: string): { readonly seconds: number; readonly micros: number } | null {
  const days = s.length < 10 ? Number.NaN : dateDays(s);
  if (Number.isNaN(days)) return null;
  moment.seconds = days * 86_400;
  moment.micros = 0;
  if (s.length === 10) return moment;
  const between = s.charCodeAt(10);
  if (between !== 32 && between !== 84) return null;
  const time = readClock(s, 11);
  if (time === null) return null;
  moment.seconds += time.seconds;
  moment.micros = time.micros;
  if (time.end < s.length) moment.seconds -= zoneSeconds(s, time.end);
  return Number.isNaN(moment.seconds) ? null : moment;
}

/** Seconds east of UTC of everything from `at` on. */
function zoneSeconds(s: string, at: number): number {
  const zone = s.slice(at);
  if (zone === 'Z' || zone === 'z') return 0;
  const parts = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(zone);
  if (parts === null) return Number.NaN;
  const hours = Number(parts[2]);
  const minutes = Number(parts[3] ?? '0');
  // PostgreSQL's own limit.
  if (hours > 15 || minutes > 59) return Number.NaN;
  return (parts[1] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}
