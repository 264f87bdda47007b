/** Seconds by part, as the services recorded them. */
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import type pg from 'pg';

export async function readTimings(pool: pg.Pool, record: MigrationRecord): Promise<Record<string, number>> {
  const result = await pool.query('SELECT name, seconds FROM causeway.timing WHERE migration = $1 AND generation = $2 ORDER BY at', [record.id, record.generation]);
  return Object.fromEntries(result.rows.map((row) => [row.name as string, row.seconds as number]));
}
