/** The SQL that reads a table of the source, in each mode. */
import type { Slice } from '../../align/slice.ts';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { ReadMode } from './cell-reader.ts';

/** SQLite limits the depth of an expression to 1,000. */
const CLASSES_A_COLUMN = 200;

/** Columns of the result before the table's own: a table without a key shows its rowid. */
export function leadingColumns(contract: TableContract): number {
  return contract.key.length === 0 ? 1 : 0;
}

/**
 * Result columns: the rowid of a keyless table, the contract's columns, and in exact mode the first letters of their
 * storage classes, joined (all five differ: null, integer, real, text, blob).
 */
export function selectRows(contract: TableContract, mode: ReadMode, slice: Slice): string {
  const names = contract.columns.map((column) => quoteIdentifier(column.source));
  const cells = mode === 'exact' ? names.map((name) => `CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END`) : names;
  const list = [...rowName(contract), ...cells, ...(mode === 'exact' ? classLetters(names) : [])];
  const where = slice.column === null ? '' : ` WHERE ${quoteIdentifier(slice.column)} BETWEEN ? AND ?`;
  return `SELECT ${list.join(', ')} FROM ${quoteIdentifier(contract.source)}${where}`;
}

/** A table whose columns shadow every name of the rowid is numbered in reading order. */
function rowName(contract: TableContract): string[] {
  if (leadingColumns(contract) === 0) return [];
  const alias = contract.order.kind === 'rowid' ? contract.order.alias : null;
  return [alias === null ? 'row_number() OVER ()' : quoteIdentifier(alias)];
}

function classLetters(names: readonly string[]): string[] {
  const out: string[] = [];
  for (let from = 0; from < names.length; from += CLASSES_A_COLUMN) {
    out.push(names.slice(from, from + CLASSES_A_COLUMN).map((name) => `substr(typeof(${name}), 1, 1)`).join(' || '));
  }
  return out;
}
