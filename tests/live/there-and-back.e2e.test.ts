/** Rows that the sides cannot hold alike, over a cutover and back: nothing keeps one from going back, and all are equal in the end. */
import { FollowedFile } from '@causeway/testkit/followed-file';
import { afterEach, expect, test } from '@jest/globals';

let app: FollowedFile;
afterEach(() => app.close());

const START = `
  CREATE TABLE item (id INTEGER PRIMARY KEY, v TEXT NOT NULL);
  INSERT INTO item VALUES (1, 'a'), (5, 'b' || char(0)), (6, char(0)), (7, 'd' || char(0));
  CREATE TABLE pair (a TEXT, b REAL, v TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
  INSERT INTO pair VALUES ('x', 1.5, char(0)), ('y', 2.5, 'kept');
  CREATE TABLE doc (id INTEGER PRIMARY KEY, j TEXT, title TEXT NOT NULL AS (printf('%s', json_extract(j, '$.t'))) STORED, size INTEGER AS (length(j)));
  INSERT INTO doc (j) VALUES ('{"t":"one"}'), ('{"t":"two"}'), ('{"t":"three"}');`;

const quarantined = async (): Promise<unknown> => (await app.query('SELECT table_no AS t, count(*)::int AS n FROM causeway.quarantine GROUP BY 1 ORDER BY 1')).map(({ t, n }) => [t, n]);
const inSqlite = async (id: number, v: string): Promise<void> => {
  await app.until(async () => (await app.sides()).find((side) => side.table === 'item')?.sqlite.includes(JSON.stringify([String(id), v])) === true, `row ${id} in SQLite`);
};

test('a row that takes the place of a quarantined one in PostgreSQL comes back over it, and nothing is told wrongly', async () => {
  app = await FollowedFile.open('quarantine_back', START);
  app.follow();
  await app.untilFollowing();
  expect(await quarantined()).toEqual([[0, 3], [1, 1]]);
  expect((await app.bench.run(['cutover', '--json', '--accept-quarantine'])).code).toBe(0);
  await app.query("INSERT INTO item VALUES (5, 'new'), (6, 'short'); INSERT INTO pair VALUES ('x', 1.5, 'new')");
  await inSqlite(6, 'short');
  // Nothing computes the title in PostgreSQL, and the application never brings it.
  await app.query(`INSERT INTO doc (id, j) VALUES (4, '{"t":"four"}'), (5, '{"t":"five"}'); UPDATE doc SET j = '{"t":"second"}' WHERE id = 2`);
  await app.query('DELETE FROM item WHERE id = 6');
  await app.query("INSERT INTO item VALUES (9, 'last')");
  await inSqlite(9, 'last');
  expect(await quarantined()).toEqual([[0, 1]]);
  const titles = (): Promise<unknown[]> => app.query('SELECT id::int, title, size::int FROM doc ORDER BY id');
  expect(await titles()).toMatchObject([{ title: 'one' }, { title: 'two' }, { title: 'three' }, { title: null, size: 12 }, { title: null, size: 12 }]);
  expect(JSON.parse((await app.bench.run(['status', '--json'])).stdout).migrations[0].live).toMatchObject({ backProblems: [], backComputed: 3 });
  expect((await app.bench.run(['rollback', '--json'])).code).toBe(0);
  await app.untilVerified();
  await app.until(async () => (await app.query('SELECT FROM causeway.back_computed WHERE sent_id IS NULL')).length === 0, 'values that SQLite computes');
  expect(await titles()).toMatchObject([{ title: 'one' }, { title: 'second' }, { title: 'three' }, { title: 'four' }, { title: 'five' }]);
  expect(await app.divergences()).toEqual([]);
  // The one that nothing has replaced is still there, and still accounted for.
  app.sql("UPDATE item SET v = 'mended' WHERE id = 7");
  await app.untilEqual('all of it');
  expect(await quarantined()).toEqual([]);
  expect((await app.bench.run(['cutover', '--json'])).code).toBe(0);
  expect((await app.bench.run(['complete', '--json'])).code).toBe(0);
  expect(await app.query("SELECT to_regnamespace('causeway') AS left")).toEqual([{ left: null }]);
}, 300_000);
