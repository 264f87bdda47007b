/**
 * Completes quarantine entries that the loader could only describe by place: the range is read again, and the row that
 * stands at that place among the accepted ones gives its key and its original classes and bytes.
 */
import { exactCellJson, type ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import { storedName } from '@causeway/control/record/quarantine-record';
import type { Generation, KeyRange } from '@causeway/control/record/table-record';
import type pg from 'pg';
import type { Reader } from './reader.ts';

interface OpenEntry {
  readonly id: bigint;
  readonly table: number;
  readonly range: number;
  readonly place: number;
}

export async function completeQuarantine(pool: pg.Pool, g: Generation, reader: Reader, contracts: readonly TableContract[], rangeOf: (table: number, range: number) => KeyRange): Promise<void> {
  const result = await pool.query(
    `SELECT id, table_no AS "table", range_no AS range, (key->>'place')::int AS place FROM causeway.quarantine
      WHERE migration = $1 AND generation = $2 AND cells IS NULL AND range_no >= 0 ORDER BY id LIMIT 100`,
    [g.migration, g.generation],
  );
  for (const entry of result.rows as OpenEntry[]) {
    const contract = contracts.find((c) => c.table === entry.table) as TableContract;
    const row = await reader.acceptedRow(contract, rangeOf(entry.table, entry.range), entry.place);
    await pool.query('UPDATE causeway.quarantine SET key = $2, cells = $3 WHERE id = $1', [entry.id, cellsJson(row.key), cellsJson(row.values)]);
  }
}

const cellsJson = (cells: readonly ExactCell[]): string => JSON.stringify(Object.fromEntries(cells.map((cell) => [storedName(cell.name), exactCellJson({ ...cell, bytes: Uint8Array.from(cell.bytes) })])));
