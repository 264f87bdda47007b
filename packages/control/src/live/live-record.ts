/**
 * Where a live migration stands. The pair (phase, attempt) of this row is the only arbiter of who may write: every
 * decision is a compare-and-set on both (rules 17–18 of the protocol), made with synchronous_commit = on.
 *
 * loading → following ⇄ switching → switched ⇄ returning → following …, and completed.
 * - loading: the snapshot, and the changes since it began, until the target is a committed state of the source
 * - following: SQLite is primary, PostgreSQL follows
 * - switching: a cutover is at work; SQLite is fenced or about to be
 * - switched: PostgreSQL is primary, SQLite follows
 * - returning: a rollback is at work; PostgreSQL is fenced or about to be
 */
import { Failure } from '@causeway/contracts/failures';
import type pg from 'pg';

export type LivePhase = 'loading' | 'following' | 'switching' | 'switched' | 'returning' | 'completed';

export interface LiveRecord {
  readonly migration: string;
  readonly generation: number;
  readonly phase: LivePhase;
  /** Grows with every cutover and every rollback. */
  readonly attempt: bigint;
  /** The same as in the source's state table. */
  readonly token: string;
  /** The log's end in the transaction that installed the capture: the change stream begins behind it. */
  readonly startedAtId: bigint;
  /** Newest log id that any block of the snapshot carries; null until all are loaded. */
  readonly consistentAtId: bigint | null;
  /** The log's end under the present attempt's fence; null before it. */
  readonly fenceEnd: bigint | null;
  /** Epoch of the way back's extractor. */
  readonly backEpoch: bigint;
  /** Version of the contracts that the target's tables have. */
  readonly contractVersion: number;
  /** Bytes a second that the extractor may read of the source; 0: nothing, null: as it likes. */
  readonly throttleBytes: bigint | null;
}

const COLUMNS = `migration, generation, phase, attempt, token, started_at_id AS "startedAtId", consistent_at_id AS "consistentAtId", fence_end AS "fenceEnd", back_epoch AS "backEpoch", contract_version AS "contractVersion", throttle_bytes AS "throttleBytes"`;

/** Null where the migration is not live. */
export async function findLive(client: pg.Pool | pg.ClientBase, migration: string): Promise<LiveRecord | null> {
  const result = await client.query(`SELECT ${COLUMNS} FROM causeway.live WHERE migration = $1`, [migration]);
  return (result.rows[0] as LiveRecord | undefined) ?? null;
}

/** Throws MIGRATION_UNKNOWN. */
export async function readLive(client: pg.Pool | pg.ClientBase, migration: string): Promise<LiveRecord> {
  const found = await findLive(client, migration);
  if (found === null) throw new Failure('MIGRATION_UNKNOWN', `migration ${migration} is not a live one`);
  return found;
}

export interface LiveStart {
  readonly migration: string;
  readonly generation: number;
  readonly token: string;
  readonly startedAtId: bigint;
}

/** The record of a live migration and its stream's position, in the caller's transaction. A new generation begins anew, its attempt goes on. */
export async function insertLive(client: pg.ClientBase, start: LiveStart): Promise<void> {
  await client.query(
    `INSERT INTO causeway.live AS l (migration, generation, phase, token, started_at_id) VALUES ($1, $2, 'loading', $3, $4)
     ON CONFLICT (migration) DO UPDATE SET generation = $2, phase = 'loading', token = $3, started_at_id = $4, consistent_at_id = NULL, fence_end = NULL, contract_version = 0, phase_at = clock_timestamp()`,
    [start.migration, start.generation, start.token, start.startedAtId],
  );
  await client.query('INSERT INTO causeway.stream_position (migration, generation, applied, as_of) VALUES ($1, $2, $3, $3)', [start.migration, start.generation, start.startedAtId]);
}

export interface LiveState {
  readonly phase: LivePhase;
  readonly attempt: bigint;
}

/** Compare-and-set of phase and attempt together; false where somebody else has decided first. */
export async function decide(client: pg.Pool | pg.ClientBase, migration: string, from: LiveState, to: LiveState): Promise<boolean> {
  const result = await client.query(
    'UPDATE causeway.live SET phase = $4, attempt = $5, phase_at = clock_timestamp() WHERE migration = $1 AND phase = $2 AND attempt = $3',
    [migration, from.phase, from.attempt, to.phase, to.attempt],
  );
  return result.rowCount === 1;
}

/** Obeyed by the extractor within a second. Null: as it likes. */
export async function setThrottle(client: pg.Pool | pg.ClientBase, migration: string, bytesPerSecond: bigint | null): Promise<void> {
  await client.query('UPDATE causeway.live SET throttle_bytes = $2 WHERE migration = $1', [migration, bytesPerSecond]);
}
