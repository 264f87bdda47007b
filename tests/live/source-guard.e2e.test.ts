/** The application comes first: its change log has a bound, and the reading can be slowed down and paused while it runs. */
import { FollowedFile } from '@causeway/testkit/followed-file';
import { afterEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';

let app: FollowedFile;
afterEach(() => app.close());

const START = 'CREATE TABLE a (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO a VALUES (1, 1), (2, 2)';
const many = (from: number, n: number): string => `INSERT INTO a SELECT value, 'v' FROM (WITH RECURSIVE g(value) AS (SELECT ${from} UNION ALL SELECT value + 1 FROM g WHERE value < ${from + n - 1}) SELECT value FROM g)`;
const schemaOf = (): unknown => {
  const db = new Database(app.file, { readonly: true });
  try {
    return db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').all();
  } finally {
    db.close();
  }
};
const rows = async (): Promise<unknown> => (await app.query('SELECT count(*)::int AS n FROM a'))[0]?.n;

// Invariant: I100
test('paused, nothing is read; the log warns, and at its bound the capture goes and the application goes on; --restart begins anew', async () => {
  app = await FollowedFile.open('source_guard', START);
  const before = schemaOf();
  app.follow({ CAUSEWAY_LOG_WARN: '500', CAUSEWAY_LOG_LIMIT: '3000' });
  await app.untilFollowing();
  expect(JSON.parse((await app.bench.run(['throttle', 'pause', '--json'])).stdout)).toMatchObject({ bytesPerSecond: 0 });
  await sleep(1_500);
  app.sql(many(10, 600));
  await app.until(async () => ((await app.bench.run(['status'])).stdout.includes('the change log in the source holds')), 'a warning in status');
  expect(await rows()).toBe(2);
  await app.bench.run(['throttle', 'off']);
  await app.untilEqual('what waited');
  expect((await app.bench.run(['throttle', '64x'])).code).toBe(2);
  await app.bench.run(['throttle', 'pause']);
  await sleep(1_500);
  app.sql(many(1_000, 4_000));
  const ended = await app.ended;
  expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining('LOG_LIMIT')]);
  expect(schemaOf()).toEqual(before);
  app.sql(many(10_000, 10));
  app.follow({}, ['--restart']);
  await app.untilFollowing();
  await app.untilEqual('begun anew');
}, 600_000);
