/** The capture inside the application's own SQLite: nothing is missed, nothing breaks, and nothing is left behind. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { LOG_TABLE } from '@causeway/contracts/live/source-objects';
import { readTriggersOnShadowTables } from '@causeway/runtime/sqlite/open-source';
import { seededRandom } from '@causeway/testkit/seeded-random';
import Database from 'better-sqlite3';
import { contractsFromPlan } from '../plan/contracts-from-plan.ts';
import { discoverSchema } from '../plan/discover-schema.ts';
import { makePlan } from '../plan/make-plan.ts';
import { applicationSchemaMark, schemaEntries } from './application-schema.ts';
import { type CapturedTable, capturedTables } from './captured-table.ts';
import { checkCapture, installCapture, removeCapture } from './install-capture.ts';
import { fenceState, liftFence, raiseFence } from './source-fence.ts';
import { logEnd, purgeLog, readFact, writeFact } from './source-facts.ts';

let db: Database.Database;
beforeEach(() => {
  db = new Database(':memory:');
});
afterEach(() => db.close());

function capture(except: readonly string[] = []): CapturedTable[] {
  const schema = discoverSchema(db);
  const plan = makePlan(db, schema, { names: 'exact', targetSchema: 'public', full: true });
  const tables = capturedTables(schema, contractsFromPlan(plan, schema).filter((contract) => !except.includes(contract.source)));
  installCapture(db, 'm', tables);
  return tables;
}

const HOSTILE = `
  CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE, v);
  CREATE TABLE auto (id INTEGER PRIMARY KEY AUTOINCREMENT, a NOT NULL DEFAULT 7, b, UNIQUE (a, b));
  CREATE TABLE wr (k TEXT, n, v, PRIMARY KEY (k, n)) WITHOUT ROWID;
  CREATE TABLE typeless (k PRIMARY KEY NOT NULL, v UNIQUE);
  CREATE TABLE nokey (a, b);
  CREATE UNIQUE INDEX nokey_a ON nokey (lower(a)) WHERE b IS NOT NULL;
  CREATE TABLE json (id INTEGER PRIMARY KEY, d TEXT);
  CREATE UNIQUE INDEX json_x ON json (json_extract(d, '$.x')) WHERE json_valid(d);
  CREATE TABLE "semi;colon ""q""" ("order" TEXT PRIMARY KEY NOT NULL, "select" INTEGER DEFAULT 3, UNIQUE ("select"));
  CREATE TABLE parent (id INTEGER PRIMARY KEY, u TEXT UNIQUE);
  CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE, q TEXT UNIQUE);
  CREATE TABLE old (k TEXT COLLATE NOCASE PRIMARY KEY, n UNIQUE, v) WITHOUT ROWID;
  CREATE TABLE "New" (old INTEGER PRIMARY KEY, "new" TEXT UNIQUE);
  CREATE UNIQUE INDEX new_lower ON "New" (lower("new")) WHERE "new" IS NOT NULL;
  CREATE TABLE audit (at INTEGER PRIMARY KEY, what TEXT);
  CREATE TRIGGER app AFTER UPDATE ON plain BEGIN INSERT INTO audit (what) VALUES (NEW.name); DELETE FROM audit WHERE at < (SELECT max(at) - 5 FROM audit); END;`;

const TABLES: Record<string, readonly string[]> = {
  plain: ['id', 'name', 'v'],
  auto: ['id', 'a', 'b'],
  wr: ['k', 'n', 'v'],
  typeless: ['k', 'v'],
  nokey: ['a', 'b'],
  json: ['id', 'd'],
  'semi;colon "q"': ['order', 'select'],
  parent: ['id', 'u'],
  child: ['id', 'p', 'q'],
  old: ['k', 'n', 'v'],
  New: ['old', 'new'],
};

/** Tables that have no rowid to write. */
const WITHOUT = ['wr', 'old'];

