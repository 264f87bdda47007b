/** The record of keys that have left the queue of the way back: they stay until their rows were compared. */
import type { LivePhase } from '@causeway/control/live/live-record';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';
import type { KeyTexts } from './back-snapshot.ts';

export interface WaitingKey {
  readonly table: number;
  readonly texts: KeyTexts;
  readonly ids: readonly bigint[];
}

/** The oldest `limit` entries, each key once. `without`: tables that are not looked at. */
export async function waitingKeys(pool: pg.Pool, g: Generation, without: readonly number[], limit: number): Promise<WaitingKey[]> {
  const found = await pool.query(
    `SELECT table_no AS "table", key AS texts, array_agg(id) AS ids
       FROM (SELECT id, table_no, key FROM causeway.back_change WHERE migration = $1 AND table_no <> ALL ($2) ORDER BY id LIMIT $3) AS w
      GROUP BY table_no, key`,
    [g.migration, without, limit],
  );
  return found.rows.map((row) => ({ ...row, ids: (row.ids as (string | bigint)[]).map(BigInt) })) as WaitingKey[];
}

export async function forgetKeys(pool: pg.Pool, keys: readonly WaitingKey[]): Promise<void> {
  if (keys.length > 0) await pool.query('DELETE FROM causeway.back_change WHERE id = ANY ($1::bigint[])', [keys.flatMap((key) => key.ids)]);
}

/** Of tables whose rows cannot be named: nobody will compare them. */
export async function forgetTables(pool: pg.Pool, g: Generation, tables: readonly number[]): Promise<void> {
  if (tables.length > 0) await pool.query('DELETE FROM causeway.back_change WHERE migration = $1 AND table_no = ANY ($2)', [g.migration, tables]);
}

export interface BackRest {
  readonly phase: LivePhase;
  readonly attempt: bigint;
  /** Entries that wait to be compared, counted up to `most`. */
  readonly waiting: number;
  /** Something waits to travel. */
  readonly queued: boolean;
}

export async function backRest(pool: pg.Pool, g: Generation, without: readonly number[], most: number): Promise<BackRest> {
  const found = await pool.query(
    `SELECT phase, attempt, EXISTS (SELECT 1 FROM causeway.back_queue WHERE migration = $1) AS queued,
            (SELECT count(*)::int FROM (SELECT 1 FROM causeway.back_change WHERE migration = $1 AND table_no <> ALL ($2) LIMIT $3) AS w) AS waiting
       FROM causeway.live WHERE migration = $1`,
    [g.migration, without, most],
  );
  return found.rows[0] as BackRest;
}
