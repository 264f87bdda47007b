/** Two extractors on one file: one follows, the other stands by, and takes over when the first one's connection is gone. */
import { freshDatabase, type FreshDatabase } from '@causeway/testkit/test-servers';
import { createLog } from '@causeway/runtime/log';
import { createPool } from '@causeway/runtime/postgres-pool';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { FollowLease } from './follow-lease.ts';

let database: FreshDatabase;
let pools: pg.Pool[];
beforeAll(async () => {
  database = await freshDatabase('follow_lease');
  pools = [1, 2].map((n) => createPool({ url: database.url, max: 2, applicationName: `extractor ${n}` }));
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.drop();
});
const log = createLog('extractor', 'silent');

test('the second waits for the first, and the first is told when it has lost it', async () => {
  const [one, two] = pools as [pg.Pool, pg.Pool];
  const { signal } = new AbortController();
  const first = (await FollowLease.take(one, 'm', log, signal)) as FollowLease;
  let second: FollowLease | null = null;
  const taking = FollowLease.take(two, 'm', log, signal).then((lease) => {
    second = lease;
  });
  const other = await FollowLease.take(two, 'another', log, signal);
  other?.end();
  expect(second).toBeNull();
  const lost = new Promise((done) => first.lost.signal.addEventListener('abort', done));
  await two.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'extractor 1' AND datname = current_database()");
  await lost;
  await taking;
  expect(second).not.toBeNull();
  (second as FollowLease | null)?.end();
  first.end();
  const stopped = new AbortController();
  const held = await FollowLease.take(one, 'm', log, signal);
  const waiting = FollowLease.take(two, 'm', log, stopped.signal);
  stopped.abort();
  expect(await waiting).toBeNull();
  held?.end();
});
