/** Backups of real servers: what is restored is what was there; what is damaged is refused. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import Database from 'better-sqlite3';
import { type BackupBench, openBackupBench, sql } from '@causeway/testkit/backup-bench';

let bench: BackupBench;
let folder: string;
let database: FreshDatabase;
let causeway: BackupBench['causeway'];

beforeEach(async () => {
  bench = await openBackupBench();
  ({ folder, database, causeway } = bench);
});
afterEach(() => bench.close());

/** Types, names and objects that a dump has to carry. */
const SCHEMA = [
  'CREATE EXTENSION IF NOT EXISTS pg_trgm',
  'CREATE SCHEMA "odd ""schema"""',
  'CREATE TYPE mood AS ENUM (\'sad\', \'ok\')',
  'CREATE DOMAIN price AS numeric(12,4) CHECK (VALUE >= 0)',
  `CREATE TABLE item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, tags text[], doc jsonb, raw json, at timestamptz DEFAULT now(), r float8, f float4, n numeric, p price, m mood, b bytea, span int4range, i interval, twice int GENERATED ALWAYS AS (length(name)) STORED)`,
  `INSERT INTO item (name, tags, doc, raw, r, f, n, p, m, b, span, i) SELECT 'item ' || g, ARRAY['a"', NULL, g::text], jsonb_build_object('n', g), '{"b" : 1,  "a":2}', g / 3.0, g / 7.0, 'NaN', 1.50, 'ok', decode(lpad(to_hex(g), 8, '0'), 'hex'), int4range(g, g + 3), make_interval(hours => g) FROM generate_series(1, 5000) g`,
  'CREATE TABLE "odd ""schema"""."ta""ble; --" ("col""umn" text, "" int)'.replace('"" int', '" " int'),
  `INSERT INTO "odd ""schema"""."ta""ble; --" VALUES (E'new\\nline', 1), (NULL, NULL)`,
  'CREATE TABLE part (id int, v text) PARTITION BY RANGE (id); CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (100); CREATE TABLE part_2 PARTITION OF part DEFAULT',
  "INSERT INTO part SELECT g, 'p' || g FROM generate_series(1, 300) g",
  // As every framework writes choices; PostgreSQL prints such a check otherwise once it has read its own text again.
  `CREATE TABLE choice (kind varchar(9) CHECK (kind IN ('a', 'b''s, x', E'new\nline')), other varchar CHECK (other NOT IN ('x', 'y')))`,
  'CREATE TABLE nothing ()',
  'INSERT INTO nothing DEFAULT VALUES',
  'CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM item; CREATE VIEW names AS SELECT name FROM item',
  'CREATE SEQUENCE down INCREMENT -2 MAXVALUE 1000 START 100; SELECT nextval(\'down\')',
];

test('a restored backup is equal by the validator: every table, the schema, the sequences', async () => {
  await sql(database.url, ...SCHEMA);
  const made = await causeway('backup');
  expect([made.code, made.code === 0 ? '' : made.err]).toEqual([0, '']);
  expect(made.json).toMatchObject({ kind: 'postgresql', encrypted: false, verified: { at: expect.any(String) } });
  const other = await freshDatabase('restored');
  try {
    const restored = await causeway('restore', String(made.json['backup']), '--to', other.url);
    expect([restored.code, restored.json]).toEqual([0, expect.objectContaining({ verified: true })]);
    const count = await sql(other.url, 'SELECT count(*)::int AS n FROM item');
    expect(count.rows[0].n).toBe(5_000);
    // Nothing is overwritten.
    expect((await causeway('restore', String(made.json['backup']), '--to', other.url)).json).toMatchObject({ code: 'TARGET_NOT_EMPTY' });
  } finally {
    await other.drop();
  }
  // The proof's database is gone.
  expect((await sql(database.url, "SELECT count(*)::int AS n FROM pg_database WHERE datname LIKE 'causeway\\_proof%'")).rows[0].n).toBe(0);
});

test('a changed byte, a missing file and a changed manifest are refused by name', async () => {
  await sql(database.url, 'CREATE TABLE t (v text)', "INSERT INTO t VALUES ('x')");
  const made = await causeway('backup', '--no-verify');
  const backup = String(made.json['backup']);
  const manifest = JSON.parse(readFileSync(join(backup, 'manifest.json'), 'utf8'));
  const victim = manifest.files.find((file: { path: string }) => file.path.endsWith('toc.dat')).path;
  const bytes = readFileSync(join(backup, victim));
  bytes[40] = (bytes[40] as number) ^ 1;
  writeFileSync(join(backup, victim), bytes);
  expect((await causeway('restore', backup, '--to', database.url)).json).toMatchObject({ code: 'BACKUP_DAMAGED', message: expect.stringContaining('toc.dat') });
  rmSync(join(backup, victim));
  expect((await causeway('restore', backup, '--to', database.url)).json).toMatchObject({ code: 'BACKUP_DAMAGED' });
  writeFileSync(join(backup, 'manifest.json'), JSON.stringify({ ...manifest, name: 'other' }));
  expect((await causeway('restore', backup, '--to', database.url)).json).toMatchObject({ code: 'BACKUP_DAMAGED' });
});

test('an SQLite file that is being written is backed up as one committed state, and restored byte for byte', async () => {
  const file = join(folder, "a'pp \"x\".sqlite");
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 5000) INSERT INTO t SELECT x, 'row ' || x FROM i");
  const insert = db.prepare('INSERT INTO t (v) VALUES (?)');
  const timer = setInterval(() => insert.run('more'), 5);
  const made = await causeway('backup', file);
  clearInterval(timer);
  db.close();
  expect([made.code, made.json]).toEqual([0, expect.objectContaining({ kind: 'sqlite', verified: expect.anything() })]);
  const to = join(folder, 'restored.sqlite');
  expect(await causeway('restore', String(made.json['backup']), '--to', to)).toMatchObject({ code: 0 });
  const restored = new Database(to, { readonly: true });
  expect((restored.prepare('SELECT count(*) AS n FROM t').get() as { n: number }).n).toBeGreaterThanOrEqual(5_000);
  restored.close();
  expect((await causeway('restore', String(made.json['backup']), '--to', to)).json).toMatchObject({ code: 'USAGE' });
});

