/** The branches of CASE, coalesce and their like in one PostgreSQL type. */
import { asInteger, asNumeric, isNumber } from './numeric-form.ts';
import { Untranslatable } from './untranslatable.ts';
import { INT64, type Interval, type Kind, rangeOf, type Value } from './value.ts';

export interface Unified {
  readonly kind: Kind;
  readonly sqls: readonly string[];
  readonly range: Interval;
  readonly shortest: boolean;
}

export function unify(values: readonly Value[]): Unified {
  const shortest = values.some((v) => v.shortest === true);
  const kinds = new Set(values.map((v) => v.kind).filter((k) => k !== 'null'));
  const [first] = kinds;
  if (first === undefined) return { kind: 'null', sqls: values.map(() => 'NULL'), range: INT64, shortest };
  const numbers = values.filter(isNumber);
  const range = numbers.map(rangeOf).reduce((a, b) => ({ min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max }), { min: INT64.max, max: INT64.min });
  if (kinds.size === 1 && first !== 'opaque') return { kind: first, sqls: values.map((v) => v.sql), range, shortest };
  if ([...kinds].every((k) => k === 'bool' || k === 'int')) return { kind: 'int', sqls: values.map((v) => (v.kind === 'null' ? 'NULL' : asInteger(v))), range, shortest };
  if (values.every((v) => v.kind === 'null' || isNumber(v))) return { kind: 'mixed', sqls: values.map((v) => (v.kind === 'null' ? 'NULL' : asNumeric(v))), range: INT64, shortest };
  throw new Untranslatable('the result may be of different storage classes from row to row');
}

/** The value of a unified expression. Functions and CASE have no affinity, and no column's collation. */
export function unifiedValue(sql: string, unified: Unified): Value {
  const value: Value = { sql, kind: unified.kind, affinity: 'none', collation: null };
  if (unified.kind === 'mixed') return { ...value, shortest: unified.shortest };
  return unified.kind === 'int' ? { ...value, range: unified.range } : value;
}
