/** What SQLite cannot hold or follow: never an error in the application, always a red gate, and healed by a value that fits. */
import { closeTarget, openTarget, PASS_SETTING } from '@causeway/control/target/target-fence';
import { forgetReverseCapture, installReverseCapture, removeReverseCaptureOf, reverseCaptureInstalled } from '@causeway/control/target/reverse-capture';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type pg from 'pg';
import { WayBack } from './way-back.fixture.ts';

let way: WayBack;
beforeAll(async () => {
  way = await WayBack.open((file) => {
    const db = new Database(file);
    db.function('regexp', { deterministic: true }, (pattern, text) => Number(new RegExp(String(pattern)).test(String(text))));
    db.exec(`CREATE TABLE m (id INTEGER PRIMARY KEY, amount decimal(30,10), score REAL, day date, code TEXT COLLATE NOCASE UNIQUE);
      INSERT INTO m VALUES (1, 10.5, 0.5, '2020-01-01', 'a'), (2, 2, 2.5, '2020-01-02', 'b'), (3, 3.25, 3.5, '2020-01-03', 'c');
      CREATE TABLE other (id INTEGER PRIMARY KEY, t TEXT CHECK (t REGEXP '^[a-z]+$')); INSERT INTO other VALUES (1, 'x')`);
    db.close();
  });
  // What a UNIQUE of SQLite forbids need not be forbidden in PostgreSQL.
  await way.app.query("DO $$ DECLARE i record; BEGIN FOR i IN SELECT indexrelid::regclass AS n FROM pg_index WHERE indrelid = 'm'::regclass AND NOT indisprimary LOOP EXECUTE 'DROP INDEX ' || i.n; END LOOP; END $$");
  way.reader();
  way.sink();
});
afterAll(() => way.close());

const kinds = async (): Promise<string[]> => (await way.problems()).map((p) => `${p.kind} ${p.table} ${p.column} ${p.count}`);
const code = (id: number): unknown => way.read((db) => db.prepare('SELECT code FROM m WHERE id = ?').pluck().get(id));

test('values that do not fit are told by column, and end when they are corrected', async () => {
  await way.app.query("UPDATE m SET amount = 12345678901234567890.1234567891 WHERE id = 1; UPDATE m SET day = 'infinity' WHERE id = 2; UPDATE m SET score = 'NaN' WHERE id = 3");
  await way.until(async () => (await way.problems()).length === 3);
  expect(await kinds()).toEqual(['inexact 0 amount 1', 'unrepresentable 0 day 1', 'unrepresentable 0 score 1']);
  await way.app.query("UPDATE m SET amount = 0.1, day = '2021-01-01', score = 1.25");
  await way.until(async () => (await way.problems()).length === 0);
  expect(way.read((db) => db.prepare('SELECT DISTINCT amount, score, day FROM m').raw().all())).toEqual([[0.1, 1.25, '2021-01-01']]);
  // SQLite makes 0.0 of it.
  await way.app.query("UPDATE m SET score = '-0' WHERE id = 1");
  await way.until(async () => (await way.problems()).length === 1);
  expect(await kinds()).toEqual(['inexact 0 score 1']);
  await way.app.query('UPDATE m SET score = 0 WHERE id = 1');
  await way.until(async () => (await way.problems()).length === 0);
});

test('a row that a constraint of SQLite refuses is tried again until its place is free', async () => {
  await way.app.query("UPDATE m SET code = 'A' WHERE id = 3");
  await way.until(async () => (await kinds()).includes('refused 0 null 1'));
  expect([code(1), code(3)]).toEqual(['a', 'c']);
  await way.app.query("UPDATE m SET code = 'z' WHERE id = 1");
  await way.until(() => code(3) === 'A');
  await way.until(async () => (await way.problems()).length === 0);
});

test("a CHECK that calls the application's own function holds up no row", async () => {
  await way.app.query("INSERT INTO other VALUES (2, 'came'); UPDATE other SET t = 'changed' WHERE id = 1");
  await way.until(() => way.read((db) => db.prepare('SELECT t FROM other ORDER BY id').pluck().all()).join() === 'changed,came');
  await way.app.query("DELETE FROM other WHERE id = 2; UPDATE other SET t = 'x'");
  await way.until(() => way.read((db) => db.prepare('SELECT t FROM other').pluck().all()).join() === 'x');
  expect(await way.problems()).toEqual([]);
});

// Invariant: I71
test('a role without any right on our schema writes; the loader is not queued, whichever way it passes', async () => {
  const role = `app_${way.bench.database.url.split('_').at(-1)}`;
  await way.app.query(`CREATE ROLE ${role}; GRANT ALL ON m TO ${role}`);
  try {
    const client = await way.app.connect();
    await client.query(`SET ROLE ${role}; SET extra_float_digits = 0; SET bytea_output = 'escape'; SET DateStyle = 'German'; SET search_path = public`);
    await client.query("INSERT INTO m (id, code) VALUES (50, 'role')");
    client.release(true);
    await way.until(() => code(50) === 'role');
    await way.stopAll();
    await inTransaction(way.pool, (c) => c.query("SET LOCAL session_replication_role = replica; UPDATE public.m SET code = 'echo1' WHERE id = 50"));
    await inTransaction(way.pool, (c) => c.query(`SET LOCAL ${PASS_SETTING} = 'secret'; UPDATE public.m SET code = 'echo2' WHERE id = 50`));
    expect(await way.queued()).toBe(0);
    way.reader();
    way.sink();
  } finally {
    await way.app.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});

test('fencing and opening PostgreSQL is no change of its tables; DDL, TRUNCATE and a capture that was off for a moment are', async () => {
  await inTransaction(way.pool, (c) => closeTarget(c, way.g, way.contracts));
  await inTransaction(way.pool, (c) => openTarget(c, way.g, way.contracts));
  await way.app.query('VACUUM FULL m; ANALYZE m; CREATE INDEX ON m (day)').catch(async () => way.app.query('CREATE INDEX ON m (day)'));
  expect(await kinds()).toEqual([]);
  await way.app.query('ALTER TABLE other DISABLE TRIGGER _causeway_back');
  await way.app.query('ALTER TABLE other ENABLE TRIGGER _causeway_back');
  await way.app.query('ALTER TABLE m ADD COLUMN extra text; CREATE TABLE public.fresh (id int)');
  const told = (await way.problems()).map((p) => p.detail);
  expect(told).toEqual(expect.arrayContaining([expect.stringContaining('public.fresh'), expect.stringContaining('columns were added'), expect.stringContaining('switched off')]));
  await way.app.query('TRUNCATE other');
  expect(await kinds()).toContain('truncate 1 null 1');
});

test('removing and installing it again', async () => {
  await way.stopAll();
  const remove = (c: pg.ClientBase): Promise<void> => way.contracts.reduce((before, contract) => before.then(() => removeReverseCaptureOf(c, way.g, contract)), forgetReverseCapture(c, way.g));
  await inTransaction(way.pool, remove);
  await inTransaction(way.pool, remove);
  expect(await reverseCaptureInstalled(way.pool, way.g, way.contracts)).toBe(false);
  expect((await way.pool.query("SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'causeway' AND proname LIKE 'back\\_back%'")).rowCount).toBe(0);
  await inTransaction(way.pool, (c) => installReverseCapture(c, way.g, way.contracts));
  await inTransaction(way.pool, (c) => installReverseCapture(c, way.g, way.contracts));
  expect(await reverseCaptureInstalled(way.pool, way.g, way.contracts)).toBe(true);
});
