/**
 * Finishes tables while others still load: primary key and statistics as soon as a table's last range is committed,
 * then the phase `loaded`, then everything else of the schema and the phase `built`. One loader does it: the holder of
 * an advisory lock of the migration, which vanishes with its connection.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TableContract } from '@causeway/contracts/table-contract';
import { advancePhase, atLeast, readMigration } from '@causeway/control/record/migration-record';
import { type Generation, recordTiming } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import { failPoint } from '@causeway/runtime/fail-point';
import { closeTarget } from '@causeway/control/target/target-fence';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import { setSequences } from '@causeway/control/target/set-sequences';
import type pg from 'pg';
import { beginFollowing, whenConsistent } from './finish-live.ts';
import { buildObjects, vacuumTables } from './schema/build-objects.ts';
import { restoreObjects } from './schema/existing/restore-objects.ts';
import { givenIds } from './schema/given-ids.ts';
import { keyTable, tablesToKey } from './schema/key-tables.ts';

export interface FinisherInput {
  readonly pool: pg.Pool;
  readonly g: Generation;
  /** Who made the tables: their keys and objects are ours to make, or the application's to get back. */
  readonly schema: 'create' | 'existing';
  /** The source is followed: constraints wait for the change stream. */
  readonly live: boolean;
  readonly contracts: readonly TableContract[];
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onKeyed: (table: number) => void;
  /** Every table is loaded and has its key; the change stream may begin. */
  readonly onLoaded?: () => void;
  /** Resolves early when a transaction was committed, so that the last range is noticed at once. */
  readonly committed: () => Promise<void>;
}

const POLL_MS = 200;

/** Returns when the phase is `built`. */
export async function finish(input: FinisherInput): Promise<void> {
  const client = await input.pool.connect();
  try {
    await lockMigration(client, input);
    await keyAll(input);
    if (atLeast((await readMigration(input.pool, input.g.migration)).phase, 'built')) {
      input.onLoaded?.();
      if (input.live) await beginFollowing(input);
      return;
    }
    if (input.live) await inTransaction(input.pool, (fence) => closeTarget(fence, input.g, input.contracts));
    failPoint('loader.before_loaded');
    await advancePhase(input.pool, input.g.migration, input.g.generation, 'snapshotting', 'loaded');
    input.onLoaded?.();
    // Without changes the copy is consistent as it is.
    await (input.live ? whenConsistent(input, client, () => build(input)) : build(input));
  } finally {
    // The lock belongs to the session, so the session ends with it.
    client.release(true);
  }
}

async function build(input: FinisherInput): Promise<void> {
  const { pool, g } = input;
  const started = performance.now();
  failPoint('loader.before_objects');
  await (input.schema === 'existing' ? giveBack : buildObjects)(pool, g, input.contracts, input.log, input.live);
  // Triggers that were given back must not act on the changes that follow.
  if (input.live) await inTransaction(pool, (client) => closeTarget(client, g, input.contracts));
  await vacuumTables(pool, input.contracts, input.log);
  await recordTiming(pool, g, 'objects', (performance.now() - started) / 1000);
  failPoint('loader.after_objects');
  await advancePhase(pool, g.migration, g.generation, 'loaded', 'built');
}

async function giveBack(pool: pg.Pool, g: Generation, contracts: readonly TableContract[], log: Log): Promise<void> {
  await setSequences(pool, contracts, await givenIds(pool, g));
  await restoreObjects(pool, g, contracts, log);
}

async function lockMigration(client: pg.PoolClient, input: FinisherInput): Promise<void> {
  for (;;) {
    input.signal.throwIfAborted();
    const result = await client.query('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS mine', [`causeway finisher ${input.g.migration}`]);
    if (result.rows[0].mine) return;
    await sleep(POLL_MS, undefined, { signal: input.signal });
  }
}

async function keyAll(input: FinisherInput): Promise<void> {
  const { pool, g } = input;
  const remaining = new Set(input.contracts.map((c) => c.table));
  const done = await pool.query('SELECT table_no FROM causeway.table_contract WHERE migration = $1 AND generation = $2 AND keyed_at IS NOT NULL', [g.migration, g.generation]);
  for (const row of done.rows) remaining.delete(row.table_no);
  while (remaining.size > 0) {
    input.signal.throwIfAborted();
    for (const table of await tablesToKey(pool, g)) {
      const started = performance.now();
      await keyTable(pool, g, input.contracts[table] as TableContract, input.schema, input.live);
      remaining.delete(table);
      input.onKeyed(table);
      input.log.debug({ table, seconds: (performance.now() - started) / 1000 }, 'keyed and analyzed');
    }
    if (remaining.size > 0) await Promise.race([input.committed(), sleep(POLL_MS, undefined, { signal: input.signal })]);
  }
  await untilQuarantineIsWhole(input);
}

/** Rows that PostgreSQL refused wait for the extractor to add their key and original bytes. */
async function untilQuarantineIsWhole(input: FinisherInput): Promise<void> {
  for (;;) {
    input.signal.throwIfAborted();
    const open = await input.pool.query('SELECT 1 FROM causeway.quarantine WHERE migration = $1 AND generation = $2 AND cells IS NULL AND range_no >= 0 LIMIT 1', [input.g.migration, input.g.generation]);
    if (open.rowCount === 0) return;
    await sleep(POLL_MS, undefined, { signal: input.signal });
  }
}