const VALUES = [null, 0, 1, 2, 3, 4, 1.0000001, 'a', 'A', 'b', 'B', '', '1', Buffer.from('a'), Buffer.from(''), 9007199254740993n, '{"x":1}', '{"x":1.0}', '{"x"', '{"x":"a"}', -1];

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const cell = (value: unknown): string => (value instanceof Uint8Array ? `x${Buffer.from(value).toString('hex')}` : `${typeof value}:${String(value)}`);

/** Every row by its key, with classes: 1 and 1.0 are different keys. */
function image(tables: readonly CapturedTable[]): Map<string, string> {
  const rows = new Map<string, string>();
  for (const table of tables) {
    const key = table.key.map((name) => `typeof(${quoted(name)}), ${quoted(name)}`).join(', ');
    for (const row of db.prepare(`SELECT ${key}, * FROM ${quoted(table.name)}`).raw().safeIntegers().all() as unknown[][]) {
      rows.set(`${table.number} ${row.slice(0, table.key.length * 2).map(cell).join(' ')}`, row.map(cell).join(' '));
    }
  }
  return rows;
}

function loggedSince(tables: readonly CapturedTable[], id: bigint): Set<string> {
  const keys = new Set<string>();
  for (const table of tables) {
    const list = table.key.map((_, i) => `typeof(k${i}), k${i}`).join(', ');
    for (const row of db.prepare(`SELECT ${list} FROM ${quoted(LOG_TABLE)} WHERE id > ? AND t = ?`).raw().safeIntegers().all(id, table.number) as unknown[][]) keys.add(`${table.number} ${row.map(cell).join(' ')}`);
  }
  return keys;
}

// Invariant: I30
test.each((process.env.CAPTURE_SEEDS ?? '1,2').split(',').map(Number))('whatever the application writes, every key whose row differs is in the log (seed %i)', (seed) => {
  const { fraction: random, pick } = seededRandom(seed);
  db.exec(HOSTILE);
  db.pragma(`recursive_triggers = ${seed % 2 === 0 ? 'on' : 'off'}`);
  db.pragma('foreign_keys = on');
  const tables = capture();
  const statement = (): void => {
    const name = pick(Object.keys(TABLES));
    const columns = TABLES[name] as readonly string[];
    const some = columns.filter(() => random() < 0.7);
    const used = some.length === 0 ? columns : some;
    const verb = pick(['INSERT', 'INSERT OR REPLACE', 'REPLACE', 'INSERT OR IGNORE', 'INSERT OR FAIL', 'UPDATE', 'UPDATE OR REPLACE', 'UPDATE OR IGNORE', 'DELETE', 'UPSERT', 'CLEAR', 'ROWID', 'ROWID INSERT']);
    const values = (n: number): unknown[] => Array.from({ length: n }, () => pick(VALUES));
    const list = used.map(quoted).join(', ');
    const places = used.map(() => '?').join(', ');
    const where = `${quoted(pick(columns))} ${pick(['=', 'IS', '<', '>='])} ?`;
    if (verb === 'CLEAR') return void (random() < 0.1 && db.exec(`DELETE FROM ${quoted(name)}`));
    if (verb === 'ROWID') return void (!WITHOUT.includes(name) && db.prepare(`UPDATE OR REPLACE ${quoted(name)} SET rowid = ? WHERE rowid = ?`).run(pick([1, 2, 3, 4]), pick([1, 2, 3, 4])));
    if (verb === 'ROWID INSERT') return void (!WITHOUT.includes(name) && db.prepare(`INSERT OR REPLACE INTO ${quoted(name)} (rowid, ${list}) VALUES (?, ${places})`).run(pick([1, 2, 3, -1]), ...values(used.length)));
    if (verb === 'UPSERT') return void db.prepare(`INSERT INTO ${quoted(name)} (${list}) VALUES (${places}) ON CONFLICT DO UPDATE SET ${quoted(pick(columns))} = ?`).run(...values(used.length + 1));
    if (verb === 'DELETE') return void db.prepare(`DELETE FROM ${quoted(name)} WHERE ${where}`).run(pick(VALUES));
    if (verb.startsWith('UPDATE')) return void db.prepare(`${verb} ${quoted(name)} SET ${used.map((c) => `${quoted(c)} = ?`).join(', ')} WHERE ${where}`).run(...values(used.length + 1));
    db.prepare(`${verb} INTO ${quoted(name)} (${list}) VALUES (${places})`).run(...values(used.length));
  };
  let done = 0;
  for (let i = 0; i < 1_500; i++) {
    const before = image(tables);
    const from = logEnd(db);
    db.exec('BEGIN');
    for (let n = Math.floor(random() * 4) + 1; n > 0; n--) {
      try {
        statement();
        done++;
      } catch (error) {
        // The application's own constraint; nothing of ours may be the reason.
        expect((error as Error).message).toMatch(/constraint|datatype mismatch|malformed JSON/);
        if (!db.inTransaction) db.exec('BEGIN');
      }
    }
    const undone = random() < 0.1;
    db.exec(undone ? 'ROLLBACK' : 'COMMIT');
    const after = image(tables);
    const logged = loggedSince(tables, from);
    for (const key of new Set([...before.keys(), ...after.keys()])) if (before.get(key) !== after.get(key)) expect([key, logged.has(key)]).toEqual([key, true]);
    if (undone) expect(logged.size).toBe(0);
    if (i % 50 === 0) purgeLog(db, logEnd(db));
    expect(logEnd(db)).toBeGreaterThanOrEqual(from);
  }
  expect(done).toBeGreaterThan(1_000);
});

