/** What a tailer must not believe: another file, a file that went back, a capture that is no longer whole. */
import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capturedTables } from '@causeway/control/capture/captured-table';
import { installCapture } from '@causeway/control/capture/install-capture';
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { logEnd } from '@causeway/control/capture/source-facts';
import { contractsFromPlan } from '@causeway/control/plan/contracts-from-plan';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import { makePlan } from '@causeway/control/plan/make-plan';
import { openSource } from '@causeway/runtime/sqlite/open-source';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { SourceCheck } from './check-source.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-check-'));
  file = join(folder, 'app.sqlite');
  new Database(file).exec('PRAGMA journal_mode = WAL; CREATE TABLE a (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE b (k TEXT PRIMARY KEY, v)').close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function installed(): { check: (published: bigint) => unknown; replaced: () => void; end: bigint } {
  const db = openWritableSource(file);
  const schema = discoverSchema(db);
  const contracts = contractsFromPlan(makePlan(db, schema, { names: 'exact', targetSchema: 'public', full: true }), schema);
  const tables = capturedTables(schema, contracts);
  const { token } = installCapture(db, 'm', tables);
  db.exec("INSERT INTO a VALUES (1, 'x'), (2, 'y')");
  const end = logEnd(db);
  db.close();
  const source = openSource(file);
  const check = new SourceCheck(source, file, { migration: 'm', token });
  return { check: (published) => check.look(published, tables), replaced: () => check.checkReplaced(), end };
}

const sql = (text: string): void => void new Database(file).exec(text).close();

test('a source as it was captured is believed, also after a change of its data', () => {
  const { check, replaced, end } = installed();
  expect(check(0n)).toMatchObject({ end, fence: 0n, schemaMoved: false });
  sql("UPDATE a SET v = 'z'");
  expect(check(end)).toMatchObject({ end: end + 2n, schemaMoved: false });
  replaced();
});

// Invariant: I80
test('a log that ends before what was published, a table rebuilt without our triggers, another token: each stops the tailer', () => {
  const { check, end } = installed();
  expect(() => check(end + 1n)).toThrow(expect.objectContaining({ code: 'SOURCE_REWOUND' }));
  sql("UPDATE _causeway_state SET value = 'other' WHERE name = 'token'; CREATE TABLE c (x)");
  expect(() => check(end)).toThrow(expect.objectContaining({ code: 'SOURCE_REPLACED' }));
});

test('a changed schema is told before anything is read by the old contracts; under a fence, what is missing by its trigger', () => {
  const { check, end } = installed();
  check(end);
  sql('CREATE TABLE new_a (id INTEGER PRIMARY KEY, v TEXT, w); INSERT INTO new_a (id, v) SELECT * FROM a; DROP TABLE a; ALTER TABLE new_a RENAME TO a');
  expect(check(end)).toMatchObject({ end, schemaMoved: true });
  sql("INSERT OR REPLACE INTO _causeway_state VALUES ('fence_attempt', 1); CREATE TABLE d (x)");
  expect(() => check(end)).toThrow(expect.objectContaining({ code: 'CAPTURE_LOST', message: expect.stringContaining('_causeway_0_insert') }));
});

test('another file in the place of ours is told, though our connection still reads the old one', () => {
  const { check, replaced, end } = installed();
  copyFileSync(file, `${file}.copy`);
  renameSync(`${file}.copy`, file);
  expect(check(end)).toMatchObject({ end });
  expect(replaced).toThrow(expect.objectContaining({ code: 'SOURCE_REPLACED' }));
});
