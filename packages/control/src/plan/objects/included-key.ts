/**
 * Each index of SQLite holds the key of its rows: (a, b) answers a question for a, b and the id without the table. In
 * PostgreSQL it holds a place in the table instead, so the key is added. Only to indexes of several columns: those were
 * made to answer by themselves, while one column with few values is kept much smaller by PostgreSQL's deduplication.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { findColumn, type TargetType } from '@causeway/dialect/column-scope';
import type { SourceIndex } from '../source-schema.ts';
import type { TableScope } from './table-scope.ts';

/** Of a known small size, so that no entry of an index becomes too long by its key. */
const SMALL: ReadonlySet<TargetType> = new Set(['int2', 'int4', 'int8', 'date', 'time', 'timestamp', 'timestamptz', 'uuid', 'boolean']);

/** ` INCLUDE (…)`, or nothing. */
export function includedKey(table: TableScope, index: SourceIndex): string {
  if (index.unique || index.partial || index.parts.length < 2 || index.parts.some((p) => p.name === null || p.collation.toUpperCase() !== 'BINARY')) return '';
  const { source, scope } = table;
  const key = source.withoutRowid ? source.columns.filter((c) => c.keyPosition > 0).map((c) => c.name) : source.rowidColumn === null ? [] : [source.rowidColumn];
  const columns = key.map((name) => findColumn(scope, name));
  if (columns.some((c) => c === undefined || !SMALL.has(c.type))) return '';
  const there = new Set(index.parts.map((p) => findColumn(scope, p.name as string)?.target));
  const missing = columns.flatMap((c) => (c === undefined || there.has(c.target) ? [] : [quoteIdentifier(c.target)]));
  return missing.length === 0 ? '' : ` INCLUDE (${missing.join(', ')})`;
}
