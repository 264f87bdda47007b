/**
 * The end of a live migration's load: constraints are made only once the target is a committed state of the source,
 * which it is from the newest log id on that any block of the snapshot carries.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { decide, readLive } from '@causeway/control/live/live-record';
import { readStreamPosition } from '@causeway/control/live/stream-position';
import { failPoint } from '@causeway/runtime/fail-point';
import type pg from 'pg';
import type { FinisherInput } from './finisher.ts';
import { BUILD_LOCK } from './stream/build-lock.ts';

const POLL_MS = 50;

/** Waits for the stream, holds it up while `build` works, and lets it go on; then the migration follows. */
export async function whenConsistent(input: FinisherInput, client: pg.ClientBase, build: () => Promise<void>): Promise<void> {
  const { pool, g, signal } = input;
  const consistentAt = await storeConsistentAt(input);
  // Invariant: I54
  while ((await readStreamPosition(pool, g)).applied < consistentAt) await sleep(POLL_MS, undefined, { signal });
  // Waits for the batch in flight; the stream waits for the end of the build. Both locks end with their connection.
  await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [BUILD_LOCK(g.migration)]);
  try {
    await build();
  } finally {
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [BUILD_LOCK(g.migration)]).catch(() => {});
  }
  await beginFollowing(input);
}

/** All ranges are in the ledger now, so that its highest position is that of the whole copy. */
async function storeConsistentAt({ pool, g }: FinisherInput): Promise<bigint> {
  const result = await pool.query(
    `UPDATE causeway.live l SET consistent_at_id = greatest(l.started_at_id, (SELECT max(position) FROM causeway.block b WHERE b.migration = l.migration AND b.generation = l.generation))
      WHERE l.migration = $1 AND l.generation = $2 RETURNING consistent_at_id AS "consistentAt"`,
    [g.migration, g.generation],
  );
  if (result.rowCount !== 1) throw new Failure('FENCED', `generation ${g.generation} of ${g.migration} is no longer the live one`);
  return result.rows[0].consistentAt as bigint;
}

/** loading → following; whoever comes first. Idempotent. */
export async function beginFollowing({ pool, g }: FinisherInput): Promise<void> {
  const live = await readLive(pool, g.migration);
  if (live.phase !== 'loading' || live.generation !== g.generation) return;
  failPoint('loader.before_following');
  await decide(pool, g.migration, { phase: 'loading', attempt: live.attempt }, { phase: 'following', attempt: live.attempt });
}