test('a table called "old" or "new" does not hide the row that the trigger speaks of', () => {
  db.exec('CREATE TABLE "old" (k TEXT COLLATE NOCASE PRIMARY KEY, n UNIQUE) WITHOUT ROWID; CREATE TABLE "NEW" (id INTEGER PRIMARY KEY, u TEXT UNIQUE); CREATE UNIQUE INDEX u ON "NEW" (lower(u))');
  db.exec("INSERT INTO \"old\" VALUES ('K1', 1), ('K2', 2), ('K3', 3); INSERT INTO \"NEW\" VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  capture();
  const logged = (): unknown[] => db.prepare(`SELECT DISTINCT k0 FROM "${LOG_TABLE}" WHERE k0 IS NOT NULL ORDER BY k0`).pluck().all();
  db.exec('UPDATE OR REPLACE "old" SET n = 3 WHERE k = \'K1\'');
  expect(logged()).toEqual(['K1', 'K3']);
  db.exec(`DELETE FROM "${LOG_TABLE}"`);
  // Nor is every row taken for one that collides.
  db.exec("INSERT INTO \"NEW\" VALUES (9, 'x'); UPDATE \"NEW\" SET u = 'y' WHERE id = 9");
  expect(logged()).toEqual([9]);
});

test('removed again it leaves the schema as it was, also from under a fence', () => {
  db.exec(HOSTILE);
  const before = schemaEntries(db, 'application');
  const mark = applicationSchemaMark(db);
  capture();
  expect(applicationSchemaMark(db)).toBe(mark);
  raiseFence(db, 1n);
  expect(() => db.exec("INSERT OR IGNORE INTO plain VALUES (9, 'x', 1)")).toThrow(/closed for writing/);
  removeCapture(db);
  removeCapture(db);
  const sorted = (list: typeof before): string[] => list.map((e) => JSON.stringify(e)).sort();
  expect(sorted(schemaEntries(db, 'application'))).toEqual(sorted(before));
  expect(schemaEntries(db, 'ours')).toEqual([]);
  db.exec("INSERT INTO plain VALUES (9, 'x', 1); UPDATE plain SET v = 2");
  expect(db.prepare('SELECT what FROM audit').pluck().all()).toEqual(['x']);
});

test('a full-text table is captured and fenced by its content; what lies behind other virtual tables has no trigger', () => {
  readTriggersOnShadowTables(db);
  db.exec("CREATE VIRTUAL TABLE words USING fts5(a, b); INSERT INTO words VALUES ('one', 'two'); CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1); CREATE TABLE plain (id INTEGER PRIMARY KEY)");
  const tables = capture(['boxes']);
  const from = logEnd(db);
  db.exec("INSERT INTO words VALUES ('three', 'four'); UPDATE words SET b = 'five' WHERE rowid = 1; DELETE FROM words WHERE rowid = 2");
  expect(loggedSince(tables, from)).toEqual(new Set(['0 string:integer bigint:1', '0 string:integer bigint:2']));
  raiseFence(db, 1n);
  // The full-text module keeps the refusal and drops its words.
  for (const write of ["INSERT INTO words VALUES ('x', 'y')", "UPDATE words SET a = 'x'", 'DELETE FROM words']) expect(() => db.exec(write)).toThrow(/constraint failed/);
  expect(() => db.exec('INSERT INTO plain VALUES (1)')).toThrow(/closed for writing/);
  expect(db.prepare('SELECT a, b FROM words').raw().all()).toEqual([['one', 'five']]);
  expect(db.prepare("SELECT count(*) FROM words WHERE words MATCH 'five'").pluck().get()).toBe(1);
  const on = db.prepare("SELECT DISTINCT tbl_name FROM sqlite_schema WHERE type = 'trigger' ORDER BY 1").pluck().all();
  expect(on).toEqual(['plain', 'words_content']);
  liftFence(db, 1n);
  db.exec('DELETE FROM words');
});

test('a rebuilt table has lost its triggers, and that shows', () => {
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, v)');
  const tables = capture();
  checkCapture(db, tables);
  db.exec('ALTER TABLE t RENAME TO old; CREATE TABLE t (id INTEGER PRIMARY KEY, v, w); INSERT INTO t (id, v) SELECT id, v FROM old; DROP TABLE old');
  expect(() => checkCapture(db, tables)).toThrow(expect.objectContaining({ code: 'CAPTURE_LOST' }));
  expect(() => installCapture(db, 'another', tables)).toThrow(expect.objectContaining({ code: 'CAPTURE_FOREIGN' }));
});

