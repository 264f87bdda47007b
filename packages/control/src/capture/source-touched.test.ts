/** What passes the fence is told by the table's name. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { installCapture } from './install-capture.ts';
import { openWritableSource } from './open-writable.ts';
import { fenceState, raiseFence } from './source-fence.ts';
import { sourceTouched } from './source-touched.ts';

let folder: string;
let db: ReturnType<typeof openWritableSource>;
const contracts = [{ source: 'a' }, { source: 'b' }];
const captured = ['a', 'b'].map((name, number) => ({ number, name, key: ['id'], columns: [], computed: new Map(), keyConverted: false, rowidColumn: null, colliding: [], hiddenRowid: null }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-touched-'));
  const file = join(folder, 'app.sqlite');
  new Database(file).exec('CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY)').close();
  db = openWritableSource(file);
  installCapture(db, 'm', captured);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

test('without a fence nothing is told; under an untouched one nothing either, also after our own writes', () => {
  db.exec('CREATE TABLE free (x)');
  expect(sourceTouched(db, contracts)).toBeNull();
  raiseFence(db, 1n);
  expect(fenceState(db).attempt).toBe(1n);
  db.exec("INSERT INTO _causeway_state VALUES ('pass', 1); INSERT INTO a VALUES (7); DELETE FROM _causeway_state WHERE name = 'pass'");
  expect(sourceTouched(db, contracts)).toBeNull();
  expect(() => db.exec('INSERT INTO a VALUES (8)')).toThrow(/causeway: this database is closed/);
});

// Invariant: I86
test.each([
  ['DROP TABLE b', /table "b" was dropped/],
  ['CREATE TABLE c AS SELECT 1 AS x', /table "c" was made/],
  ['DROP TRIGGER "_causeway_fence_0_insert"; DROP TRIGGER "_causeway_fence_0_update"; DROP TRIGGER "_causeway_fence_0_delete"', /table "a" was made, or its fence taken away/],
  ['CREATE INDEX i ON a (id)', /a statement on the schema passed the fence/],
])('%s', (statement, told) => {
  raiseFence(db, 1n);
  db.exec(statement);
  expect(sourceTouched(db, contracts)).toMatch(told);
});
