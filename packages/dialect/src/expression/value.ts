/**
 * A translated part of an expression: its PostgreSQL text and what SQLite would hold there.
 *
 * `sql` is always an operand as it stands: a name, a literal, a call, or in parentheses.
 */
import { quoteLiteral } from '@causeway/contracts/identifier';
import type { JsonPlace } from './json-value.ts';
import type { Affinity, CollationName, ScopeColumn } from '../column-scope.ts';

/**
 * The storage class in the source, NULL aside, and with it the form in PostgreSQL:
 * bool: integer 0/1 as boolean; int: integer as smallint…bigint; real: real as double precision; mixed: integer or real
 * as numeric; opaque: a column whose source text or number went into another type (dates, uuid, json).
 */
export type Kind = 'null' | 'bool' | 'int' | 'real' | 'mixed' | 'text' | 'blob' | 'opaque';

export interface Interval {
  readonly min: bigint;
  readonly max: bigint;
}

export type Constant = { readonly kind: 'int'; readonly value: bigint } | { readonly kind: 'real'; readonly value: number } | { readonly kind: 'text'; readonly value: string } | { readonly kind: 'blob' };

export interface Value {
  readonly sql: string;
  readonly kind: Kind;
  /** SQLite's affinity of the expression: only columns and CAST have one. */
  readonly affinity: Affinity | 'none';
  readonly collation: { readonly name: CollationName; readonly explicit: boolean } | null;
  /** For int: the values that are possible. */
  readonly range?: Interval;
  readonly constant?: Constant;
  /** Set where the value is a column as it stands. */
  readonly column?: ScopeColumn;
  /** The column's name, where `sql` is a conversion of it. */
  readonly raw?: string;
  /** Holds for all the column's values only if this is true; noted when the value is used for more than a null test. */
  readonly assumes?: string;
  /** For a mixed column of type double precision: the column itself, while `sql` is numeric. */
  readonly double?: string;
  /**
   * For mixed: reals stand there as the shortest digits of a numeric column, not as their exact value; the two differ
   * beyond 2^53 only.
   */
  readonly shortest?: boolean;
  /** Set where it is a value of a JSON document, whose class SQLite finds row by row. */
  readonly json?: JsonPlace;
  /** Text of nothing but digits, less than 19 of them. */
  readonly digits?: boolean;
  /** Already bigint, so that arithmetic need not cast. */
  readonly wide?: boolean;
}

export const INT64: Interval = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
export const SAFE_DOUBLE: Interval = { min: -(2n ** 53n), max: 2n ** 53n };
/** SQLite's own limit of a value's length is 10^9 bytes. */
export const LENGTH: Interval = { min: 0n, max: 1_000_000_000n };

const plain = { affinity: 'none', collation: null } as const;

export const NULL_VALUE: Value = { ...plain, sql: 'NULL', kind: 'null' };

export const boolValue = (sql: string): Value => ({ ...plain, sql, kind: 'bool' });
export const textValue = (sql: string): Value => ({ ...plain, sql, kind: 'text' });
export const blobValue = (sql: string): Value => ({ ...plain, sql, kind: 'blob' });
export const realValue = (sql: string): Value => ({ ...plain, sql, kind: 'real' });
export const mixedValue = (sql: string, shortest = false): Value => ({ ...plain, sql, kind: 'mixed', shortest });
export const intValue = (sql: string, range: Interval, wide = false): Value => ({ ...plain, sql, kind: 'int', range, wide });

export function intConstant(value: bigint): Value {
  // -9223372036854775808 written plainly is the negative of a numeric.
  const sql = value < 0n ? `'${value}'::bigint` : String(value);
  return { ...intValue(sql, { min: value, max: value }), constant: { kind: 'int', value } };
}

export function realConstant(value: number): Value {
  return { ...realValue(`'${realText(value)}'::double precision`), constant: { kind: 'real', value } };
}

export function textConstant(value: string): Value {
  return { ...textValue(quoteLiteral(value)), constant: { kind: 'text', value } };
}

export function blobConstant(bytes: Uint8Array): Value {
  return { ...blobValue(`'\\x${Buffer.from(bytes).toString('hex')}'::bytea`), constant: { kind: 'blob' } };
}

/** Shortest decimal that reads back as the same double, in PostgreSQL's spelling. */
export function realText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  if (value === Number.NEGATIVE_INFINITY) return '-Infinity';
  return String(value);
}

export const rangeOf = (value: Value): Interval => value.range ?? (value.kind === 'bool' ? { min: 0n, max: 1n } : INT64);

export const within = (inner: Interval, outer: Interval): boolean => inner.min >= outer.min && inner.max <= outer.max;
