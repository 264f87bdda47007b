/** Moving numbers between the PostgreSQL forms that stand for SQLite's integers and reals, without losing a digit. */
import { Untranslatable } from './untranslatable.ts';
import { rangeOf, realText, SAFE_DOUBLE, type Value, within } from './value.ts';

export const isNumber = (v: Value): boolean => v.kind === 'bool' || v.kind === 'int' || v.kind === 'real' || v.kind === 'mixed';

/** An integer as PostgreSQL holds it; a boolean becomes 0 or 1. */
export function asInteger(v: Value): string {
  if (v.kind === 'bool') return `(${v.sql})::integer`;
  if (v.kind === 'int') return v.sql;
  throw new Untranslatable('an integer is needed here');
}

export function asBigint(v: Value): string {
  return v.wide === true ? v.sql : `${asInteger(v)}::bigint`;
}

/** SQLite's (double) of an integer rounds to nearest even; PostgreSQL's cast does the same. */
export function asDouble(v: Value): string {
  if (v.kind === 'real') return v.sql;
  if (v.double !== undefined) return v.double;
  if (v.constant?.kind === 'int') return `'${v.constant.value}'::double precision`;
  return `${v.kind === 'mixed' ? v.sql : asInteger(v)}::double precision`;
}

/**
 * A double as a numeric of exactly the same value as far as integers reach, so that it compares with bigint as in SQLite.
 * PostgreSQL's own cast keeps 15 digits; the shortest text is exact below 2^53 in comparison with integers; between there
 * and 2^63 a double is a whole number, and bigint holds it.
 */
export function asNumeric(v: Value): string {
  if (v.kind === 'mixed') return v.sql;
  if (v.kind !== 'real') return `${asInteger(v)}::numeric`;
  if (v.constant?.kind === 'real') return realLiteralAsNumeric(v.constant.value);
  const d = v.sql;
  return `(CASE WHEN abs(${d}) >= 9007199254740992 AND ${d} >= -9223372036854775808 AND ${d} < 9223372036854775808 THEN ${d}::bigint::numeric ELSE ${d}::text::numeric END)`;
}

function realLiteralAsNumeric(value: number): string {
  const digits = Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value).toString() : realText(value);
  return `'${digits}'::numeric`;
}

/** Never beyond 2^53. */
export function isSmall(v: Value): boolean {
  return isSmallConstant(v) || (v.kind !== 'real' && v.kind !== 'mixed' && within(rangeOf(v), SAFE_DOUBLE));
}

/** So small that its shortest digits and its exact value are the same for every purpose of comparison. */
function isSmallConstant(v: Value): boolean {
  const c = v.constant;
  return (c?.kind === 'int' || c?.kind === 'real') && (c.kind === 'int' ? within(rangeOf(v), SAFE_DOUBLE) : Math.abs(c.value) <= 2 ** 53);
}

/** A double precision column needs no detour where the other side is a double or a small constant; null otherwise. */
export function comparableDoubles(left: Value, right: Value): readonly [string, string] | null {
  if (left.double === undefined && right.double === undefined) return null;
  const form = (v: Value): string | null => v.double ?? (v.kind === 'real' || isSmallConstant(v) ? asDouble(v) : null);
  const [l, r] = [form(left), form(right)];
  return l === null || r === null ? null : [l, r];
}

/** Both operands in one PostgreSQL form in which they compare as SQLite compares them. */
export function comparableNumbers(left: Value, right: Value): readonly [string, string] {
  if (left.kind !== 'real' && right.kind !== 'real') {
    if (left.kind !== 'mixed' && right.kind !== 'mixed') return [asInteger(left), asInteger(right)];
    return [asNumeric(left), asNumeric(right)];
  }
  if (left.shortest === true || right.shortest === true) return [shortestNumeric(left), shortestNumeric(right)];
  if (left.kind === 'mixed' || right.kind === 'mixed') return [asNumeric(left), asNumeric(right)];
  const fitsDouble = (v: Value): boolean => v.kind === 'real' || within(rangeOf(v), SAFE_DOUBLE);
  if (fitsDouble(left) && fitsDouble(right)) return [asDouble(left), asDouble(right)];
  return [asNumeric(left), asNumeric(right)];
}

/** Numeric columns were filled with the shortest text of each real, so a real that meets one takes the same form. */
function shortestNumeric(v: Value): string {
  if (v.kind !== 'real') return asNumeric(v);
  if (v.constant?.kind === 'real') return `'${realText(v.constant.value)}'::numeric`;
  return `${v.sql}::text::numeric`;
}
