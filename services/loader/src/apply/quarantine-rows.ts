/** Writes rejected rows into the quarantine, inside the transaction of their block. */
import { exactCellJson, type ExactCell } from '@causeway/contracts/source-value';
import type { Generation } from '@causeway/control/record/table-record';
import { storedName } from '@causeway/control/record/quarantine-record';
import type { TableContract } from '@causeway/contracts/table-contract';
import { LIVE_RANGE } from '@causeway/control/record/quarantine-record';
import type pg from 'pg';
import type { RejectedRow } from '../consume/block.ts';
import { plainKey } from '../stream/key-cells.ts';
import type { RefusedRow } from './find-refused.ts';

const cellsJson = (cells: readonly ExactCell[]): string => JSON.stringify(Object.fromEntries(cells.map((cell) => [storedName(cell.name), exactCellJson(cell)])));

export async function quarantineRows(client: pg.ClientBase, g: Generation, table: number, range: number, rejects: readonly RejectedRow[]): Promise<void> {
  for (const reject of rejects) {
    await client.query(
      'INSERT INTO causeway.quarantine (migration, generation, table_no, range_no, key, column_name, code, reason, cells) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      [g.migration, g.generation, table, range, cellsJson(reject.key), storedName(reject.column), reject.code, reject.reason, cellsJson(reject.values)],
    );
  }
}

/**
 * A row that the transcoder could write and PostgreSQL refused. The loader knows its place in the range; the extractor,
 * which alone can read the source, completes key and cells from it (see complete-quarantine there).
 */
export async function quarantineByPlace(client: pg.ClientBase, g: Generation, table: number, range: number, place: number, code: string, reason: string): Promise<void> {
  await client.query(
    'INSERT INTO causeway.quarantine (migration, generation, table_no, range_no, key, column_name, code, reason, cells) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)',
    [g.migration, g.generation, table, range, JSON.stringify({ place }), '', code, reason],
  );
}

/** Of a source that is written meanwhile: the row's key, in the source's plainest form. */
export async function quarantineByKey(client: pg.ClientBase, g: Generation, contract: TableContract, tuple: Buffer, row: RefusedRow): Promise<void> {
  await client.query(
    'INSERT INTO causeway.quarantine (migration, generation, table_no, range_no, key, column_name, code, reason, cells) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)',
    [g.migration, g.generation, contract.table, LIVE_RANGE, cellsJson(plainKey(contract, tuple)), '', row.code, row.reason],
  );
}
