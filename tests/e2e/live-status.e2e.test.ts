/** What `status` tells of a live migration, through the real command. */
import { join } from 'node:path';
import { insertLive } from '@causeway/control/live/live-record';
import { beat } from '@causeway/control/live/service-beat';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';

interface ToldLive {
  readonly services: readonly { name: string; alive: boolean }[];
  readonly steps: readonly object[];
}

const liveOf = (stdout: string): ToldLive | undefined => JSON.parse(stdout).migrations[0].live as ToldLive | undefined;

let bench: Bench;
beforeEach(async () => {
  bench = await openBench('live_status');
});
afterEach(() => bench.close());

test('a plain migration has no live part; a live one tells phase, primary, services and steps', async () => {
  const file = join(bench.folder, 'app.sqlite');
  new Database(file).exec('CREATE TABLE a (id INTEGER PRIMARY KEY)').close();
  expect((await bench.run(['migrate', file, '--json'])).code).toBe(0);
  expect(liveOf((await bench.run(['status', '--json'])).stdout)).toBeUndefined();
  const pool = createPool({ url: bench.database.url, max: 2, applicationName: 'test' });
  try {
    const migration = (await pool.query('SELECT id FROM causeway.migration')).rows[0].id as string;
    await inTransaction(pool, (client) => insertLive(client, { migration, generation: 1, token: 'secret', startedAtId: 4n }));
    await pool.query("UPDATE causeway.live SET phase = 'switched', attempt = 1; INSERT INTO causeway.step (migration, attempt, step, state, ended_at) SELECT migration, 1, 'cutover_open', 'done', clock_timestamp() FROM causeway.live");
    await beat(pool, migration, 'loader', 'one', { changes: 3 });
    await beat(pool, migration, 'extractor', 'two', {});
    await pool.query("UPDATE causeway.service SET seen_at = seen_at - interval '1 minute' WHERE name = 'extractor'");
  } finally {
    await pool.end();
  }
  const json = await bench.run(['status', '--json']);
  const live = liveOf(json.stdout);
  expect(live).toMatchObject({ phase: 'switched', dualWrite: true, authoritative: 'postgresql', attempt: 1, applied: '4', divergences: 0 });
  expect(live?.services.map((s) => [s.name, s.alive])).toEqual([
    ['extractor', false],
    ['loader', true],
  ]);
  expect(live?.steps).toMatchObject([{ attempt: 1, step: 'cutover_open', state: 'done' }]);
  const text = (await bench.run(['status'])).stdout;
  expect(text).toContain('switched (dual write): PostgreSQL is authoritative');
  expect(text).toContain('extractor: down');
  expect(json.stdout + text).not.toContain('secret');
});
