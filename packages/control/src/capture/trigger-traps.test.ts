/** What a trigger sees otherwise than the row it stands for; each was a lost change, or an error in the application's own write. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { LOG_TABLE } from '@causeway/contracts/live/source-objects';
import Database from 'better-sqlite3';
import { contractsFromPlan } from '../plan/contracts-from-plan.ts';
import { discoverSchema } from '../plan/discover-schema.ts';
import { makePlan } from '../plan/make-plan.ts';
import { capturedTables } from './captured-table.ts';
import { indexProblem } from './followable-index.ts';
import { installCapture } from './install-capture.ts';
import { liftFence, raiseFence } from './source-fence.ts';
import { schemaVersion } from './source-facts.ts';
import { evolveSource } from '../evolve/evolve-source.ts';

let db: Database.Database;
beforeEach(() => {
  db = new Database(':memory:');
});
afterEach(() => db.close());

function captured(ddl: string): void {
  db.exec(ddl);
  const schema = discoverSchema(db);
  installCapture(db, 'm', capturedTables(schema, contractsFromPlan(makePlan(db, schema, { names: 'exact', targetSchema: 'public', full: true }), schema)));
  db.exec(`DELETE FROM ${LOG_TABLE}`);
}

test('a table or a view called as one of the functions of SQLite hides it from no one', () => {
  captured('CREATE TABLE pragma_table_list (id INTEGER PRIMARY KEY); CREATE VIEW pragma_table_xinfo AS SELECT 1 AS x');
  expect(logged('INSERT INTO pragma_table_list VALUES (1)')).toEqual(['1']);
  raiseFence(db, 1n);
  expect(() => db.exec('DELETE FROM pragma_table_list')).toThrow('closed for writing');
});

/** Keys that the writes leave in the log, with their classes. */
function logged(...writes: string[]): string[] {
  db.exec(`DELETE FROM ${LOG_TABLE}`);
  for (const write of writes) db.exec(write);
  return db.prepare(`SELECT DISTINCT quote(k0) FROM ${LOG_TABLE} WHERE t = 0 ORDER BY 1`).pluck().all() as string[];
}

test.each(['DEFAULT active', 'DEFAULT "active"', 'DEFAULT [active]', "DEFAULT ('act' || 'ive')"])('a default is filled in as SQLite understands it: %s', (clause) => {
  captured(`CREATE TABLE t (id INTEGER PRIMARY KEY, "act" TEXT, state TEXT NOT NULL ${clause} UNIQUE); INSERT INTO t VALUES (1, 'x', 'active')`);
  expect(logged("INSERT OR REPLACE INTO t VALUES (2, 'y', NULL)")).toEqual(['1', '2']);
  expect(db.prepare('SELECT id, state FROM t').raw().all()).toEqual([[2, 'active']]);
});

test('what the index would refuse or never look at ends no write of the application', () => {
  captured(`CREATE TABLE t (id INTEGER PRIMARY KEY, d TEXT CHECK (json_valid(d)), n INT); CREATE UNIQUE INDEX x ON t (json_extract(d, '$.x'));
    CREATE UNIQUE INDEX arrow ON t (d ->> '$.y'); CREATE UNIQUE INDEX size ON t (abs(n)); INSERT INTO t VALUES (1, '{"x":1}', 1)`);
  db.exec("INSERT OR IGNORE INTO t VALUES (2, 'broken', 2); INSERT OR IGNORE INTO t VALUES (1, '{', -9223372036854775808); UPDATE OR IGNORE t SET d = '{'");
  expect(() => db.exec("INSERT INTO t VALUES (2, 'broken', 2)")).toThrow('CHECK constraint failed');
  expect(logged(`REPLACE INTO t VALUES (3, '{"x":1.0}', 3)`)).toEqual(['1', '3']);
});

test('a computed column is computed again where a default is filled in', () => {
  captured("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'Q', g TEXT AS (lower(a)) UNIQUE, h TEXT AS (g || '!') STORED UNIQUE); INSERT INTO t (id, a) VALUES (1, 'q')");
  expect(logged('INSERT OR REPLACE INTO t (id, a) VALUES (2, NULL)')).toEqual(['1', '2']);
});

