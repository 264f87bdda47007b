/**
 * The decisions of a cutover and a rollback in PostgreSQL: compare-and-set of phase and attempt, each in one transaction
 * that is durable when it has committed (rules 17, 18 and 21). False: somebody else has decided first; look again.
 */
import type { TableContract } from '@causeway/contracts/table-contract';
import { Failure } from '@causeway/contracts/failures';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { decide, type LivePhase, type LiveState } from '../live/live-record.ts';
import { readStreamPosition } from '../live/stream-position.ts';
import type { Generation } from '../record/table-record.ts';
import { reverseCaptureInstalled } from '../target/reverse-capture.ts';
import { closeTarget, openTarget } from '../target/target-fence.ts';

/** Also where the owner's role or server says otherwise: a decision that a crash could undo is none. */
async function decidedDurably(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<boolean>): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await client.query('SET LOCAL synchronous_commit = on');
    return work(client);
  });
}

/** The next attempt. What an earlier one stored of its fence is forgotten in the same transaction. */
export function beginAttempt(pool: pg.Pool, g: Generation, from: LiveState, to: 'switching' | 'returning'): Promise<boolean> {
  return decidedDurably(pool, async (client) => {
    if (!(await decide(client, g.migration, from, { phase: to, attempt: from.attempt + 1n }))) return false;
    // A rollback leaves the end of the forward log as it is: it is still the newest that SQLite's own writers have made.
    if (to === 'switching') await client.query('UPDATE causeway.live SET fence_end = NULL WHERE migration = $1', [g.migration]);
    return true;
  });
}

/** Only for the attempt whose fence it is. */
export async function storeFenceEnd(pool: pg.Pool, g: Generation, attempt: bigint, end: bigint): Promise<boolean> {
  return decidedDurably(pool, async (client) => {
    const stored = await client.query("UPDATE causeway.live SET fence_end = $3 WHERE migration = $1 AND attempt = $2 AND phase = 'switching'", [g.migration, attempt, end]);
    return stored.rowCount === 1;
  });
}

/**
 * The point of no return: phase, fence, privileges and the proof that the way back is armed and the drain complete, in
 * one transaction. The row's lock, taken first, keeps another controller's decision away from the lock of the tables.
 */
// Invariant: I64
export function openPostgres(pool: pg.Pool, g: Generation, contracts: readonly TableContract[], attempt: bigint): Promise<boolean> {
  return decidedDurably(pool, async (client) => {
    if (!(await decide(client, g.migration, { phase: 'switching', attempt }, { phase: 'switched', attempt }))) return false;
    await checkDrained(client, g, attempt);
    await openArmed(client, g, contracts);
    return true;
  });
}

async function checkDrained(client: pg.PoolClient, g: Generation, attempt: bigint): Promise<void> {
  const live = await client.query('SELECT fence_end AS "end" FROM causeway.live WHERE migration = $1', [g.migration]);
  const end = (live.rows[0] as { end: bigint | null }).end;
  const { applied, markerAttempt } = await readStreamPosition(client, g);
  if (end === null || applied < end || markerAttempt !== attempt) throw new Failure('INTERNAL', `the drain of attempt ${attempt} is not complete: applied ${applied}, end ${end}, marker ${markerAttempt}`);
}

async function openArmed(client: pg.PoolClient, g: Generation, contracts: readonly TableContract[]): Promise<void> {
  await openTarget(client, g, contracts);
  // After the tables' locks are held: nobody can take a trigger away between this look and the commit.
  if (!(await reverseCaptureInstalled(client, g, contracts))) throw new Failure('WAY_BACK_LOST', 'a trigger of the way back is no longer on its table, or does not fire');
}

/** The PostgreSQL side of a rollback: closed under the locks of its tables, while this attempt returns. */
export function closePostgres(pool: pg.Pool, g: Generation, contracts: readonly TableContract[], attempt: bigint): Promise<boolean> {
  return decidedDurably(pool, async (client) => {
    if (!(await holds(client, g, { phase: 'returning', attempt }))) return false;
    await closeTarget(client, g, contracts);
    return true;
  });
}

/** A rollback that did not succeed: PostgreSQL stays the primary, decided and opened in one transaction. */
// Invariant: I64
export function reopenPostgres(pool: pg.Pool, g: Generation, contracts: readonly TableContract[], attempt: bigint): Promise<boolean> {
  return decidedDurably(pool, async (client) => {
    if (!(await decide(client, g.migration, { phase: 'returning', attempt }, { phase: 'switched', attempt }))) return false;
    await openArmed(client, g, contracts);
    return true;
  });
}

/** SQLite is the primary again. Its fence is lifted only after this has committed. */
export function decideFollowing(pool: pg.Pool, g: Generation, from: LiveState): Promise<boolean> {
  return decidedDurably(pool, (client) => decide(client, g.migration, from, { phase: 'following', attempt: from.attempt }));
}

/** The owner says done: PostgreSQL stays the only primary. */
export function decideCompleted(pool: pg.Pool, g: Generation, from: LiveState): Promise<boolean> {
  return decidedDurably(pool, (client) => decide(client, g.migration, from, { phase: 'completed', attempt: from.attempt }));
}

async function holds(client: pg.PoolClient, g: Generation, { phase, attempt }: { phase: LivePhase; attempt: bigint }): Promise<boolean> {
  const row = await client.query('SELECT 1 FROM causeway.live WHERE migration = $1 AND phase = $2 AND attempt = $3 FOR UPDATE', [g.migration, phase, attempt]);
  return row.rowCount === 1;
}
