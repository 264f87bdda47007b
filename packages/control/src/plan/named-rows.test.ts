import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSource, type SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import Database from 'better-sqlite3';
import { assessSource } from '../assess/assess-source.ts';
import { capturedTables } from '../capture/captured-table.ts';
import { contractsFromPlan } from './contracts-from-plan.ts';
import { discoverSchema } from './discover-schema.ts';
import { makePlan } from './make-plan.ts';
import { checksCallOwnFunctions } from './own-function.ts';

let folder: string;
let file: string;
let db: SourceDatabase;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-rows-'));
  file = join(folder, 'app.sqlite');
});
afterEach(() => {
  db?.close();
  rmSync(folder, { recursive: true });
});

/** `own`: names of columns that get a collation which no library has. */
function source(sql: string, own = false): SourceDatabase {
  const made = new Database(file);
  made.exec(sql);
  if (own) {
    made.unsafeMode(true);
    made.pragma('writable_schema = on');
    made.exec("UPDATE sqlite_schema SET sql = replace(sql, 'COLLATE NOCASE', 'COLLATE unicase')");
    made.pragma('writable_schema = off');
  }
  made.close();
  return (db = openSource(file));
}

const OPTIONS = { names: 'exact', targetSchema: 'public', full: true } as const;
const assessed = (): ReturnType<typeof assessSource> => assessSource(db, { file, bytes: 4_096, names: 'exact', targetSchema: 'public' });

describe('names under our prefix', () => {
  test.each([
    ['CREATE TABLE _causeway_orders (id INTEGER PRIMARY KEY)', 'table "_causeway_orders"'],
    ['CREATE TABLE _Causeway_Log (id INTEGER PRIMARY KEY)', 'table "_Causeway_Log"'],
    // Without a table of facts even our own names are the application's.
    ['CREATE TABLE _causeway_log (id INTEGER PRIMARY KEY, price REAL)', 'table "_causeway_log"'],
    // Tables and indexes share their names.
    ['CREATE TABLE t (a); CREATE INDEX _causeway_log ON t (a)', 'index "_causeway_log"'],
    ['CREATE VIEW _causeway_v AS SELECT 1', 'view "_causeway_v"'],
    ['CREATE TABLE t (a); CREATE TRIGGER _causeway_t AFTER INSERT ON t BEGIN SELECT 1; END', 'trigger "_causeway_t"'],
  ])('%s is refused, and not left behind in silence', (sql, named) => {
    source(sql);
    expect(() => discoverSchema(db)).toThrow(named);
  });

  test('our own tables are no part of the application, and _causeway without more is', () => {
    source('CREATE TABLE _causeway (id INTEGER PRIMARY KEY); CREATE TABLE _causeway_log (id INTEGER PRIMARY KEY, t, k0); CREATE TABLE _causeway_state (name TEXT PRIMARY KEY, value); CREATE TRIGGER _causeway_0_insert AFTER INSERT ON _causeway BEGIN SELECT 1; END');
    expect(discoverSchema(db).tables.map((t) => t.name)).toEqual(['_causeway']);
  });
});

describe('a collation that only the application has', () => {
  const SQL = `CREATE TABLE tags (tag TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, usn INT) WITHOUT ROWID; INSERT INTO tags VALUES ('a', 1);
    CREATE TABLE decks (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE); INSERT INTO decks VALUES (1, 'd');
    CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE); INSERT INTO plain VALUES (1, 'p')`;

  test('an assessment names the table that nobody else can read, and assesses the others', () => {
    source(SQL, true);
    const { verdict, findings, tables } = assessed();
    expect(verdict).toBe('blocked');
    expect(findings.filter((f) => f.check === 'collation-own').map((f) => [f.severity, f.table])).toEqual([['blocker', 'tags'], ['notice', 'decks']]);
    expect(tables.map((t) => t.name)).toEqual(['decks', 'plain']);
  });

  test('a migration is refused by name; a plan that is to be looked at leaves the table behind', () => {
    source(SQL, true);
    const schema = discoverSchema(db);
    expect(() => makePlan(db, schema, OPTIONS)).toThrow('table "tags"');
    const plan = makePlan(db, schema, { ...OPTIONS, leaveUnreadable: true });
    expect(plan.tables.map((t) => [t.name, t.action])).toEqual([['tags', 'skip'], ['decks', 'move'], ['plain', 'move']]);
    // What the plan leaves behind hinders no more, and the way back cannot write an index of that collation.
    expect(assessSource(db, { file, bytes: 4_096, names: 'exact', targetSchema: 'public', given: plan }).verdict).not.toBe('blocked');
    expect(() => capturedTables(schema, contractsFromPlan(plan, schema))).toThrow('table "decks"');
  });
});

test("an index that calls the application's own function is told, and refused where it had to be written", () => {
  const made = new Database(file);
  for (const name of ['own', 'regexp']) made.function(name, { deterministic: true, varargs: true }, (x) => x);
  made.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX part ON t (own(a)); CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT CHECK (own(a) > 0)); CREATE INDEX known ON u (lower(a)) WHERE a REGEXP 1');
  made.close();
  db = openSource(file);
  expect(assessed().findings.filter((f) => f.check === 'function-own').map((f) => [f.table, f.detail])).toEqual([['t', expect.stringContaining('index "part" calls "own"')], ['u', expect.stringContaining('index "known" calls "REGEXP"')]]);
  const schema = discoverSchema(db);
  expect(() => capturedTables(schema, contractsFromPlan(makePlan(db, schema, OPTIONS), schema))).toThrow('index "part" that calls the application\'s own function "own"');
  expect(checksCallOwnFunctions(db)).toBe(true);
});

describe("12 and '12' in one key", () => {
  const keyless = (sql: string): [string, boolean][] => {
    source(sql);
    const schema = discoverSchema(db);
    return contractsFromPlan(makePlan(db, schema, OPTIONS), schema).map((c) => [c.source, c.keyless]);
  };

  test('rows are named by their rowid where two keys are printed alike', () => {
    expect(
      keyless(`CREATE TABLE typeless (k PRIMARY KEY, v); INSERT INTO typeless VALUES (12, 'a'), ('12', 'b');
        CREATE TABLE part (a INT, k BLOB, PRIMARY KEY (a, k)); INSERT INTO part VALUES (1, 'c'), (1, x'63'), (2, x'64');`),
    ).toEqual([['typeless', true], ['part', true]]);
  });

  test('the key names them where one class is there, or the affinity keeps them apart', () => {
    expect(
      keyless(`CREATE TABLE blobs (k BLOB PRIMARY KEY); INSERT INTO blobs VALUES (x'63'), (x'64');
        CREATE TABLE typeless (k PRIMARY KEY); INSERT INTO typeless VALUES ('a'), ('12');
        CREATE TABLE number (k INT PRIMARY KEY); INSERT INTO number VALUES (12), ('x');
        CREATE TABLE empty (k PRIMARY KEY);`),
    ).toEqual([['blobs', false], ['typeless', false], ['number', false], ['empty', false]]);
  });
});
