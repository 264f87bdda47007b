/** Functions of numbers. */
import type { Context } from './context.ts';
import { asBigint, asDouble, asNumeric } from './numeric-form.ts';
import { Untranslatable } from './untranslatable.ts';
import { INT64, intValue, mixedValue, NULL_VALUE, rangeOf, realValue, type Value } from './value.ts';

/**
 * abs(-2^63) is an error in SQLite, but only where it is evaluated; here it must not be one where PostgreSQL evaluates
 * more than SQLite, so it stays the largest integer.
 */
export function abs([value]: readonly Value[]): Value {
  const v = value as Value;
  switch (v.kind) {
    case 'null':
      return NULL_VALUE;
    case 'bool':
    case 'int': {
      const { min, max } = rangeOf(v);
      const most = -min > max ? -min : max;
      const sql = asBigint(v);
      if (min > INT64.min) return intValue(`abs(${sql})`, { min: 0n, max: most }, true);
      return intValue(`abs(CASE WHEN ${sql} < -9223372036854775807 THEN -9223372036854775807 ELSE ${sql} END)`, { min: 0n, max: INT64.max }, true);
    }
    case 'real':
      return realValue(`abs(${v.sql})`);
    case 'mixed':
      return mixedValue(v.shortest === true ? `abs(${v.sql})` : `(CASE ${v.sql} WHEN -9223372036854775808 THEN 9223372036854776000 ELSE abs(${v.sql}) END)`, v.shortest);
    default:
      throw new Untranslatable('abs() of a text or blob');
  }
}

/** Always a real. Without digits it adds a half and truncates, exactly; with digits it works on a decimal print of the double. */
export function round(args: readonly Value[], context: Context): Value {
  const [v, digits] = args as [Value, Value | undefined];
  if (args.some((a) => a.kind === 'null')) return NULL_VALUE;
  if (v.kind === 'text' || v.kind === 'blob' || v.kind === 'opaque') throw new Untranslatable('round() of something else than a number');
  if (v.kind === 'int' || v.kind === 'bool') {
    if (digits !== undefined && digits.constant?.kind !== 'int') throw new Untranslatable('round() with digits that are not a literal');
    return realValue(asDouble(v));
  }
  if (digits === undefined || (digits.constant?.kind === 'int' && digits.constant.value <= 0n)) return halfAway(asDouble(v));
  if (digits.constant?.kind !== 'int') throw new Untranslatable('round() with digits that are not a literal');
  context.notes.add('rounds the shortest decimal of a real; SQLite rounds a longer one');
  const places = digits.constant.value > 30n ? 30n : digits.constant.value;
  return realValue(`round(${v.kind === 'mixed' ? asNumeric(v) : `${v.sql}::text::numeric`}, ${places})::double precision`);
}

/** Beyond 2^52 a double has no fraction. Adding 0 turns -0 into 0, as SQLite's way over an integer does. */
function halfAway(d: string): Value {
  return realValue(`(CASE WHEN abs(${d}) > 4503599627370496 THEN ${d} WHEN ${d} < 0 THEN trunc(${d} - 0.5::double precision) + 0 ELSE trunc(${d} + 0.5::double precision) END)`);
}
