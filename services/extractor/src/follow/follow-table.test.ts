/** Changed rows that the fast way cannot encode are read once more with their classes and bytes, whatever their key is. */
import { capturedTables } from '@causeway/control/capture/captured-table';
import { installCapture } from '@causeway/control/capture/install-capture';
import { logEnd } from '@causeway/control/capture/source-facts';
import { contractsFromPlan } from '@causeway/control/plan/contracts-from-plan';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import { makePlan } from '@causeway/control/plan/make-plan';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { ChangedRow } from '../publish/part-writer.ts';
import { textDecoding } from '@causeway/control/source/text-decoding';
import { ChangedKeys } from './changed-keys.ts';
import { FollowTable } from './follow-table.ts';

let db: Database.Database;
beforeEach(() => {
  db = new Database(':memory:');
});
afterEach(() => db.close());

/** What one table publishes of the changes that `write` makes. */
function changesOf(ddl: string, write: string): ChangedRow[] {
  db.exec(ddl);
  const schema = discoverSchema(db);
  const [contract] = contractsFromPlan(makePlan(db, schema, { names: 'exact', targetSchema: 'public', full: true }), schema);
  if (contract === undefined) throw new Error('no table was planned');
  const tables = capturedTables(schema, [contract]);
  installCapture(db, 'm', tables);
  const keys = new ChangedKeys(db, tables[0]?.key.length ?? 1);
  const from = logEnd(db);
  db.exec(write);
  const [changed] = keys.fill(from, logEnd(db));
  return [...new FollowTable(db, contract, textDecoding('UTF-8')).read(changed?.first ?? 1, changed?.last ?? 0)];
}

const kinds = (rows: readonly ChangedRow[]): string[] => rows.map((row) => (row.reject !== null ? 'reject' : row.row !== null ? 'row' : 'gone'));

test.each([
  ['integer key', 'CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)', 't (id, v)', ['1', '2', '3']],
  ['text key', 'CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL, v INTEGER)', 't (id, v)', ["'a'", "'b'", "'c'"]],
  ['composite key', 'CREATE TABLE t (a INTEGER NOT NULL, b TEXT NOT NULL, v INTEGER, PRIMARY KEY (a, b))', 't (a, b, v)', ["1, 'x'", "1, 'y'", "2, 'x'"]],
  ['without rowid', 'CREATE TABLE t (a, b, v INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID', 't (a, b, v)', ["1, 'x'", "'1', 'y'", "x'31', 2.5"]],
  ['no key', 'CREATE TABLE t (w TEXT, v INTEGER)', 't (w, v)', ["'p'", "'p'", "'q'"]],
])('%s: a number that is one, a text that PostgreSQL cannot hold, a text in a column of numbers', (_, ddl, into, [first, second, third]) => {
  const rows = changesOf(ddl, `INSERT INTO ${into} VALUES (${first}, 7); INSERT INTO ${into} VALUES (${second}, CAST(x'61ff' AS TEXT)); INSERT INTO ${into} VALUES (${third}, 'x' || char(0))`);
  expect(kinds(rows).sort()).toEqual(['reject', 'reject', 'row']);
});

test('a text column: invalid UTF-8 and U+0000 are rejected, U+FFFD that is really there is a row', () => {
  const rows = changesOf("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (9, 'x')", "INSERT INTO t VALUES (1, CAST(x'ff' AS TEXT)), (2, 'a' || char(0)), (3, char(65533)), (4, NULL); DELETE FROM t WHERE id = 9");
  expect(kinds(rows)).toEqual(['reject', 'reject', 'row', 'row', 'gone']);
});

test('a full-text table: its rows are read through it', () => {
  db.unsafeMode(true);
  const rows = changesOf('CREATE VIRTUAL TABLE f USING fts5(a, b)', "INSERT INTO f VALUES ('one', 'two'), (CAST(x'ff' AS TEXT), 'x'), (char(65533), NULL); DELETE FROM f WHERE rowid = 1");
  expect(kinds(rows)).toEqual(['gone', 'reject', 'row']);
});
