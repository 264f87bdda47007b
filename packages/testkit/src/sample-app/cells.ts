/**
 * Values in one plain text form of the sample application's own, so that its ledger, SQLite and PostgreSQL can be compared
 * by code that shares nothing with causeway's: integers in decimal, reals as JavaScript writes them, blobs in hex,
 * booleans as 0 and 1, points in time with six digits of a second.
 */
import type { AppTable, CellKind } from './tables.ts';

export type Cell = string | null;
/** Column to cell. */
export type Row = Readonly<Record<string, Cell>>;

export type SqliteValue = bigint | number | string | Buffer | null;

export function toSqlite(kind: CellKind, cell: Cell): SqliteValue {
  if (cell === null) return null;
  switch (kind) {
    case 'integer':
    case 'boolean':
      return BigInt(cell);
    case 'real':
      return Number(cell);
    case 'blob':
      return Buffer.from(cell, 'hex');
    default:
      return cell;
  }
}

/** A value that the column should not hold keeps its class in the text, and so never equals what was written. */
export function fromSqlite(kind: CellKind, value: unknown): Cell {
  if (value === null) return null;
  switch (kind) {
    case 'integer':
    case 'boolean':
      return typeof value === 'bigint' ? String(value) : `${typeof value}:${value}`;
    case 'real':
      return typeof value === 'number' ? String(value) : `${typeof value}:${value}`;
    case 'blob':
      return Buffer.isBuffer(value) ? value.toString('hex') : `${typeof value}:${value}`;
    case 'datetime':
      return typeof value === 'string' ? micros(value) : `${typeof value}:${value}`;
    default:
      return typeof value === 'string' ? value : `${typeof value}:${value}`;
  }
}

/** PostgreSQL reads every one of its types from text. */
export function toPostgres(kind: CellKind, cell: Cell): string | null {
  return cell !== null && kind === 'blob' ? `\\x${cell}` : cell;
}

/** `text` is what PostgreSQL makes of the column by `::text`, in UTC. */
export function fromPostgres(kind: CellKind, text: string | null): Cell {
  if (text === null) return null;
  switch (kind) {
    case 'boolean':
      return { true: '1', false: '0' }[text] ?? text;
    case 'real':
      return String(Number(text));
    case 'blob':
      return text.replace(/^\\x/, '');
    case 'datetime':
      return micros(text);
    default:
      return text;
  }
}

function micros(text: string): string {
  const [, second, fraction = ''] = /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:\+00(?::00)?|Z)?$/.exec(text) ?? [];
  return second === undefined ? text : `${second.replace('T', ' ')}.${fraction.padEnd(6, '0')}`;
}

export function nowCell(): string {
  return micros(new Date().toISOString());
}

export function keyOf(table: AppTable, row: Row): string {
  return JSON.stringify(table.key.map((column) => row[column] ?? null));
}

export const cellsOf = (table: AppTable, row: Row): Cell[] => Object.keys(table.columns).map((column) => row[column] ?? null);

export function rowOf(table: AppTable, cells: readonly Cell[]): Row {
  return Object.fromEntries(Object.keys(table.columns).map((column, i) => [column, cells[i] ?? null]));
}
