/** The quarantine entry of a row that PostgreSQL refused. */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { RefusedRow } from '../apply/find-refused.ts';
import type { ChangePart } from './change-message.ts';
import { keyCellsOf } from './key-cells.ts';
import { type Entry, storedCells } from './stream-quarantine.ts';
import type { StreamTable } from './stream-table.ts';

export function entryOfRefused(table: StreamTable, part: ChangePart, tuple: Buffer, row: RefusedRow, cells: readonly (readonly ExactCell[])[]): Entry {
  return { key: storedCells(keyCellsOf(table, part, tuple, cells)), column: '', code: row.code, reason: row.reason, cells: null };
}
