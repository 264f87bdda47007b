/**
 * Julian day numbers: days since noon of 24 November 4714 BC. A double of today's days resolves 40 microseconds, so what
 * is meant is the microsecond nearest to it. Source: https://www.sqlite.org/lang_datefunc.html
 */
const DAY = 86_400_000_000n;
/** Twice the Julian day of 1970-01-01 00:00, which is a half one. */
const TWICE_1970 = 4_881_175n;

/** Microseconds since 1970; null for what is no day of SQLite's own range. */
export function julianMicros(days: number | bigint): bigint | null {
  if (!(days > 0 && days < 6_000_000)) return null;
  if (typeof days === 'bigint') return (days * 2n - TWICE_1970) * (DAY / 2n);
  const whole = Math.floor(days);
  return (BigInt(whole) * 2n - TWICE_1970) * (DAY / 2n) + BigInt(Math.round((days - whole) * Number(DAY)));
}
