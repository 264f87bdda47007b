/**
 * Rows of the way back whose generated columns SQLite computes otherwise than PostgreSQL has them: where nothing computes
 * the column in PostgreSQL, that is every row which the application writes there. Nothing is lost by going back, since such a column
 * says only what the others say; so it is no problem of the way back. After a rollback these rows go through the stream once more,
 * and PostgreSQL has SQLite's values too.
 */
import type pg from 'pg';
import type { DivergenceKey } from '../live/divergence-record.ts';

export interface ComputedRow {
  readonly table: number;
  /** As the queue of the way back has it. */
  readonly key: readonly (string | null)[];
  /** As it stands in SQLite. */
  readonly sourceKey: DivergenceKey;
  /** Columns in SQLite. */
  readonly columns: readonly string[];
}

/** What is known of these keys is replaced by what was found now. */
export async function replaceComputedRows(client: pg.ClientBase, migration: string, keys: readonly Pick<ComputedRow, 'table' | 'key'>[], found: readonly ComputedRow[]): Promise<void> {
  await client.query("DELETE FROM causeway.back_computed c USING jsonb_array_elements($2::jsonb) AS k WHERE c.migration = $1 AND c.table_no = (k->>'table')::int AND c.key = k->'key'", [
    migration,
    JSON.stringify(keys.map(({ table, key }) => ({ table, key }))),
  ]);
  if (found.length === 0) return;
  await client.query(
    `INSERT INTO causeway.back_computed (migration, table_no, key, source_key, columns)
     SELECT $1, (c->>'table')::int, c->'key', c->'sourceKey', ARRAY(SELECT jsonb_array_elements_text(c->'columns')) FROM jsonb_array_elements($2::jsonb) AS c`,
    [migration, JSON.stringify(found)],
  );
}

/** Those that PostgreSQL has not been sent yet. */
export async function countComputedRows(client: pg.Pool | pg.ClientBase, migration: string): Promise<number> {
  return (await client.query('SELECT count(*)::int AS n FROM causeway.back_computed WHERE migration = $1 AND sent_id IS NULL', [migration])).rows[0].n as number;
}

export async function anyComputedRow(client: pg.Pool | pg.ClientBase, migration: string): Promise<boolean> {
  return (await client.query('SELECT 1 FROM causeway.back_computed WHERE migration = $1 LIMIT 1', [migration])).rowCount === 1;
}

/** The oldest ones of those that have not been sent yet. */
export async function computedRowsToSend(client: pg.Pool | pg.ClientBase, migration: string, limit: number): Promise<(Pick<ComputedRow, 'table'> & { readonly id: bigint; readonly key: DivergenceKey })[]> {
  const found = await client.query('SELECT id, table_no AS "table", source_key AS key FROM causeway.back_computed WHERE migration = $1 AND sent_id IS NULL ORDER BY id LIMIT $2', [migration, limit]);
  return found.rows.map((row) => ({ ...row, id: BigInt(row.id) }));
}

/** `logId`: newest id in the source's log under which their keys stand. */
export async function markComputedSent(client: pg.Pool | pg.ClientBase, migration: string, ids: readonly bigint[], logId: bigint): Promise<void> {
  await client.query('UPDATE causeway.back_computed SET sent_id = $3, sent_at = clock_timestamp() WHERE migration = $1 AND id = ANY ($2::bigint[])', [migration, ids, logId]);
}

/** A comparison that began before they were sent has long ended. */
export async function forgetSentRows(client: pg.Pool | pg.ClientBase, migration: string): Promise<void> {
  await client.query("DELETE FROM causeway.back_computed WHERE migration = $1 AND sent_at < clock_timestamp() - interval '1 hour'", [migration]);
}

/** Whether the row differs in nothing but columns that SQLite computes otherwise. `position`: of the log, at which it was looked at. */
export async function isComputedOtherwise(client: pg.Pool | pg.ClientBase, migration: string, table: number, key: Readonly<Record<string, unknown>>, columns: readonly string[], position: bigint): Promise<boolean> {
  if (columns.length === 0) return false;
  const text = 'SELECT 1 FROM causeway.back_computed WHERE migration = $1 AND table_no = $2 AND source_key = $3 AND columns @> $4::text[] AND (sent_id IS NULL OR $5 < sent_id)';
  return ((await client.query(text, [migration, table, JSON.stringify(key), columns, position])).rowCount ?? 0) > 0;
}
