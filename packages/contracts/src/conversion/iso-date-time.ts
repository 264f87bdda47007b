/**
 * ISO 8601 dates and times as SQLite applications write them, strict: what PostgreSQL would guess, roll over or round
 * is refused. Zoneless date-times are UTC. No Date objects: they round to milliseconds and allocate.
 */

const DAYS_BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const leap = (y: number): boolean => (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;

/** Days from 1970-01-01 (proleptic Gregorian), NaN for a date that does not exist. Years 1 to 9999. */
export function daysFromCivil(year: number, month: number, day: number): number {
  if (year < 1 || month < 1 || month > 12 || day < 1) return Number.NaN;
  const feb29 = month === 2 && leap(year) ? 1 : 0;
  if (day > (DAYS_IN_MONTH[month] as number) + feb29) return Number.NaN;
  const y = year - 1;
  const days = y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return days + (DAYS_BEFORE_MONTH[month] as number) + (month > 2 && leap(year) ? 1 : 0) + day - 1 - 719_162;
}

/** `count` ASCII digits of `s` from `at`, NaN where any is not a digit. */
function digits(s: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const d = s.charCodeAt(i) - 48;
    if (!(d >= 0 && d <= 9)) return Number.NaN;
    value = value * 10 + d;
  }
  return value;
}

/** Days since 1970-01-01 of `YYYY-MM-DD`, NaN otherwise. */
export function parseIsoDate(s: string): number {
  if (s.length !== 10) return Number.NaN;
  return datePart(s);
}

function datePart(s: string): number {
  if (s.charCodeAt(4) !== 45 || s.charCodeAt(7) !== 45) return Number.NaN;
  return daysFromCivil(digits(s, 0, 4), digits(s, 5, 2), digits(s, 8, 2));
}

/** Where the last clock reading ended, and its fraction: parseClock's second and third results. */
let clockEnd = 0;
let clockMicros = 0;

/** Seconds of `HH:MM[:SS[.f{1,6}]]` from `at`; NaN for 24:00, :60 and anything else. */
function parseClock(s: string, at: number): number {
  const h = digits(s, at, 2);
  const m = digits(s, at + 3, 2);
  if (!(h < 24 && m < 60) || s.charCodeAt(at + 2) !== 58) return Number.NaN;
  clockEnd = at + 5;
  clockMicros = 0;
  if (s.charCodeAt(clockEnd) !== 58) return h * 3600 + m * 60;
  const sec = digits(s, clockEnd + 1, 2);
  if (!(sec < 60)) return Number.NaN;
  clockEnd += 3;
  if (s.charCodeAt(clockEnd) === 46) {
    let count = 0;
    let micros = 0;
    for (;;) {
      const d = s.charCodeAt(clockEnd + 1 + count) - 48;
      if (!(d >= 0 && d <= 9)) break;
      if (++count > 6) return Number.NaN;
      micros = micros * 10 + d;
    }
    if (count === 0) return Number.NaN;
    while (count++ < 6) micros *= 10;
    clockMicros = micros;
    // count went one past 6 in the padding loop; the digits end where the next non-digit stands
    clockEnd += 1;
    while (s.charCodeAt(clockEnd) >= 48 && s.charCodeAt(clockEnd) <= 57) clockEnd++;
  }
  return h * 3600 + m * 60 + sec;
}

/** Microseconds since midnight, NaN otherwise. */
export function parseIsoTime(s: string): number {
  const seconds = parseClock(s, 0);
  return clockEnd === s.length ? seconds * 1_000_000 + clockMicros : Number.NaN;
}

/** Microseconds of the fraction of the last date-time that parseIsoTimestamp accepted, 0 to 999,999. */
export let timestampMicros = 0;

/**
 * Seconds since 1970-01-01 UTC of `YYYY-MM-DD[( |T)HH:MM[:SS[.f]][zone]]`, NaN otherwise; the fraction is left in
 * `timestampMicros` (two results without an allocation: this runs once a cell). Zone: Z, ±HH, ±HH:MM or ±HHMM.
 */
export function parseIsoTimestamp(s: string): number {
  const length = s.length;
  if (length === 26 || length === 19) {
    const seconds = commonForm(s, length);
    if (!Number.isNaN(seconds)) return seconds;
  }
  if (length < 10) return Number.NaN;
  const days = datePart(s);
  if (Number.isNaN(days)) return Number.NaN;
  timestampMicros = 0;
  if (length === 10) return days * 86_400;
  const separator = s.charCodeAt(10);
  if (separator !== 32 && separator !== 84) return Number.NaN;
  const seconds = parseClock(s, 11);
  timestampMicros = clockMicros;
  if (clockEnd === length) return days * 86_400 + seconds;
  return days * 86_400 + seconds - zoneSeconds(s, clockEnd);
}

/**
 * `YYYY-MM-DD( |T)HH:MM:SS[.ffffff]`, which frameworks write, in one straight line: reading it by parts was a tenth of
 * the extractor's time. Anything that is not exactly that is NaN, and the general reading decides.
 */
function commonForm(s: string, length: number): number {
  if (s.charCodeAt(4) !== 45 || s.charCodeAt(7) !== 45 || s.charCodeAt(13) !== 58 || s.charCodeAt(16) !== 58) return Number.NaN;
  const separator = s.charCodeAt(10);
  if (separator !== 32 && separator !== 84) return Number.NaN;
  const h = pair(s, 11);
  const m = pair(s, 14);
  const sec = pair(s, 17);
  if ((h | m | sec) < 0 || h > 23 || m > 59 || sec > 59) return Number.NaN;
  let micros = 0;
  if (length === 26) {
    const a = pair(s, 20);
    const b = pair(s, 22);
    const c = pair(s, 24);
    if (s.charCodeAt(19) !== 46 || (a | b | c) < 0) return Number.NaN;
    micros = a * 10_000 + b * 100 + c;
  }
  const century = pair(s, 0);
  const year = pair(s, 2);
  const month = pair(s, 5);
  const day = pair(s, 8);
  if ((century | year | month | day) < 0) return Number.NaN;
  timestampMicros = micros;
  return daysFromCivil(century * 100 + year, month, day) * 86_400 + h * 3_600 + m * 60 + sec;
}

/** Two digits at `at`, negative where either is none. */
function pair(s: string, at: number): number {
  const tens = s.charCodeAt(at) - 48;
  const ones = s.charCodeAt(at + 1) - 48;
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? -1 : tens * 10 + ones;
}

function zoneSeconds(s: string, at: number): number {
  const rest = s.length - at;
  const sign = s.charCodeAt(at);
  if (rest === 1) return sign === 90 || sign === 122 ? 0 : Number.NaN;
  if (sign !== 43 && sign !== 45) return Number.NaN;
  const colon = rest === 6 && s.charCodeAt(at + 3) === 58 ? 1 : 0;
  if (rest !== 3 && rest !== 5 && !(rest === 6 && colon === 1)) return Number.NaN;
  const h = digits(s, at + 1, 2);
  const m = rest === 3 ? 0 : digits(s, at + 3 + colon, 2);
  if (!(h < 16 && m < 60)) return Number.NaN;
  return (h * 3600 + m * 60) * (sign === 45 ? -1 : 1);
}
