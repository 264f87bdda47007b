/**
 * The validator beside the way back, with its reader and sink: nothing is reported while applications write at random,
 * what is planted is found, and a rollback is called verified only where every written row was compared.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LOG_TABLE } from '@causeway/contracts/live/source-objects';
import { repairDivergences } from '@causeway/control/live/repair-divergences';
import { readBeats } from '@causeway/control/live/service-beat';
import { createLog } from '@causeway/runtime/log';
import { type SeededRandom, seededRandom } from '@causeway/testkit/seeded-random';
import { runLive } from '@causeway/validator/live/run-live';
import { afterEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { WayBack } from './way-back.fixture.ts';

const TRANSACTIONS = Number(process.env['CAUSEWAY_LIVE_TRANSACTIONS'] ?? 150);
const SEED = Number(process.env['CAUSEWAY_LIVE_SEED'] ?? 1);
const SESSIONS = 4;
const uuid = (n: number): string => `aaaaaaaa-0000-0000-0000-${String(n).padStart(11, '0')}e`;

let way: WayBack;
let failure: unknown;
const found: string[] = [];
afterEach(() => way.close());

function make(file: string): void {
  const db = new Database(file);
  // The sink's commit would wait for this process's own readers.
  db.pragma('journal_mode = WAL');
  db.exec(`CREATE TABLE item (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, qty REAL, note TEXT);
    CREATE TABLE part (ref uuid PRIMARY KEY NOT NULL, n INTEGER, doc JSON);
    CREATE TABLE pair (a INTEGER NOT NULL, at datetime NOT NULL, v TEXT, PRIMARY KEY (a, at));
    CREATE TABLE event (what TEXT, n INTEGER);`);
  db.transaction(() => {
    for (let i = 1; i <= 2_000; i++) {
      db.prepare('INSERT INTO item VALUES (?, ?, ?, ?)').run(i, `c${i}`, i / 4, i % 3 === 0 ? null : `n${i}`);
      db.prepare('INSERT INTO part VALUES (?, ?, ?)').run(i % 2 === 0 ? uuid(i) : uuid(i).replaceAll('-', '').toUpperCase(), i, '{"a": 1}');
      db.prepare('INSERT INTO pair VALUES (?, ?, ?)').run(i % 50, `2024-01-01${i % 3 === 0 ? 'T' : ' '}10:00:00.${String(i).padStart(6, '0')}`, `v${i}`);
      db.prepare('INSERT INTO event VALUES (?, ?)').run(`e${i}`, i);
    }
  })();
  db.close();
}

async function opened(): Promise<{ stop: () => Promise<void> }> {
  way = await WayBack.open(make);
  // The fixture numbers keyless rows in the order in which they were loaded; here n is the rowid.
  await way.pool.query("BEGIN; SET LOCAL session_replication_role = replica; UPDATE public.event SET causeway_rowid = n + 100000; UPDATE public.event SET causeway_rowid = n; SELECT setval(pg_get_serial_sequence('public.event', 'causeway_rowid'), 2000); COMMIT");
  const db = new Database(way.file);
  db.exec(`CREATE TABLE "${LOG_TABLE}" (id INTEGER PRIMARY KEY, t, k0, k1)`);
  db.close();
  return validate();
}

function validate(): { stop: () => Promise<void> } {
  const stop = new AbortController();
  found.length = 0;
  failure = undefined;
  const done = runLive({
    pool: way.pool, record: way.record, sourceFile: way.file, log: createLog('validator', 'silent'), signal: stop.signal, passRestMs: 50, onState: () => {},
    onDivergence: (d) => found.push(`${d.contract.source} ${d.key.map((c) => Buffer.from(c.bytes).toString()).join(',')} ${d.kind} ${d.columns.join(',')}`.trim()),
  }).catch((error) => {
    if (!stop.signal.aborted) failure = error;
  });
  return {
    stop: async () => {
      stop.abort();
      await done;
    },
  };
}

const state = async (): Promise<Record<string, unknown>> => {
  if (failure !== undefined) throw failure;
  return { ...(await readBeats(way.pool, way.g.migration)).find((b) => b.name === 'validator')?.state };
};
const afterPasses = async (n: number): Promise<void> => {
  const now = Number((await state())['backPasses'] ?? 0);
  await way.until(async () => Number((await state())['backPasses']) >= now + n, 60_000);
};

const ACTS: ((random: SeededRandom) => [string, unknown[]])[] = [
  (r) => ['UPDATE item SET qty = $2, note = $3 WHERE id = $1', [r.integer(1, 2_100), r.integer(-9, 9) / 2, r.pick([null, 'm', ''])]],
  (r) => ["INSERT INTO item (id, code) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET note = 'again'", [r.integer(1, 2_200), `k${r.integer(1, 9_000)}`]],
  (r) => ['DELETE FROM item WHERE id = $1', [r.integer(1, 2_200)]],
  (r) => ['UPDATE item SET id = id + 3000 WHERE id = $1', [r.integer(1, 2_200)]],
  (r) => ['UPDATE item SET note = $1 WHERE id < 20', [`hot${r.integer(0, 99)}`]],
  (r) => ["INSERT INTO part (ref, n, doc) VALUES ($1, $2, '{\"b\": [1]}') ON CONFLICT (ref) DO UPDATE SET n = part.n + 1", [uuid(r.integer(1, 2_300)), r.integer(0, 9)]],
  (r) => ['DELETE FROM part WHERE ref = $1', [uuid(r.integer(1, 2_300))]],
  (r) => ['UPDATE pair SET v = $2 WHERE a = $1', [r.integer(0, 60), `w${r.integer(0, 99)}`]],
  (r) => ["INSERT INTO pair (a, at, v) VALUES ($1, timestamp '2025-01-01' + $2 * interval '1 second', 'x') ON CONFLICT DO NOTHING", [r.integer(0, 60), r.integer(0, 999)]],
  (r) => ['DELETE FROM pair WHERE a = $1 AND v = $2', [r.integer(0, 60), `w${r.integer(0, 99)}`]],
  (r) => ['INSERT INTO event (what, n) VALUES ($1, $2)', ['new', r.integer(0, 9)]],
  (r) => ['DELETE FROM event WHERE n = $1', [r.integer(1, 2_000)]],
];

async function write(random: SeededRandom, transactions: number): Promise<void> {
  for (let t = 0; t < transactions; t++) {
    const client = await way.app.connect();
    try {
      await client.query('BEGIN');
      for (let n = random.oneIn(20) ? 200 : random.integer(1, 6); n > 0; n--) await client.query(...random.pick(ACTS)(random));
      await client.query(random.oneIn(6) ? 'ROLLBACK' : 'COMMIT');
    } catch {
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
    await sleep(random.integer(0, 12));
  }
}

// Invariant: I91, I88
test('no false alarm while several sessions write and parts are stopped, and a rollback is verified at once', async () => {
  await opened();
  const sink = way.sink();
  way.reader();
  const sessions = Array.from({ length: SESSIONS }, (_, i) => write(seededRandom(SEED * 100 + i), TRANSACTIONS));
  await sleep(1_000);
  await sink.stop();
  await sleep(700);
  way.sink();
  await Promise.all(sessions);
  await way.until(async () => (await state())['backUnverified'] === 0 && (await way.queued()) === 0, 60_000);
  await afterPasses(2);
  expect(found).toEqual([]);
  const writing = write(seededRandom(SEED + 7), 40);
  await writing;
  const began = performance.now();
  const attempt = await way.beginReturn();
  const closed = performance.now();
  await way.until(() => way.fact('back_marker') === attempt);
  const marked = performance.now();
  await way.until(async () => (await state())['rollbackVerified'] === String(attempt));
  console.log(`closed after ${Math.round(closed - began)} ms, marker ${Math.round(marked - closed)} ms later, verified ${Math.round(performance.now() - marked)} ms after that`);
  expect(performance.now() - marked).toBeLessThan(3_000);
  expect(found).toEqual([]);
  expect((await way.pool.query('SELECT count(*)::int AS n FROM causeway.divergence')).rows).toEqual([{ n: 0 }]);
  expect((await way.pool.query('SELECT count(*)::int AS n FROM causeway.back_change')).rows).toEqual([{ n: 0 }]);
}, 300_000);

// Invariant: I92
test('what SQLite holds otherwise is found wherever it is, and a change that was lost on the way keeps the rollback back', async () => {
  const validator = await opened();
  way.sink();
  way.reader();
  await afterPasses(1);
  const db = new Database(way.file, { timeout: 10_000 });
  db.exec(`UPDATE item SET note = 'tampered' WHERE id = 1999; DELETE FROM part WHERE n = 4; UPDATE pair SET v = 'x' WHERE v = 'v77'; DELETE FROM event WHERE n = 5;
    INSERT INTO item VALUES (-4, 'ghost', 1, NULL); INSERT INTO part VALUES ('${uuid(99_999)}', 1, NULL)`);
  db.close();
  await way.until(() => found.length >= 6, 60_000);
  await afterPasses(1);
  expect(found.sort()).toEqual(['event 5 extra', 'item -4 missing', 'item 1999 different note', expect.stringMatching(/^pair .* different v$/), `part ${uuid(4)} extra`, `part ${uuid(99_999)} missing`]);
  // Written once more in PostgreSQL, one comes right; the others are repaired.
  await way.app.query("UPDATE pair SET v = v WHERE v = 'v77'");
  await way.until(async () => (await state())['openDivergences'] === 5, 60_000);
  const repaired = await repairDivergences({ pool: way.pool, record: way.record, sourceFile: way.file, table: undefined, signal: AbortSignal.timeout(60_000), withinMs: 60_000 });
  expect(repaired.rows.map((row) => [row.table, row.kind, row.repaired]).sort()).toEqual([
    ['event', 'extra', true], ['item', 'different', true], ['item', 'missing', true], ['part', 'extra', true], ['part', 'missing', true],
  ]);
  await way.until(async () => (await state())['openDivergences'] === 0, 60_000);
  await validator.stop();
  // The key left the queue, and its row never came: as if a message had been lost.
  const client = await way.app.connect();
  await client.query("BEGIN; SET LOCAL session_replication_role = replica; UPDATE public.item SET note = 'lost' WHERE id = 12");
  await client.query('INSERT INTO causeway.back_change (migration, table_no, key) SELECT $1, table_no, $2 FROM causeway.back_capture WHERE table_no = $3', [way.g.migration, '["12"]', way.contracts.find((c) => c.source === 'item')?.table]);
  await client.query('COMMIT');
  client.release();
  const attempt = await way.beginReturn();
  validate();
  await way.until(() => found.length > 0);
  expect(found).toEqual(['item 12 different note']);
  await way.until(() => way.fact('back_marker') === attempt);
  await sleep(1_000);
  expect(await state()).toMatchObject({ mode: 'way_back', rollbackVerified: null, openDivergences: 1 });
}, 300_000);