test('NEW has no affinity: an index that compares by one is matched by its other parts, or refused by name', () => {
  captured("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, s TEXT); CREATE UNIQUE INDEX i ON t (b, (a < 1)); CREATE UNIQUE INDEX p ON t (b) WHERE s = 'open'; INSERT INTO t VALUES (1, ' 1', 7, 'shut')");
  expect(logged("INSERT OR REPLACE INTO t VALUES (2, ' 2', 7, 'shut')")).toEqual(['1', '2']);
  db.exec('DROP TABLE t');
  expect(() => captured('CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT); CREATE UNIQUE INDEX i ON u ((a < 1))')).toThrow(expect.objectContaining({ code: 'SOURCE_UNSUPPORTED', message: expect.stringContaining('index "i" of table "u"') }));
});

test('a number that SQLite has still to choose is in no trigger: such an index is refused by name', () => {
  expect(() => captured('CREATE TABLE t (id INTEGER PRIMARY KEY, a, g AS (id % 3) UNIQUE)')).toThrow(expect.objectContaining({ code: 'SOURCE_UNSUPPORTED' }));
  expect(discoverSchema(db).tables.map(indexProblem)).toEqual([expect.stringContaining('index "sqlite_autoindex_t_1" of table "t"')]);
  db.exec('DROP TABLE t');
  captured("CREATE TABLE t (id INTEGER PRIMARY KEY, a, g AS (id % 3), UNIQUE (a, g)); INSERT INTO t VALUES (1, 'x')");
  expect(logged("REPLACE INTO t (a) VALUES ('x')", "INSERT INTO t (id, a) VALUES (4, 'y')", "REPLACE INTO t (id, a) VALUES (7, 'y')")).toEqual(['1', '2', '4', '7']);
});

test.each(['TEXT', 'BLOB'])('a %s key that a number points at is logged as it was before SQLite compared them', (type) => {
  db.pragma('foreign_keys = on');
  const [one, two] = type === 'TEXT' ? ["'01'", "'2'"] : ['1.0', '2.0'];
  captured(`CREATE TABLE t (k ${type} PRIMARY KEY NOT NULL); CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES t (k)); INSERT INTO t VALUES (${one}), (${two})`);
  expect(logged(`DELETE FROM t WHERE k = ${one}`)).toContain(one);
  expect(logged(`UPDATE t SET k = ${one}`)).toEqual(expect.arrayContaining([one, two]));
});

test('in a STRICT table ANY keeps 1 and 1.0 apart', () => {
  captured('CREATE TABLE t (k ANY PRIMARY KEY NOT NULL, v ANY) STRICT');
  db.exec('INSERT INTO t VALUES (1.0, 1)');
  expect(logged('REPLACE INTO t VALUES (1, 2)')).toEqual(['1', '1.0']);
});

test("after a fence the capture's triggers stand before the application's again", () => {
  captured('CREATE TABLE t (id INTEGER PRIMARY KEY, v); CREATE TRIGGER own AFTER INSERT ON t BEGIN SELECT RAISE(IGNORE); END; CREATE TRIGGER last AFTER DELETE ON t BEGIN SELECT RAISE(FAIL, \'kept\'); END');
  expect(logged('INSERT INTO t VALUES (1, 1)')).toEqual(['1']);
  raiseFence(db, 1n);
  liftFence(db, 1n);
  expect(logged('INSERT INTO t VALUES (2, 1)')).toEqual(['2']);
  expect(logged()).toEqual([]);
  expect(() => db.exec('DELETE FROM t WHERE id = 1')).toThrow('kept');
  expect(db.prepare(`SELECT DISTINCT k0 FROM ${LOG_TABLE} WHERE t = 0`).pluck().all()).toEqual([1]);
  expect(db.prepare('SELECT id FROM t').pluck().all()).toEqual([2]);
});

test('a trigger that the application makes meanwhile comes first only until the change is taken over', () => {
  captured('CREATE TABLE t (id INTEGER PRIMARY KEY, v)');
  db.exec('CREATE TRIGGER own AFTER INSERT ON t BEGIN SELECT RAISE(IGNORE); END');
  expect(logged('INSERT INTO t VALUES (1, 1)')).toEqual([]);
  expect(evolveSource(db, { schemaVersion: schemaVersion(db), version: null, captured: [], logged: new Set(), shape: '' })).toBe(true);
  expect(logged('INSERT INTO t VALUES (2, 1)')).toEqual(['2']);
});
