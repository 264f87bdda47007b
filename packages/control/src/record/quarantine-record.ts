/** Rows that PostgreSQL cannot hold, with their key and their original storage classes and bytes. */
import type { StorageClass } from '@causeway/contracts/source-value';
import type pg from 'pg';
import type { Generation } from './table-record.ts';

/** Range of a row that the change stream, or a live snapshot, has put here: its key names it, not a place in a range. */
export const LIVE_RANGE = -1;

/** A cell in the control record and in `--quarantine-out`. */
export interface StoredCell {
  readonly class: StorageClass;
  readonly base64: string;
}

export interface QuarantinedRow {
  readonly id: bigint;
  readonly table: number;
  readonly range: number;
  /** `{column: cell}`; `{"rowid": cell}` for a table without a key. */
  readonly key: Readonly<Record<string, StoredCell>>;
  readonly column: string;
  readonly code: string;
  readonly reason: string;
  /** Null where the loader found the row and the original has not been read again yet. */
  readonly cells: Readonly<Record<string, StoredCell>> | null;
}

export async function readQuarantine(pool: pg.Pool | pg.ClientBase, g: Generation, table: number): Promise<QuarantinedRow[]> {
  const result = await pool.query(
    `SELECT id, table_no AS table, range_no AS range, key, column_name AS column, code, reason, cells
       FROM causeway.quarantine WHERE migration = $1 AND generation = $2 AND table_no = $3 ORDER BY id`,
    [g.migration, g.generation, table],
  );
  return result.rows as QuarantinedRow[];
}

/** Numbers of the tables that have a quarantine. */
export async function quarantinedTables(pool: pg.Pool | pg.ClientBase, g: Generation): Promise<Set<number>> {
  const result = await pool.query('SELECT DISTINCT table_no FROM causeway.quarantine WHERE migration = $1 AND generation = $2', [g.migration, g.generation]);
  return new Set(result.rows.map((row) => row.table_no as number));
}

/** jsonb cannot hold U+0000, which may stand in a key or a name: it travels escaped. */
export function storedName(name: string): string {
  return name.replaceAll('\u0000', '\\0');
}
