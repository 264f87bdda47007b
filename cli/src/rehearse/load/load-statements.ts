/** The statements of the load, in the words of either database. Parameters: the row's key first, the donor's second. */
import type { LoadColumn, LoadTable } from './load-table.ts';

export type Side = 'sqlite' | 'postgres';

const list = (columns: readonly LoadColumn[], side: Side, prefix = ''): string => columns.map((c) => prefix + c[side]).join(', ');

/** `from`: number of the first parameter. */
function isKey(table: LoadTable, side: Side, from: number, alias: string): string {
  return table.key.map((c, i) => (side === 'sqlite' ? `${alias}.${c.sqlite} = ?${from + i}` : `${alias}.${c.postgres} = $${from + i}::${c.type}`)).join(' AND ');
}

export function updateStatement(table: LoadTable, column: LoadColumn, side: Side): string {
  const width = table.key.length;
  return `UPDATE ${table[side]} AS r SET ${column[side]} = (SELECT d.${column[side]} FROM ${table[side]} AS d WHERE ${isKey(table, side, width + 1, 'd')}) WHERE ${isKey(table, side, 1, 'r')}`;
}

export function deleteStatement(table: LoadTable, side: Side): string {
  return `DELETE FROM ${table[side]} AS r WHERE ${isKey(table, side, 1, 'r')}`;
}

/** The row goes and comes back, as it was. */
export function rewriteStatement(table: LoadTable, side: Side): string {
  const columns = list(table.given, side);
  if (side === 'sqlite') return `REPLACE INTO ${table.sqlite} (${columns}) SELECT ${columns} FROM ${table.sqlite} AS r WHERE ${isKey(table, side, 1, 'r')}`;
  return `WITH gone AS (DELETE FROM ${table.postgres} AS r WHERE ${isKey(table, side, 1, 'r')} RETURNING ${list(table.given, side, 'r.')}) INSERT INTO ${table.postgres} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM gone`;
}

/** Another row under an id that the database gives; returns it. */
export function insertStatement(table: LoadTable, side: Side): string {
  const [id] = table.key as [LoadTable['key'][number]];
  const others = table.given.filter((c) => c.sqlite !== id.sqlite);
  if (others.length === 0) return `INSERT INTO ${table[side]} DEFAULT VALUES RETURNING ${id[side]}`;
  return `INSERT INTO ${table[side]} (${list(others, side)}) SELECT ${list(others, side)} FROM ${table[side]} AS r WHERE ${isKey(table, side, 1, 'r')} RETURNING ${id[side]}`;
}

/** One value: whether row and donor hold the same in this column; no row where one of them is not there. */
export function sameCellStatement(table: LoadTable, column: LoadColumn, side: Side): string {
  const [r, d] = [`r.${column[side]}`, `d.${column[side]}`];
  const same = side === 'sqlite' ? `${r} IS ${d}` : `(${r}::text IS NOT DISTINCT FROM ${d}::text)::int`;
  return `SELECT ${same} AS same FROM ${table[side]} AS r, ${table[side]} AS d WHERE ${isKey(table, side, 1, 'r')} AND ${isKey(table, side, table.key.length + 1, 'd')}`;
}

/** Both cells of SQLite as text, for whoever knows whether they are one value. */
export function textsStatement(table: LoadTable, column: LoadColumn): string {
  const text = (alias: string): string => `CAST(${alias}.${column.sqlite} AS TEXT)`;
  return `SELECT ${text('r')}, ${text('d')} FROM ${table.sqlite} AS r, ${table.sqlite} AS d WHERE ${isKey(table, 'sqlite', 1, 'r')} AND ${isKey(table, 'sqlite', table.key.length + 1, 'd')}`;
}

export function countStatement(table: LoadTable, side: Side): string {
  return `SELECT count(*) AS n FROM ${table[side]} AS r WHERE ${isKey(table, side, 1, 'r')}`;
}
