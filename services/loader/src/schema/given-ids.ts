/** What sqlite_sequence said when the plan was made, by source table. */
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';

export async function givenIds(pool: pg.Pool, g: Generation): Promise<Map<string, bigint>> {
  const source = await pool.query("SELECT source->'sequences' AS given FROM causeway.migration WHERE id = $1", [g.migration]);
  return new Map(Object.entries((source.rows[0]?.given ?? {}) as Record<string, string>).map(([table, last]) => [table, BigInt(last)]));
}
