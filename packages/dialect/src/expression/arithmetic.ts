/**
 * Arithmetic. SQLite's integers turn into reals where 64 bits overflow and a division by zero is NULL; PostgreSQL raises
 * an error for both. Intervals tell where overflow cannot happen.
 */
import type { Context } from './context.ts';
import { asBigint, asDouble, asNumeric, isNumber } from './numeric-form.ts';
import { Untranslatable } from './untranslatable.ts';
import { INT64, type Interval, intConstant, intValue, mixedValue, NULL_VALUE, rangeOf, realConstant, realValue, type Value, within } from './value.ts';

export type ArithmeticOperator = '+' | '-' | '*';

const DOUBLE_RANGE = 'PostgreSQL raises an error where the result leaves the range of double precision; SQLite gives ±Infinity or 0';

function numbersOnly(left: Value, right: Value): void {
  if (!isNumber(left) || !isNumber(right)) throw new Untranslatable('arithmetic on text or blobs: SQLite reads a number from their beginning');
}

export function addSubtractMultiply(left: Value, op: ArithmeticOperator, right: Value, context: Context): Value {
  if (left.kind === 'null' || right.kind === 'null') return NULL_VALUE;
  numbersOnly(left, right);
  // A real on one side makes a real of the whole, whatever the other is.
  if (left.kind === 'real' || right.kind === 'real') return doubles(left, op, right, context);
  if (left.kind === 'mixed' || right.kind === 'mixed') {
    context.notes.add('computed in decimal where SQLite computes in double precision or 64-bit integers');
    return mixedValue(`(${asNumeric(left)} ${op} ${asNumeric(right)})`, left.shortest === true || right.shortest === true);
  }
  const range = resultRange(rangeOf(left), op, rangeOf(right));
  const [a, b] = [asBigint(left), asBigint(right)];
  if (within(range, INT64)) return intValue(`(${a} ${op} ${b})`, range, true);
  const exact = `(${a}::numeric ${op} ${b}::numeric)`;
  const overflowed = asNumeric(realValue(`(${asDouble(left)} ${op} ${asDouble(right)})`));
  return mixedValue(`(CASE WHEN ${exact} BETWEEN -9223372036854775808 AND 9223372036854775807 THEN ${exact} ELSE ${overflowed} END)`);
}

function doubles(left: Value, op: string, right: Value, context: Context): Value {
  context.notes.add(DOUBLE_RANGE);
  return realValue(`(${asDouble(left)} ${op} ${asDouble(right)})`);
}

function resultRange(a: Interval, op: ArithmeticOperator, b: Interval): Interval {
  if (op === '+') return { min: a.min + b.min, max: a.max + b.max };
  if (op === '-') return { min: a.min - b.max, max: a.max - b.min };
  const corners = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
  return { min: corners.reduce((x, y) => (x < y ? x : y)), max: corners.reduce((x, y) => (x > y ? x : y)) };
}

const contains = (range: Interval, value: bigint): boolean => value >= range.min && value <= range.max;

/** Integers divide towards zero on both sides; only -2^63 / -1 leaves 64 bits. */
export function divide(left: Value, right: Value, context: Context): Value {
  if (left.kind === 'null' || right.kind === 'null') return NULL_VALUE;
  numbersOnly(left, right);
  if (left.kind === 'real' || right.kind === 'real') {
    context.notes.add(DOUBLE_RANGE);
    return realValue(`(${asDouble(left)} / ${nonZero(right, asDouble(right))})`);
  }
  if (left.kind === 'mixed' || right.kind === 'mixed') throw new Untranslatable('a division whose operands may be integers or reals: SQLite truncates only between integers');
  const [a, b] = [asBigint(left), asBigint(right)];
  const quotient = `(${a} / ${nonZero(right, b)})`;
  if (!contains(rangeOf(left), INT64.min) || !contains(rangeOf(right), -1n)) return intValue(quotient, magnitude(rangeOf(left)), true);
  return mixedValue(`(CASE WHEN ${b} = -1 THEN ${negatedNumeric(a)} ELSE ${quotient}::numeric END)`);
}

