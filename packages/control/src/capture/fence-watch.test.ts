/** What passes the fence without a trace in the schema is seen; our own commits, readers and checkpoints are not taken for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { FenceWatch } from './fence-watch.ts';
import { installCapture } from './install-capture.ts';
import { openWritableSource } from './open-writable.ts';
import { purgeLog, writeFact } from './source-facts.ts';
import { raiseFence } from './source-fence.ts';

let folder: string;
let file: string;
let mine: ReturnType<typeof openWritableSource>;
let other: Database.Database;
let watch: FenceWatch;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-watch-'));
  file = join(folder, 'app.sqlite');
  new Database(file).exec('PRAGMA journal_mode = wal; CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, v); INSERT INTO a VALUES (1, 1), (2, 2)').close();
  mine = openWritableSource(file);
  installCapture(mine, 'm', [{ number: 0, name: 'a', key: ['id'], columns: [], computed: new Map(), keyConverted: false, rowidColumn: null, colliding: [], hiddenRowid: null }]);
  mine.exec('UPDATE a SET v = 3');
  raiseFence(mine, 1n);
  other = new Database(file);
  watch = new FenceWatch(mine);
  expect(watch.foreign()).toBeNull();
});
afterEach(() => {
  mine.close();
  other.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['sqlite_sequence', 'UPDATE sqlite_sequence SET seq = 70'],
  ['a PRAGMA that writes', 'PRAGMA user_version = 7'],
  ['the table of the schema, written as such', "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = sql || ' ' WHERE name = 'a'"],
])('%s', (_, statement) => {
  other.unsafeMode(true);
  other.exec(statement);
  expect(watch.foreign()).toMatch(/passed the fence/);
  expect(watch.foreign()).toBeNull();
});

test('nothing of ours, of readers, of refused writers, or of checkpoints is taken for a foreign commit', () => {
  const ours = openWritableSource(file);
  purgeLog(ours, 1n);
  expect(watch.foreign()).toBeNull();
  writeFact(ours, 'back_offset', 7n);
  expect(watch.foreign()).toBeNull();
  ours.close();
  other.prepare('SELECT count(*) FROM a').get();
  expect(() => other.exec('INSERT INTO a (v) VALUES (9)')).toThrow(/closed for writing/);
  other.exec('BEGIN IMMEDIATE; COMMIT');
  expect(watch.foreign()).toBeNull();
  for (const mode of ['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE']) other.pragma(`wal_checkpoint(${mode})`);
  expect(watch.foreign()).toBeNull();
  new Database(file).close();
  expect(watch.foreign()).toBeNull();
});

test('another fence begins anew', () => {
  raiseFence(mine, 2n);
  other.exec('UPDATE sqlite_sequence SET seq = 71');
  expect(watch.foreign()).toBeNull();
  other.exec('UPDATE sqlite_sequence SET seq = 72');
  expect(watch.foreign()).toMatch(/passed the fence/);
});
