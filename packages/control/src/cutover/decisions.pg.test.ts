/** The decisions against a real server: who is first wins, a half drained attempt opens nothing, every step is recorded. */
import type { TableContract } from '@causeway/contracts/table-contract';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type pg from 'pg';
import { insertLive, type LivePhase, readLive } from '../live/live-record.ts';
import { ensureControlSchema } from '../record/control-schema.ts';
import { insertMigration, type MigrationRecord } from '../record/migration-record.ts';
import { installReverseCapture, removeReverseCaptureOf } from '../target/reverse-capture.ts';
import { closeTarget, targetFenceState } from '../target/target-fence.ts';
import { beginAttempt, closePostgres, decideFollowing, openPostgres, reopenPostgres, storeFenceEnd } from './decisions.ts';
import { readSteps, recordedStep } from './step-record.ts';

const g = { migration: 'm', generation: 1 };
const contracts: readonly TableContract[] = [
  { table: 0, source: 'a', targetSchema: 'public', target: 'a', columns: [{ source: 'id', target: 'id', type: { kind: 'int8' }, form: 'plain', notNull: true }], order: { kind: 'rowid', alias: 'id' }, key: ['id'], keyless: false, speculative: false } as unknown as TableContract,
];
let database: FreshDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase('decisions');
  pool = createPool({ url: database.url, max: 6, applicationName: 'test' });
  await ensureControlSchema(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('DROP TABLE IF EXISTS public.a; CREATE TABLE public.a (id bigint PRIMARY KEY); DELETE FROM causeway.migration');
  await inTransaction(pool, async (client) => {
    await insertMigration(client, { id: 'm', name: 'm', generation: 1, phase: 'built', source: {}, settings: {}, plan: {} } as unknown as MigrationRecord);
    await insertLive(client, { ...g, token: 'secret', startedAtId: 0n });
    await client.query("UPDATE causeway.live SET phase = 'following'");
    await closeTarget(client, g, contracts);
    await installReverseCapture(client, g, contracts);
  });
});

const stateOf = async (): Promise<[LivePhase, bigint, string]> => {
  const live = await readLive(pool, 'm');
  return [live.phase, live.attempt, await targetFenceState(pool, contracts)];
};
const drain = async (applied: number, marker: number): Promise<void> => {
  await pool.query('UPDATE causeway.stream_position SET applied = $1, marker_attempt = $2', [applied, marker]);
};
const FOLLOWING = { phase: 'following', attempt: 0n } as const;

test('of two controllers one begins, and the other is told', async () => {
  const both = await Promise.all([beginAttempt(pool, g, FOLLOWING, 'switching'), beginAttempt(pool, g, FOLLOWING, 'switching')]);
  expect(both.toSorted()).toEqual([false, true]);
  expect(await stateOf()).toEqual(['switching', 1n, 'closed']);
});

// Invariant: I64
test.each([
  ['no fence end', null, 9, 1],
  ['one entry short', 9, 8, 1],
  ['the marker of an earlier attempt', 9, 9, 0],
])('a drain that is not complete opens nothing: %s', async (_, end, applied, marker) => {
  await beginAttempt(pool, g, FOLLOWING, 'switching');
  if (end !== null) await storeFenceEnd(pool, g, 1n, BigInt(end));
  await drain(applied, marker);
  await expect(openPostgres(pool, g, contracts, 1n)).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(await stateOf()).toEqual(['switching', 1n, 'closed']);
});

// Invariant: I64
test('without the way back on every table nothing is opened', async () => {
  await beginAttempt(pool, g, FOLLOWING, 'switching');
  await storeFenceEnd(pool, g, 1n, 9n);
  await drain(9, 1);
  await inTransaction(pool, (client) => removeReverseCaptureOf(client, g, contracts[0] as TableContract));
  await expect(openPostgres(pool, g, contracts, 1n)).rejects.toMatchObject({ code: 'WAY_BACK_LOST' });
  expect(await stateOf()).toEqual(['switching', 1n, 'closed']);
});

test('there and back, and there again; late decisions of an earlier attempt do nothing', async () => {
  await beginAttempt(pool, g, FOLLOWING, 'switching');
  await storeFenceEnd(pool, g, 1n, 9n);
  await drain(9, 1);
  expect(await openPostgres(pool, g, contracts, 1n)).toBe(true);
  expect(await openPostgres(pool, g, contracts, 1n)).toBe(false);
  await pool.query('INSERT INTO public.a VALUES (1)');
  expect(await decideFollowing(pool, g, { phase: 'switching', attempt: 1n })).toBe(false);
  expect(await stateOf()).toEqual(['switched', 1n, 'open']);

  await beginAttempt(pool, g, { phase: 'switched', attempt: 1n }, 'returning');
  expect(await closePostgres(pool, g, contracts, 2n)).toBe(true);
  await expect(pool.query('INSERT INTO public.a VALUES (2)')).rejects.toMatchObject({ code: '25006' });
  expect(await reopenPostgres(pool, g, contracts, 2n)).toBe(true);
  expect(await closePostgres(pool, g, contracts, 2n)).toBe(false);
  expect(await stateOf()).toEqual(['switched', 2n, 'open']);

  await beginAttempt(pool, g, { phase: 'switched', attempt: 2n }, 'returning');
  await closePostgres(pool, g, contracts, 3n);
  expect(await decideFollowing(pool, g, { phase: 'returning', attempt: 3n })).toBe(true);
  expect(await reopenPostgres(pool, g, contracts, 3n)).toBe(false);
  expect(await stateOf()).toEqual(['following', 3n, 'closed']);

  await beginAttempt(pool, g, { phase: 'following', attempt: 3n }, 'switching');
  expect((await readLive(pool, 'm')).fenceEnd).toBeNull();
  expect(await storeFenceEnd(pool, g, 1n, 9n)).toBe(false);
  await expect(openPostgres(pool, g, contracts, 4n)).rejects.toMatchObject({ code: 'INTERNAL' });
});

// Invariant: I63
test('a step is recorded before and after, with what became of it', async () => {
  const place = { migration: 'm', attempt: 1n, direction: 'cutover' } as const;
  let during: unknown;
  await recordedStep(pool, place, 'drain', async () => (during = (await readSteps(pool, 'm'))[0]?.state), () => ({ applied: 9 }));
  await expect(recordedStep(pool, place, 'verify', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect([during, (await readSteps(pool, 'm')).map(({ step, state, detail }) => [step, state, detail])]).toEqual([
    'running',
    [
      ['cutover_drain', 'done', { applied: 9 }],
      ['cutover_verify', 'failed', { code: 'INTERNAL' }],
    ],
  ]);
});