export function remainder(left: Value, right: Value): Value {
  if (left.kind === 'null' || right.kind === 'null') return NULL_VALUE;
  numbersOnly(left, right);
  if (left.kind === 'real' || right.kind === 'real' || left.kind === 'mixed' || right.kind === 'mixed') {
    throw new Untranslatable('% on reals: SQLite cuts both to integers first');
  }
  const b = asBigint(right);
  return intValue(`(${asBigint(left)} % ${nonZero(right, b)})`, remainderRange(rangeOf(left), rangeOf(right)), true);
}

/** It has the sign of the number that is divided, and is smaller than the divisor. */
function remainderRange(left: Interval, right: Interval): Interval {
  const below = magnitude(right).max - 1n;
  const most = magnitude(left).max;
  const max = below < 0n ? 0n : below < most ? below : most;
  return { min: left.min >= 0n ? 0n : -max, max: left.max <= 0n ? 0n : max };
}

const nonZero = (divisor: Value, sql: string): string => {
  const c = divisor.constant;
  return (c?.kind === 'int' || c?.kind === 'real') && Number(c.value) !== 0 ? sql : `nullif(${sql}, 0)`;
};

function magnitude(range: Interval): Interval {
  const most = [-range.min, range.min, range.max, -range.max].reduce((x, y) => (x > y ? x : y));
  return { min: -most < INT64.min ? INT64.min : -most, max: most > INT64.max ? INT64.max : most };
}

/** -(-2^63) is the real 2^63, in the digits that a double shows. */
const negatedNumeric = (bigint: string): string =>
  `(CASE WHEN ${bigint} = '-9223372036854775808'::bigint THEN 9223372036854776000 ELSE -(${bigint}::numeric) END)`;

/** The real -2^63 equals the integer and is written as it; the real 2^63 is beyond the integers. */
const negatedMixed = (sql: string): string =>
  `(CASE ${sql} WHEN 9223372036854776000 THEN -9223372036854775808 WHEN -9223372036854775808 THEN 9223372036854776000 ELSE -${sql} END)`;

/** SQLite computes 0 - x, so that -0.0 does not arise. */
export function negate(v: Value): Value {
  if (v.kind === 'null') return NULL_VALUE;
  if (v.constant?.kind === 'int' && v.kind === 'int' && v.constant.value !== INT64.min) return intConstant(-v.constant.value);
  if (v.constant?.kind === 'real') return realConstant(0 - v.constant.value);
  if (!isNumber(v)) throw new Untranslatable('the negative of a text or blob');
  if (v.kind === 'mixed') return mixedValue(v.shortest === true ? `(- ${v.sql})` : negatedMixed(v.sql), v.shortest);
  if (v.kind === 'real') return realValue(`(0 - ${v.sql})`);
  const range = rangeOf(v);
  if (range.min > INT64.min) return intValue(`(- ${asBigint(v)})`, { min: -range.max, max: -range.min }, true);
  return mixedValue(negatedNumeric(asBigint(v)));
}

export function bitwise(left: Value, op: '&' | '|' | '<<' | '>>', right: Value): Value {
  if (left.kind === 'null' || right.kind === 'null') return NULL_VALUE;
  integersOnly(left, right);
  if (op === '&' || op === '|') return intValue(`(${asBigint(left)} ${op} ${asBigint(right)})`, INT64, true);
  const by = right.constant?.kind === 'int' ? right.constant.value : -1n;
  if (by < 0n || by > 63n) throw new Untranslatable('a shift by something else than a literal from 0 to 63');
  return intValue(`(${asBigint(left)} ${op} ${by})`, INT64, true);
}

export function complement(v: Value): Value {
  if (v.kind === 'null') return NULL_VALUE;
  integersOnly(v, v);
  return intValue(`(~ ${asBigint(v)})`, INT64, true);
}

function integersOnly(left: Value, right: Value): void {
  for (const v of [left, right]) if (v.kind !== 'int' && v.kind !== 'bool') throw new Untranslatable('bits of something else than integers');
}
