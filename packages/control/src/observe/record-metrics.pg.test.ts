/** The record as metrics: before there is one, while it is locked, and when its server is gone. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MetricSet } from '@causeway/runtime/observe/metric-set';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import type pg from 'pg';
import { insertLive } from '../live/live-record.ts';
import { ensureControlSchema } from '../record/control-schema.ts';
import { insertMigration, type MigrationRecord } from '../record/migration-record.ts';
import { recordMetrics } from './record-metrics.ts';

let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase('record_metrics');
  pool = createPool({ url: database.url, max: 2, applicationName: 'test' });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

function told(url: string): { page(): Promise<string>; close(): Promise<void> } {
  const metrics = new MetricSet();
  const record = recordMetrics(metrics, { databaseUrl: url, migration: 'm', service: 'test', sourceFile: '' });
  return { page: () => metrics.registry.metrics(), close: () => record.close() };
}

/** Pages are asked for until one says it: what is slow stands on a later one, and none takes long. */
async function until(page: () => Promise<string>, said: RegExp): Promise<string> {
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    const began = performance.now();
    const text = await page();
    expect(performance.now() - began).toBeLessThan(5_000);
    if (said.test(text)) return text;
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error(`never said ${said}`);
}

test('without a record nothing is told of one; with one its phase is; locked, nothing is believed, and the target answers all the same', async () => {
  const { page, close } = told(database.url);
  expect(await until(page, /^causeway_migration_target_reachable 1$/m)).not.toMatch(/^causeway_migration_(phase|verification_equal|fence_held_seconds)/m);
  await ensureControlSchema(pool);
  await inTransaction(pool, async (client) => {
    await insertMigration(client, { id: 'm', name: 'm', generation: 1, phase: 'snapshotting', source: { readPath: '/nowhere' }, settings: {}, plan: {} } as unknown as MigrationRecord);
  });
  const plain = await until(page, /^causeway_migration_phase\{phase="snapshotting"\} 1$/m);
  expect(plain).toMatch(/^causeway_migration_phase\{phase="loaded"\} 0$/m);
  expect(plain).not.toMatch(/^causeway_migration_authoritative/m);
  await inTransaction(pool, (client) => insertLive(client, { migration: 'm', generation: 1, token: 't', startedAtId: 1n }));
  expect(await until(page, /^causeway_migration_phase\{phase="loading"\} 1$/m)).toMatch(/^causeway_migration_authoritative\{side="sqlite"\} 1$/m);
  const locker = await pool.connect();
  await locker.query('BEGIN; LOCK TABLE causeway.live IN ACCESS EXCLUSIVE MODE');
  const locked = await until(page, /^causeway_migration_record_reads_total\{result="failed"\} 1$/m);
  expect(locked).not.toMatch(/^causeway_migration_phase\{/m);
  expect(locked).toMatch(/^causeway_migration_target_reachable 1$/m);
  await locker.query('COMMIT');
  locker.release();
  await until(page, /^causeway_migration_phase\{phase="loading"\} 1$/m);
  await close();
}, 120_000);

test('the time under the fence: held while it stands, then the last one and once in the histogram', async () => {
  const { page, close } = told(database.url);
  await pool.query("UPDATE causeway.live SET phase = 'switching', attempt = 1 WHERE migration = 'm'; INSERT INTO causeway.step (migration, attempt, step, state, began_at) VALUES ('m', 1, 'cutover_fence', 'done', clock_timestamp() - interval '20 seconds')");
  await until(page, /^causeway_migration_fence_held_seconds 2\d\./m);
  await pool.query("UPDATE causeway.live SET phase = 'switched' WHERE migration = 'm'; INSERT INTO causeway.step (migration, attempt, step, state, ended_at) VALUES ('m', 1, 'cutover_open', 'done', clock_timestamp())");
  for (let i = 0; i < 2; i++) {
    const after = await until(page, /^causeway_migration_fence_last_seconds\{direction="cutover"\} 2\d/m);
    expect(after).toMatch(/^causeway_migration_fence_held_seconds 0$/m);
    expect(after).toMatch(/^causeway_migration_fence_seconds_count\{direction="cutover"\} 1$/m);
    await new Promise((next) => setTimeout(next, 1_100));
  }
  await close();
}, 120_000);

test('a server that is not there: unreachable, soon', async () => {
  const { page, close } = told('postgres://nobody@127.0.0.1:1/none');
  await until(page, /^causeway_migration_target_reachable 0$/m);
  await close();
}, 60_000);
