/**
 * SQLite's comparison: affinity is applied first, then storage classes are ordered (numbers < text < blobs), then values.
 * https://www.sqlite.org/datatype3.html#comparison_expressions
 */
import { foldedAscii } from './ascii-case.ts';
import { compareOpaque } from './compare-opaque.ts';
import type { Context } from './context.ts';
import { jsonAs } from './json-value.ts';
import { textToNumber } from './number-text.ts';
import { asInteger, comparableDoubles, comparableNumbers, isNumber, isSmall } from './numeric-form.ts';
import { Untranslatable } from './untranslatable.ts';
import { boolValue, textConstant, textValue, type Value } from './value.ts';

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'IS DISTINCT FROM' | 'IS NOT DISTINCT FROM';

const NULL_SAFE = (op: Comparator): boolean => op === 'IS DISTINCT FROM' || op === 'IS NOT DISTINCT FROM';
const NUMERIC_AFFINITIES: readonly string[] = ['integer', 'real', 'numeric'];

/** `affinity: false` compares values as they are, as functions and IN-lists do with their arguments. */
export function compare(of: Value, op: Comparator, to: Value, context: Context, affinity = true): Value {
  const [left, right] = [besideNumber(of, to), besideNumber(to, of)];
  if (left.kind === 'null' || right.kind === 'null') return compareNull(left, op, right);
  const [l, r] = affinity ? applyAffinity(left, op, right) : [left, right];
  if (l.kind === 'opaque' || r.kind === 'opaque') return compareOpaque(l, op, r, context);
  const shortcut = compareTruth(l, op, r);
  if (shortcut !== null) return shortcut;
  const order = classRank(l) - classRank(r);
  if (order !== 0) return constantOrder(l, op, r, order);
  if (isNumber(l)) return compareNumbers(l, op, r, context);
  if (l.kind === 'blob') return boolValue(`(${l.sql} ${op} ${r.sql})`);
  return compareTexts(l, op, r, collationOf(left, right));
}

/** What a JSON document holds is taken for a number where it meets one. */
function besideNumber(v: Value, other: Value): Value {
  if (v.json === undefined || !isNumber(other)) return v;
  return { ...(jsonAs(v.json, 'numeric') as Value), affinity: v.affinity, collation: v.collation };
}

function compareNull(left: Value, op: Comparator, right: Value): Value {
  if (!NULL_SAFE(op)) return boolValue('NULL::boolean');
  const other = left.kind === 'null' ? right : left;
  if (other.kind === 'null') return boolValue(op === 'IS DISTINCT FROM' ? 'FALSE' : 'TRUE');
  return boolValue(`(${other.raw ?? other.sql} ${op === 'IS DISTINCT FROM' ? 'IS NOT NULL' : 'IS NULL'})`);
}

/** Rules of section 4.2: a numeric side makes numbers of the other's text, a text side makes text of a side without affinity. */
function applyAffinity(left: Value, op: Comparator, right: Value): readonly [Value, Value] {
  const both = left.affinity !== 'none' && right.affinity !== 'none';
  const numeric = NUMERIC_AFFINITIES.includes(left.affinity) || NUMERIC_AFFINITIES.includes(right.affinity);
  if (numeric) return [toNumericAffinity(left, op, right), toNumericAffinity(right, op, left)];
  if (!both && (left.affinity === 'text' || right.affinity === 'text')) {
    return [toTextAffinity(left, right), toTextAffinity(right, left)];
  }
  return [left, right];
}

/** Text that stands in a numeric column does not look like a number, or it would have become one when it was stored. */
function toNumericAffinity(v: Value, op: Comparator, other: Value): Value {
  if (v.kind !== 'text' || NUMERIC_AFFINITIES.includes(v.affinity)) return v;
  if (v.constant?.kind === 'text') return textToNumber(v.constant.value) ?? v;
  const equality = op === '=' || op === '<>' || NULL_SAFE(op);
  if (other.kind === 'blob' || other.kind === 'opaque' || (other.kind === 'text' && equality)) return v;
  throw new Untranslatable('a text value meets a numeric column: SQLite reads each text that looks like a number as one');
}

function toTextAffinity(v: Value, other: Value): Value {
  if (!isNumber(v)) return v;
  if (isNumber(other)) return v;
  if (v.constant?.kind === 'int') return { ...textConstant(String(v.constant.value)), collation: v.collation };
  if (v.kind === 'real' || v.kind === 'mixed') throw new Untranslatable('a real number is compared with text: its text form differs between the two');
  return { ...textValue(`${asInteger(v)}::text`), collation: v.collation };
}

const classRank = (v: Value): number => (isNumber(v) ? 0 : v.kind === 'text' ? 1 : 2);

/** Values of different classes are never equal, and their order is fixed. */
function constantOrder(l: Value, op: Comparator, r: Value, order: number): Value {
  if (NULL_SAFE(op)) {
    const bothNull = `(${l.sql} IS NULL AND ${r.sql} IS NULL)`;
    return boolValue(op === 'IS DISTINCT FROM' ? `(NOT ${bothNull})` : bothNull);
  }
  const holds = op === '<>' || (order < 0 ? op.startsWith('<') : op.startsWith('>'));
  return boolValue(`(CASE WHEN ${l.sql} IS NULL OR ${r.sql} IS NULL THEN NULL ELSE ${holds ? 'TRUE' : 'FALSE'} END)`);
}

/** `flag = 1` on a boolean stays readable. */
function compareTruth(l: Value, op: Comparator, r: Value): Value | null {
  if (l.kind === 'bool' && r.kind === 'bool') return boolValue(`(${l.sql} ${op} ${r.sql})`);
  const [bool, other] = l.kind === 'bool' ? [l, r] : [r, l];
  if (bool.kind !== 'bool' || other.constant?.kind !== 'int' || (other.constant.value !== 0n && other.constant.value !== 1n)) return null;
  const truth = other.constant.value === 1n ? 'TRUE' : 'FALSE';
  return boolValue(l.kind === 'bool' ? `(${l.sql} ${op} ${truth})` : `(${truth} ${op} ${r.sql})`);
}

const TEXT_OF_MIXED = 'numbers beyond 2^53 may compare differently: a numeric column keeps the shortest digits of a real';

function compareNumbers(l: Value, op: Comparator, r: Value, context: Context): Value {
  const doubles = comparableDoubles(l, r);
  if (doubles !== null) return boolValue(`(${doubles[0]} ${op} ${doubles[1]})`);
  const shortest = l.shortest === true || r.shortest === true;
  if (shortest && !isSmall(l) && !isSmall(r)) context.notes.add(TEXT_OF_MIXED);
  const [a, b] = comparableNumbers(l, r);
  return boolValue(`(${a} ${op} ${b})`);
}

/** The left operand's explicit COLLATE, then the right one's, then the left column's, then the right one's. */
function collationOf(left: Value, right: Value): string {
  const explicit = [left, right].find((v) => v.collation?.explicit === true);
  return (explicit ?? [left, right].find((v) => v.collation !== null))?.collation?.name ?? 'BINARY';
}

function compareTexts(l: Value, op: Comparator, r: Value, collation: string): Value {
  const [a, b] = [collated(l, collation), collated(r, collation)];
  const ordered = op === '<' || op === '<=' || op === '>' || op === '>=';
  return boolValue(`(${ordered ? `${a} COLLATE "C"` : a} ${op} ${b})`);
}

export function collated(v: Value, collation: string): string {
  if (collation === 'NOCASE') return foldedAscii(v.sql);
  if (collation === 'RTRIM') return `rtrim(${v.sql}, ' ')`;
  return v.sql;
}
