/** One snapshot of PostgreSQL while it is the primary: the rows, and what of them is not yet on its way back. */
import type { LivePhase } from '@causeway/control/live/live-record';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';
import { BEGIN } from './live-snapshot.ts';

export interface BackSnapshot {
  readonly phase: LivePhase;
  /** Null while PostgreSQL is not the primary. */
  readonly attempt: bigint | null;
  /** Newest batch of rows that was published and left the queue. */
  readonly publishedEpoch: bigint;
  readonly publishedBatch: bigint;
  /** Tables with entries in the queue. */
  readonly queued: ReadonlySet<number>;
  readonly client: pg.ClientBase;
}

export async function inBackSnapshot<T>(pool: pg.Pool, g: Generation, read: (snapshot: BackSnapshot) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(BEGIN);
    const live = await client.query('SELECT phase, attempt, back_published_epoch AS epoch, back_published_batch AS batch FROM causeway.live WHERE migration = $1', [g.migration]);
    const { phase, attempt, epoch, batch } = live.rows[0] as { phase: LivePhase; attempt: bigint; epoch: bigint; batch: bigint };
    const queued = await client.query('SELECT DISTINCT table_no FROM causeway.back_queue WHERE migration = $1', [g.migration]);
    const primary = phase === 'switched' || phase === 'returning';
    return await read({ phase, attempt: primary ? attempt : null, publishedEpoch: epoch, publishedBatch: batch, queued: new Set(queued.rows.map((row) => row.table_no as number)), client });
  } finally {
    await client.query('ROLLBACK').catch(() => {
      broken = true;
    });
    client.release(broken);
  }
}
