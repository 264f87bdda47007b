/**
 * Several sessions write PostgreSQL at random and commit in any order, parts are stopped and started meanwhile: once
 * drained SQLite equals PostgreSQL, and every cell that nobody touched has its bytes and its class.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from 'node:path';
import { copyFileSync, existsSync } from 'node:fs';
import { independentCompare } from '@causeway/testkit/independent-compare';
import { type SeededRandom, seededRandom } from '@causeway/testkit/seeded-random';
import { afterEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { exactCells, WayBack } from './way-back.fixture.ts';

const CORPORA = resolve(import.meta.dirname, '../../../shared/corpora/dev');
const COLUMNS = ['id', 'code', 'qty', 'at', 'ref', 'ok', 'note', 'doc'];
const SESSIONS = 4;
const TRANSACTIONS = 40;

let way: WayBack;
afterEach(() => way.close());

function makeItems(file: string, random: SeededRandom): void {
  const db = new Database(file);
  db.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, qty, at datetime, ref uuid, ok bool, note TEXT, doc JSON)');
  const insert = db.prepare('INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  for (let id = 1; id <= 60; id++) {
    const stamp = `2024-03-${String(1 + (id % 28)).padStart(2, '0')}`;
    const hex = `${random.bytes(15).toString('hex')}ab`;
    const at = random.pick([`${stamp} 10:11:12.345678`, `${stamp}T10:11:12Z`, `${stamp} 10:11:12`, stamp]);
    insert.run(BigInt(id), `c${id}`, random.pick([BigInt(id), id, id + 0.5]), at, random.pick([hex, `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`]), BigInt(id % 2), random.pick([null, '', 'text ü', 'x'.repeat(300)]), random.pick([null, '{"z":1,"a":[1.0,2]}', '{"a": 1}']));
  }
  db.close();
}

/** One transaction of a few random writes; conflicts, deadlocks and a random choice roll it back. */
async function transaction(random: SeededRandom, touched: Set<string>): Promise<void> {
  const client = await way.app.connect();
  try {
    await client.query('BEGIN');
    for (let n = random.integer(1, 5); n > 0; n--) {
      const id = random.integer(1, 80);
      const column = random.pick(COLUMNS.slice(1));
      const value: unknown = { code: `c${random.integer(1, 80)}`, qty: random.integer(-3, 9) / 2, at: '2025-01-02 03:04:05.5', ref: `aaaaaaaa-0000-0000-0000-${String(random.integer(0, 99)).padStart(11, '0')}e`, ok: random.oneIn(2), note: random.pick([null, 'n', 'm'.repeat(50)]), doc: random.pick([null, '{"k": 1}']) }[column];
      const kind = random.integer(0, 9);
      if (kind === 0) await client.query('DELETE FROM item WHERE id = $1', [id]);
      else if (kind === 1) await client.query("INSERT INTO item (id, code) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET note = 'again'", [id, `c${random.integer(1, 90)}`]);
      else if (kind === 2) await client.query("UPDATE item SET code = CASE WHEN id = $1 THEN 'c' || $2::int ELSE code END WHERE id IN ($1, $2)", [id, random.integer(1, 80)]);
      else await client.query(`UPDATE item SET ${column} = $2 WHERE id = $1`, [id, value]);
      if (kind === 0) touched.add(`${id} id`);
      touched.add(`${id} ${column}`).add(`${id} code`).add(`${id} note`);
      if (random.oneIn(3)) await sleep(random.integer(0, 8));
    }
    await client.query(random.oneIn(5) ? 'ROLLBACK' : 'COMMIT');
  } catch {
    await client.query('ROLLBACK');
  } finally {
    client.release();
  }
}

/** Both sides in one plain form that owes nothing to the product's conversions. */
function plain([id, code, qty, at, ref, ok, note, doc]: readonly unknown[]): unknown[] {
  const [, date, clock = '00:00:00', fraction = ''] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?)?(?:Z|\+00)?$/.exec((at as string | null) ?? '') ?? [];
  const moment = at === null ? null : `${date} ${clock} ${fraction.padEnd(6, '0')}`;
  const document = doc === null ? null : Object.entries(JSON.parse(doc as string)).sort(([a], [b]) => a.localeCompare(b));
  return [Number(id), code, qty === null ? null : Number(qty), moment, (ref as string | null)?.replaceAll('-', '') ?? null, ok === null ? null : Boolean(ok), note, document];
}

