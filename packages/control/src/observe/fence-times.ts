/** For how long nobody could write, attempt by attempt, from the steps as they were recorded. */
import type pg from 'pg';

export interface FenceTime {
  readonly attempt: number;
  readonly direction: 'cutover' | 'rollback';
  /** Until now while it stands. */
  readonly seconds: number;
  readonly stands: boolean;
}

/** In the order of the attempts. An attempt whose fence was never raised is none of them. */
export async function fenceTimes(pool: pg.Pool, migration: string): Promise<FenceTime[]> {
  const result = await pool.query(
    `SELECT attempt::int AS attempt, CASE WHEN step = 'rollback_close' THEN 'rollback' ELSE 'cutover' END AS direction,
            extract(epoch FROM coalesce(ended, clock_timestamp()) - began)::float8 AS seconds,
            ended IS NULL AND attempt = live_attempt AND phase IN ('switching', 'returning') AS stands, ended IS NOT NULL AS over
       FROM (SELECT s.attempt, l.attempt AS live_attempt, l.phase, s.step, s.began_at AS began,
                    (SELECT max(e.ended_at) FROM causeway.step e WHERE e.migration = s.migration AND e.attempt = s.attempt AND e.state = 'done' AND e.ended_at >= s.began_at
                        AND e.step IN ('cutover_open', 'cutover_lift', 'rollback_lift', 'rollback_undo')) AS ended
               FROM causeway.step s JOIN causeway.live l USING (migration) WHERE s.migration = $1 AND s.step IN ('cutover_fence', 'rollback_close')) AS fences
      ORDER BY attempt`,
    [migration],
  );
  return (result.rows as (FenceTime & { over: boolean })[]).filter(({ stands, over }) => stands || over);
}
