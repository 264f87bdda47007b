/** A rehearsal by the real command on a schema that is nobody's sample: everything works, and nothing is touched or left behind. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import pg from 'pg';

const SCHEMA = `
CREATE TABLE "user's" (id INTEGER PRIMARY KEY, email TEXT UNIQUE COLLATE NOCASE, "na""me" TEXT, active BOOLEAN NOT NULL DEFAULT 1, seen datetime);
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, "user" INT REFERENCES "user's" (id) ON DELETE CASCADE, total DECIMAL(10,2), state TEXT CHECK (state IN ('new', 'paid')), data json);
CREATE TABLE pairs (n TEXT, k TEXT, w REAL, PRIMARY KEY (n, k)) WITHOUT ROWID;
CREATE TABLE notes (msg TEXT, n);
CREATE TABLE tokens (id CHAR(32) PRIMARY KEY, v BLOB, parent CHAR(32) REFERENCES tokens (id));
CREATE TABLE touched (id INTEGER PRIMARY KEY, times INT);
CREATE TABLE single (k INTEGER PRIMARY KEY, v TEXT);
CREATE TABLE empty (id INTEGER PRIMARY KEY, v TEXT);
CREATE TRIGGER count_orders AFTER UPDATE OF total ON orders BEGIN UPDATE touched SET times = times + 1 WHERE id = NEW.id % 10; END;`;

let bench: Bench;
let file: string;
beforeEach(async () => {
  bench = await openBench('rehearse');
  file = join(bench.folder, "my 'app'.sqlite");
  const db = new Database(file);
  db.pragma('journal_mode = wal');
  db.exec(SCHEMA);
  const put = (sql: string, count: number, values: (i: number) => unknown[]): void => {
    const statement = db.prepare(sql);
    for (let i = 0; i < count; i++) statement.run(...values(i));
  };
  db.transaction(() => {
    put(`INSERT INTO "user's" VALUES (?, ?, ?, ?, ?)`, 300, (i) => [i, `u${i}@example.org`, `Nä\\me ${i}`, i % 2, `2024-01-0${(i % 9) + 1} 10:00:00`]);
    put('INSERT INTO orders VALUES (?, ?, ?, ?, ?)', 600, (i) => [i + 1, i % 300, i / 7, i % 3 === 0 ? 'new' : 'paid', `{"a": ${i}}`]);
    put('INSERT INTO pairs VALUES (?, ?, ?)', 200, (i) => [`a${i % 5}`, `b${i}`, i * 0.1]);
    put('INSERT INTO notes VALUES (?, ?)', 200, (i) => [`m${i % 7}`, i % 2 === 0 ? i : `t${i}`]);
    put('INSERT INTO tokens VALUES (?, ?, ?)', 200, (i) => [createHash('md5').update(String(i)).digest('hex'), Buffer.from([i, 0, 255]), null]);
    put('INSERT INTO touched VALUES (?, ?)', 10, (i) => [i, 0]);
    put('INSERT INTO single VALUES (?, ?)', 1, (i) => [i, 'one']);
  })();
  db.close();
});
afterEach(() => bench.close());

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

test('the whole move is rehearsed on a copy, judged by the load itself; original, server and state folder are as before', async () => {
  const before = hashOf(file);
  const ended = await bench.run(['rehearse', file, '--json', '--transport', 'embedded', '--seconds', '2', '--rate', '150']);
  expect(ended.stderr).toBe('');
  const report = JSON.parse(ended.stdout.trim().split('\n').at(-1) as string);
  expect(report).toMatchObject({ schema: 'causeway.rehearsal/1', verdict: 'ready', reasons: [], original: { untouched: true }, divergences: 0, judged: { lost: 0, doubled: 0, different: 0, countsDiffer: [], unknown: 0 }, tables: 8 });
  expect(ended.code).toBe(0);
  expect(report.load.left).toEqual([]);
  expect(report.judged.rows).toBeGreaterThan(100);
  expect(report.judged.cells).toBeGreaterThan(100);
  expect(report.switches.map((s: { goal: string; closedMs: number }) => [s.goal, s.closedMs > 0])).toEqual([['cutover', true], ['rollback', true], ['cutover', true]]);
  expect(report.lag.samples).toBeGreaterThan(0);
  expect(hashOf(file)).toBe(before);
  expect(readdirSync(join(bench.folder, 'state', 'rehearsal'))).toEqual([]);
  expect(await scratchDatabases()).toEqual([]);
}, 120_000);

test('what cannot be rehearsed is told by its code, and leaves nothing behind either', async () => {
  const missing = await bench.run(['rehearse', join(bench.folder, 'none.sqlite'), '--json', '--transport', 'embedded']);
  expect([missing.code, missing.outcome.code]).toEqual([3, 'SOURCE_NOT_FOUND']);
  const wrong = await bench.run(['rehearse', file, '--rate', 'many', '--json']);
  expect([wrong.code, wrong.outcome.code]).toEqual([2, 'USAGE']);
  const { child, done } = bench.start(['rehearse', file, '--json', '--transport', 'embedded', '--seconds', '60']);
  for (const until = Date.now() + 60_000; Date.now() < until && (await scratchDatabases()).length === 0; ) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGINT');
  expect((await done).code).toBe(130);
  expect(await scratchDatabases()).toEqual([]);
  expect(existsSync(join(bench.folder, 'state', 'rehearsal')) && readdirSync(join(bench.folder, 'state', 'rehearsal'))).toEqual([]);
}, 120_000);

async function scratchDatabases(): Promise<string[]> {
  const client = new pg.Client({ connectionString: bench.database.url });
  await client.connect();
  try {
    return (await client.query("SELECT datname FROM pg_database WHERE starts_with(datname, 'causeway_rehearsal_')")).rows.map((row) => row.datname as string);
  } finally {
    await client.end();
  }
}
