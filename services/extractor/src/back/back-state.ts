/** What the reader of the way back sees of its queue: for its decisions, its metrics and its beat. */
import { Failure } from '@causeway/contracts/failures';
import type { LivePhase } from '@causeway/control/live/live-record';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';

export interface BackState {
  readonly epoch: bigint;
  /** Entries waiting, counted up to COUNT_LIMIT. */
  readonly queued: number;
  /** When the oldest of them was written, milliseconds since 1970; null without one. */
  readonly oldestMs: number | null;
  readonly problems: number;
  /** Keys published by this process. */
  readonly published: number;
  readonly markedAttempt: bigint;
}

export interface Seen {
  /** Version of the contracts that the target has. */
  readonly contractVersion: number;
  readonly phase: LivePhase;
  readonly attempt: bigint;
  readonly queued: number;
  readonly oldestMs: number | null;
  readonly problems: number;
}

const COUNT_LIMIT = 100_000;

/** Null where the migration has ended. A look in passing: every decision is taken again in the snapshot. */
export async function peekQueue(pool: pg.Pool, g: Generation, epoch: bigint): Promise<Seen | null> {
  const result = await pool.query(
    `SELECT l.phase, l.attempt, l.back_epoch, l.contract_version AS "contractVersion", q.queued, q.oldest AS "oldestMs", (SELECT count(*)::int FROM causeway.back_problem p WHERE p.migration = l.migration) AS problems
       FROM causeway.live l CROSS JOIN LATERAL (
         SELECT count(*)::int AS queued, (extract(epoch FROM min(at)) * 1000)::float8 AS oldest
           FROM (SELECT at FROM causeway.back_queue b WHERE b.migration = l.migration LIMIT ${COUNT_LIMIT}) AS waiting) AS q
      WHERE l.migration = $1 AND l.generation = $2`,
    [g.migration, g.generation],
  );
  const row = result.rows[0] as (Seen & { readonly back_epoch: bigint }) | undefined;
  if (row === undefined || row.phase === 'completed') return null;
  // Invariant: I73
  if (row.back_epoch !== epoch) throw new Failure('FENCED', `the way back is read by another extractor (epoch ${row.back_epoch}, mine is ${epoch})`);
  return row;
}