async function postgresItems(): Promise<unknown[][]> {
  const client = await way.app.connect();
  await client.query("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'");
  const result = await client.query({ text: 'SELECT id::text, code, qty::text, at::text, ref::text, ok, note, doc::text FROM item ORDER BY item.id', rowMode: 'array' });
  client.release(true);
  return (result.rows as unknown[][]).map(plain);
}

// Invariant: I73, I75, I77
test.each([1, 2])('concurrent sessions, seed %i', async (seed) => {
  const random = seededRandom(seed);
  way = await WayBack.open((file) => makeItems(file, random));
  const touched = new Set<string>();
  let parts = [way.reader(), way.sink()];
  const sessions = Array.from({ length: SESSIONS }, async (_, s) => {
    const own = seededRandom(seed * 100 + s);
    for (let n = 0; n < TRANSACTIONS; n++) await transaction(own, touched);
  });
  const restarts = (async () => {
    for (let n = 0; n < 3; n++) {
      await sleep(random.integer(50, 400));
      const which = random.integer(0, 1);
      await parts[which]?.stop();
      parts = parts.map((part, i) => (i === which ? (which === 0 ? way.reader() : way.sink()) : part));
    }
  })();
  await Promise.all([...sessions, restarts]);
  await way.drain();
  expect(await way.problems()).toEqual([]);
  await way.stopAll();
  const copy = `${way.file}.quiet`;
  copyFileSync(way.file, copy);
  const db = new Database(copy);
  db.exec('DROP TABLE _causeway_state');
  db.close();
  const compared = await independentCompare({ source: copy, target: way.bench.database.url, ignore: ['_causeway_state'] });
  if (compared.available) expect(compared.tables.filter((t) => t.status !== 'EQUAL')).toEqual([]);
  expect(way.read((d) => d.prepare('SELECT id, code, qty, at, ref, ok, note, doc FROM item ORDER BY id').raw().all()).map((row) => plain(row as unknown[]))).toEqual(await postgresItems());
  const cells = (file: string): Map<string, string[]> => new Map(way.read((d) => exactCells(d, 'item', COLUMNS, 'id'), file).map((row) => [row[0] as string, row]));
  const was = cells(way.before);
  const is = cells(way.file);
  for (let id = 1; id <= 60; id++) {
    const [old, now] = [was.get(`integer:${id}`), is.get(`integer:${id}`)];
    if (old === undefined || now === undefined) continue;
    // A row that was deleted and made again is a new one.
    const replaced = touched.has(`${id} id`);
    for (const [i, column] of COLUMNS.entries()) if (!replaced && !touched.has(`${id} ${column}`)) expect([id, column, now[i]]).toEqual([id, column, old[i]]);
  }
}, 120_000);

/** Writes every row of every table without changing it, and a text that is changed and changed back. */
test.each(['chinook/Chinook_Sqlite_AutoIncrementPKs.sqlite', 'django_cms/source.sqlite3', 'northwind/northwind.sqlite'])('%s: all rows are written in PostgreSQL, none changes in SQLite', async (name) => {
  if (!existsSync(resolve(CORPORA, name))) return;
  way = await WayBack.open((file) => copyFileSync(resolve(CORPORA, name), file));
  let rows = 0;
  for (const contract of way.contracts) {
    const column = contract.columns[0]?.target.replaceAll('"', '""');
    const result = await way.app.query(`UPDATE "${contract.targetSchema}"."${contract.target}" SET "${column}" = "${column}"`);
    rows += result.rowCount ?? 0;
  }
  expect(await way.queued()).toBe(rows);
  way.reader();
  way.sink();
  const started = performance.now();
  await way.drain(90_000);
  const seconds = (performance.now() - started) / 1000;
  expect(await way.problems()).toEqual([]);
  for (const contract of way.contracts) {
    const all = (file: string): string[][] => way.read((db) => exactCells(db, contract.source, contract.columns.map((c) => c.source), contract.columns.map((c) => `"${c.source}"`).join(', ')), file);
    expect(all(way.file)).toEqual(all(way.before));
  }
  expect(way.steps.reduce((sum, step) => sum + step.cells, 0)).toBe(0);
  process.stdout.write(`${name}: ${rows} rows back in ${seconds.toFixed(1)} s\n`);
}, 180_000);
