/** How long nobody could write, from the steps as they were recorded. */
import type pg from 'pg';

/** Milliseconds from the moment that the old primary was closed to the moment that one of the two was open; null where it did not come so far. */
export async function closedMs(client: pg.Pool | pg.ClientBase, migration: string, attempt: bigint): Promise<number | null> {
  const result = await client.query(
    `SELECT (extract(epoch FROM
       (SELECT max(ended_at) FROM causeway.step WHERE migration = $1 AND attempt = $2 AND state = 'done' AND step IN ('cutover_open', 'cutover_lift', 'rollback_lift', 'rollback_undo'))
     - (SELECT min(began_at) FROM causeway.step WHERE migration = $1 AND attempt = $2 AND step IN ('cutover_fence', 'rollback_close'))) * 1000)::float8 AS ms`,
    [migration, attempt],
  );
  return (result.rows[0]?.ms as number | null | undefined) ?? null;
}
