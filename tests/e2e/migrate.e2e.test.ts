/** The command as its users meet it: outcome, exit codes, resume, no-op, refusals, secrets. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import Database from 'better-sqlite3';
import pg from 'pg';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench('migrate');
});
afterEach(() => bench.close());

function source(name: string, sql: string): string {
  const file = join(bench.folder, name);
  const db = new Database(file);
  db.exec(sql);
  db.close();
  return file;
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: bench.database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const SHOP = `
  create table customer (id integer primary key autoincrement, name text not null collate nocase unique, vip bool not null default 0, since datetime default current_timestamp);
  create table "Order Details" (order_id integer, line integer, customer integer not null references customer(id) on delete cascade, price decimal(10,2) check (price >= 0), primary key (order_id, line)) without rowid;
  create table log (at text, what text);
  create index by_price on "Order Details" (price desc);
  create view dear as select * from "Order Details" where price > 10;
  insert into customer (id, name, vip, since) values (1, 'Ada', 1, '2024-01-01 10:00:00'), (2, 'Grace', 0, '2024-01-02 11:00:00.000001');
  delete from customer where id = 99;
  insert into "Order Details" values (1, 1, 1, 12.5), (1, 2, 2, 0.01);
  insert into log values ('a', 'same'), ('a', 'same'), (null, null);
  update sqlite_sequence set seq = 41 where name = 'customer';`;

test('moves a database, says so in one JSON object, and does nothing the second time', async () => {
  const file = source('shop.sqlite', SHOP);
  const first = await bench.run(['migrate', file, '--json']);
  expect(first.stderr).not.toMatch(/^causeway:/m);
  expect(first.code).toBe(0);
  expect(first.outcome.verdict).toBe('equal');
  expect(first.outcome.tables).toContainEqual({ source: 'Order Details', target: 'Order Details', sourceRows: 2, targetRows: 2, quarantinedRows: 0, equal: true });
  expect(Object.keys(first.outcome.seconds)).toEqual(expect.arrayContaining(['plan', 'load', 'verify', 'total']));
  expect(await query('select at, what from log order by at nulls last')).toEqual([{ at: 'a', what: 'same' }, { at: 'a', what: 'same' }, { at: null, what: null }]);
  expect((await query("insert into customer (name) values ('new') returning id"))[0]).toEqual({ id: '42' });
  await expect(query("insert into customer (name) values ('ADA')")).rejects.toThrow(/unique|duplicate/i);
  await expect(query('insert into "Order Details" values (9, 9, 1, -1)')).rejects.toThrow(/check/i);
  await expect(query('insert into "Order Details" values (9, 9, 777, 1)')).rejects.toThrow(/foreign key/i);
  expect(await query('select * from dear')).toHaveLength(1);
  const second = await bench.run(['migrate', file, '--json']);
  expect(second.code).toBe(0);
  expect(second.stderr).toContain('nothing to do');
}, 120_000);

test('a finished migration whose source has changed says so; --restart moves it anew', async () => {
  const file = source('shop.sqlite', SHOP);
  await bench.run(['migrate', file, '--json']);
  const db = new Database(file);
  db.exec("insert into log values ('b', 'later')");
  db.close();
  const changed = await bench.run(['migrate', file, '--json']);
  expect(changed.code).toBe(3);
  expect(changed.outcome.code).toBe('SOURCE_CHANGED');
  const again = await bench.run(['migrate', file, '--json', '--restart']);
  expect(again.outcome.verdict).toBe('equal');
  expect((await query('select count(*)::int as n from log'))[0]).toEqual({ n: 4 });
}, 120_000);

test('rows that PostgreSQL cannot hold are in the quarantine with their bytes, and the rest loads', async () => {
  const file = source('bad.sqlite', `create table t (id integer primary key, s text, n integer); insert into t values (1, 'ok', 1), (2, 'nul' || char(0), 2), (3, cast(x'ff' as text), 3);
    with recursive i(x) as (select 4 union all select x + 1 from i where x < 400) insert into t select x, 'row', x from i; insert into t values (401, 'text', 'abc');`);
  const out = join(bench.folder, 'q.jsonl');
  const result = await bench.run(['migrate', file, '--json', '--quarantine-out', out]);
  expect(result.code).toBe(1);
  expect(result.outcome.verdict).toBe('equal_with_quarantine');
  expect(result.outcome.tables[0]).toMatchObject({ sourceRows: 401, targetRows: 398, quarantinedRows: 3, equal: true });
  const lines = readFileSync(out, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const invalid = lines.find((l) => l.code === 'INVALID_UTF8');
  expect(invalid).toMatchObject({ table: 't', column: 's', key: { id: { class: 'integer', base64: Buffer.from('3').toString('base64') } }, values: { s: { class: 'text', base64: '/w==' } } });
  expect(lines.map((l) => l.code).sort()).toEqual(['INVALID_UTF8', 'NUL_IN_TEXT', 'TYPE_MISMATCH']);
  expect((await bench.run(['verify', '--json', '--accept-quarantine'])).code).toBe(0);
}, 120_000);

test('a reviewed plan decides: Julian days become moments, and a form that no type reads is refused', async () => {
  const file = source('days.sqlite', "create table j (id integer primary key, at real check (at > 2440000 and at like '24%')); insert into j values (1, 2440587.5), (2, 2459422.0359), (3, 2460000.5)");
  const plan = join(bench.folder, 'plan.yaml');
  expect((await bench.run(['plan', file, '-o', plan])).code).toBe(0);
  const text = readFileSync(plan, 'utf8');
  const julian = text.replace('type: double precision', 'type: timestamp with time zone').replace('name: at\n        target: at', 'name: at\n        target: at').replace(/(name: at[\s\S]*?form: )plain/, '$1julian');
  writeFileSync(plan, julian.replace('form: julian', 'form: any'));
  expect((await bench.run(['migrate', file, '--plan', plan, '--json'])).outcome.code).toBe('PLAN_INVALID');
  writeFileSync(plan, julian);
  expect((await bench.run(['migrate', file, '--plan', plan, '--json'])).outcome).toMatchObject({ verdict: 'equal' });
  expect(await query('select extract(epoch from at)::float8 as at from j order by id')).toEqual([{ at: 0 }, { at: 1_627_303_901.760001 }, { at: 1_677_283_200 }]);
}, 120_000);

test('a difference in the target is found, named and fails', async () => {
  const file = source('shop.sqlite', SHOP);
  await bench.run(['migrate', file, '--json']);
  await query("update customer set since = since + interval '1 microsecond' where id = 2");
  const verified = await bench.run(['verify']);
  expect(verified.code).toBe(1);
  expect(verified.stdout).toMatch(/customer: .*1 different/);
  expect(verified.stdout).toContain('since');
}, 120_000);

// Invariant: I14
test('several migrations share one target; foreign tables are refused, and replaced only when named', async () => {
  const one = source('one.sqlite', 'create table a (x integer); insert into a values (1);');
  const two = source('two.sqlite', 'create table b (x integer); insert into b values (2);');
  const [first, second] = await Promise.all([bench.run(['migrate', one, '--json']), bench.run(['migrate', two, '--json'])]);
  expect([first?.outcome.verdict, second?.outcome.verdict]).toEqual(['equal', 'equal']);
  await query('create table c (y text)');
  const three = source('three.sqlite', 'create table c (x integer); insert into c values (3);');
  const refused = await bench.run(['migrate', three, '--json']);
  expect(refused.outcome.code).toBe('TARGET_NOT_EMPTY');
  expect(refused.outcome.message).toContain('"c"');
  expect(await query("select column_name from information_schema.columns where table_name = 'c'")).toEqual([{ column_name: 'y' }]);
  expect((await bench.run(['migrate', three, '--json', '--replace', 'c'])).outcome.verdict).toBe('equal');
}, 120_000);

test('what is no database fails cleanly, and an empty one succeeds', async () => {
  writeFileSync(join(bench.folder, 'not.sqlite'), 'this is no database, it is a sentence that is longer than a header of one hundred bytes would be, really');
  writeFileSync(join(bench.folder, 'empty.sqlite'), '');
  const truncated = source('cut.sqlite', `create table t (id integer primary key, s text); with recursive i(x) as (select 1 union all select x + 1 from i where x < 3000) insert into t select x, hex(randomblob(50)) from i;`);
  writeFileSync(truncated, readFileSync(truncated).subarray(0, 50_000));
  expect((await bench.run(['migrate', 'missing.sqlite', '--json'])).outcome.code).toBe('SOURCE_NOT_FOUND');
  expect((await bench.run(['migrate', 'not.sqlite', '--json'])).outcome.code).toBe('SOURCE_NOT_SQLITE');
  const cut = await bench.run(['migrate', truncated, '--json']);
  expect([cut.code, cut.outcome.code]).toEqual([3, 'SOURCE_CORRUPT']);
  const empty = await bench.run(['migrate', 'empty.sqlite', '--json']);
  expect([empty.code, empty.outcome.verdict]).toEqual([0, 'equal']);
  expect(await query("select tablename from pg_tables where schemaname = 'public'")).toEqual([]);
}, 120_000);

// Invariant: I11, I12
test('an unmerged WAL, a hot journal, a read-only folder and UTF-16 are read through SQLite', async () => {
  const file = source('wal.sqlite', 'pragma journal_mode = wal; create table t (id integer primary key, s text);');
  const writer = new Database(file);
  writer.pragma('wal_autocheckpoint = 0');
  writer.exec("insert into t values (1, 'in the wal')");
  const before = statSync(file).size;
  const live = await bench.run(['migrate', file, '--json']);
  expect(live.outcome.tables[0]).toMatchObject({ sourceRows: 1, equal: true });
  expect(statSync(file).size).toBe(before);
  writer.close();
  mkdirSync(join(bench.folder, 'ro'));
  const utf16 = join(bench.folder, 'ro', 'sixteen # 100%20?.sqlite');
  const db = new Database(utf16);
  db.exec("pragma encoding = 'UTF-16le'; create table u (k text primary key, v text); insert into u values ('ö', '😀'), ('', 'x');");
  db.close();
  chmodSync(join(bench.folder, 'ro'), 0o500);
  const sixteen = await bench.run(['migrate', utf16, '--json', '--name', 'sixteen']);
  chmodSync(join(bench.folder, 'ro'), 0o700);
  expect(sixteen.outcome.verdict).toBe('equal');
  expect(await query("select v from u where k = 'ö'")).toEqual([{ v: '😀' }]);
}, 120_000);

// Invariant: I16
test('a password in --to works with a warning and is nowhere afterwards', async () => {
  const file = source('shop.sqlite', SHOP);
  await query(`do $$ begin if not exists (select from pg_roles where rolname = 'secretive') then create role secretive login superuser password 'hunter2-xyzzy'; end if; end $$`);
  const url = new URL(bench.database.url);
  url.username = 'secretive';
  url.password = 'hunter2-xyzzy';
  const result = await bench.run(['migrate', file, '--to', url.href, '--json'], { DATABASE_URL: '' });
  expect(result.outcome.verdict).toBe('equal');
  expect(result.stderr).toContain('warning');
  expect(result.stdout + result.stderr).not.toContain('xyzzy');
  const left = readdirSync(join(bench.folder, 'state'), { recursive: true, withFileTypes: true }).filter((e) => e.isFile() && !e.name.endsWith('.sqlite'));
  expect(left.length).toBeGreaterThan(3);
  for (const entry of left) expect(readFileSync(join(entry.parentPath, entry.name), 'utf8')).not.toContain('xyzzy');
  expect(JSON.stringify(await query('select * from causeway.migration'))).not.toContain('xyzzy');
}, 120_000);

test('usage errors end with 2, and an unreachable target or broker with 3', async () => {
  const file = source('shop.sqlite', SHOP);
  expect((await bench.run(['migrate'])).code).toBe(2);
  expect((await bench.run(['migrate', file, '--nonsense'])).code).toBe(2);
  expect((await bench.run(['migrate', file, '--to', 'mysql://x'])).code).toBe(2);
  const noTarget = await bench.run(['migrate', file, '--json', '--to', 'postgres://nobody@127.0.0.1:1/x']);
  expect([noTarget.code, noTarget.outcome.code]).toEqual([3, 'TARGET_UNREACHABLE']);
  const noBroker = await bench.run(['migrate', file, '--json', '--brokers', '127.0.0.1:1']);
  expect([noBroker.code, noBroker.outcome.code]).toEqual([3, 'BROKER_UNREACHABLE']);
  expect(noBroker.stderr).not.toMatch(/\n\s+at /);
}, 120_000);
