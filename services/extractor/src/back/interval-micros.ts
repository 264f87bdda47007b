/**
 * Microseconds of an interval as IntervalStyle iso_8601 prints it; null where it has months or days, which the canonical
 * form keeps apart from hours.
 */
export function intervalMicros(text: string): bigint | null {
  const parts = /^P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?)(\d+)(?:\.(\d{1,6}))?S)?)?$/.exec(text);
  if (parts === null) return null;
  const [, years, months, days, hours = '0', minutes = '0', sign, seconds = '0', fraction = ''] = parts;
  if (years !== undefined || months !== undefined || days !== undefined) return null;
  const clock = BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  const total = (BigInt(hours) * 60n + BigInt(minutes)) * 60_000_000n + (sign === '-' ? -clock : clock);
  return BigInt.asIntN(64, total) === total ? total : null;
}