// Invariant: I31
test('fences are numbered: an old attempt neither raises nor lifts a newer one, and the pass goes through', () => {
  db.exec(HOSTILE);
  capture();
  db.exec("INSERT INTO plain VALUES (1, 'a', 1)");
  const first = raiseFence(db, 1n);
  expect(raiseFence(db, 1n)).toEqual(first);
  expect(first.end).toBe(logEnd(db));
  for (const sql of ["UPDATE plain SET v = 2", 'DELETE FROM plain', "REPLACE INTO plain VALUES (1, 'b', 1)", "INSERT INTO nokey VALUES (1, 2)", 'UPDATE OR IGNORE plain SET v = 3', "INSERT INTO audit VALUES (1, 'x')"]) expect(() => db.exec(sql)).toThrow(/closed for writing/);
  db.transaction(() => {
    writeFact(db, 'pass', 1n);
    db.exec("UPDATE plain SET v = 5, name = 'z'");
    db.exec("DELETE FROM _causeway_state WHERE name = 'pass'");
  })();
  // Neither captured nor seen by the application's own trigger.
  expect([logEnd(db), db.prepare('SELECT count(*) FROM audit').pluck().get()]).toEqual([first.end, 0]);
  raiseFence(db, 2n);
  expect(() => liftFence(db, 1n)).toThrow(expect.objectContaining({ code: 'FENCE_STALE' }));
  liftFence(db, 2n);
  liftFence(db, 2n);
  expect(() => raiseFence(db, 2n)).toThrow(expect.objectContaining({ code: 'FENCE_STALE' }));
  expect(fenceState(db)).toMatchObject({ attempt: 0n, lifted: 2n });
  db.exec("UPDATE plain SET v = 6");
  expect(db.prepare('SELECT count(*) FROM audit').pluck().get()).toBe(1);
});

test('ids never go back, whatever is purged', () => {
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, v)');
  capture();
  for (let i = 0; i < 5; i++) {
    db.exec('INSERT INTO t (v) VALUES (1)');
    const end = logEnd(db);
    purgeLog(db, 1_000n);
    expect(logEnd(db)).toBe(end);
    expect(readFact(db, 'purged_to')).toBe(end - 1n);
  }
});
