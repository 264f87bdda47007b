/** Divergences planted while the application writes are found, named and stored; without any, nothing is. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDivergences } from '@causeway/control/live/divergence-record';
import { repairDivergences } from '@causeway/control/live/repair-divergences';
import type { Checking, Divergence } from '../src/live/check-keys.ts';
import { Divergences } from '../src/live/divergences.ts';
import { keyName } from '../src/live/row-state.ts';
import { LiveBench, ORDERS } from './live-bench.ts';

let bench: LiveBench;
beforeEach(async () => {
  bench = await LiveBench.open();
  bench.db.transaction(() => {
    for (let i = 1; i <= 3_000; i++) {
      bench.db.prepare('INSERT INTO orders VALUES (?, ?, ?, ?)').run(i, `name ${i}`, i / 4, i);
      bench.db.prepare('INSERT INTO notes VALUES (?, ?)').run(`slug-${i}`, `body ${i}`);
      bench.db.prepare('INSERT INTO events VALUES (?, ?)').run(`event ${i % 7}`, i);
      bench.db.prepare('INSERT INTO pairs VALUES (?, ?, ?)').run(i % 50, `b${i}`, `v${i}`);
    }
  })();
  await bench.apply();
});
afterEach(() => bench.close());

const openOnes = () => openDivergences(bench.pool, { migration: 'm', generation: 1 }, 100);
const afterPasses = async (n: number): Promise<void> => {
  const now = Number((await bench.beatOf('validator'))?.state['passes'] ?? 0);
  await bench.until(async () => Number((await bench.beatOf('validator'))?.state['passes'] ?? 0) >= now + n);
};

// Invariant: I58
test('a quiet, equal pair is passed over without a word', async () => {
  bench.validate();
  await afterPasses(2);
  expect(bench.found).toEqual([]);
  expect((await bench.beatOf('validator'))?.state).toMatchObject({ mode: 'following', openDivergences: 0, unverified: 0, stale: true, oldestUnverifiedMs: null });
}, 240_000);

// Invariant: I56
test('old divergences of each kind, in each kind of table, are found and named', async () => {
  await bench.pool.query("DELETE FROM public.orders WHERE id = 7; UPDATE public.orders SET amount = 9, n = 1 WHERE id = 2999; INSERT INTO public.orders VALUES (9999999, 'x'), (-5, 'y')");
  await bench.pool.query("DELETE FROM public.notes WHERE slug = 'slug-3'; UPDATE public.notes SET body = 'body 4 ' WHERE slug = 'slug-4'; INSERT INTO public.notes VALUES ('ghost')");
  await bench.pool.query('DELETE FROM public.events WHERE causeway_rowid = 1; UPDATE public.events SET n = NULL WHERE causeway_rowid = 2; INSERT INTO public.events VALUES (5000)');
  await bench.pool.query("DELETE FROM public.pairs WHERE b = 'b10'; UPDATE public.pairs SET v = '' WHERE b = 'b11'; INSERT INTO public.pairs VALUES (1, 'none')");
  bench.validate();
  await bench.until(() => bench.found.length >= 13);
  await afterPasses(1);
  const named = bench.found.map((d) => `${d.contract.source} ${d.key.map((c) => Buffer.from(c.bytes).toString()).join(',')} ${d.kind} ${d.columns.join(',')}`.trim());
  expect(named.sort()).toEqual([
    'events 1 missing', 'events 2 different n', 'events 5000 extra',
    'notes ghost extra', 'notes slug-3 missing', 'notes slug-4 different body',
    'orders -5 extra', 'orders 2999 different amount,n', 'orders 7 missing', 'orders 9999999 extra',
    'pairs 1,none extra', 'pairs 10,b10 missing', 'pairs 11,b11 different v',
  ]);
  const open = await openOnes();
  expect(open).toHaveLength(13);
  expect(open.find((d) => d.table === 2 && d.kind === 'extra')?.key).toEqual({ rowid: { class: 'integer', base64: Buffer.from('5000').toString('base64') } });
}, 240_000);

test('keys that lie as far apart as can be are passed over in no time, and what differs at either end is found', async () => {
  const keys = [-(2n ** 63n), -(2n ** 62n), 0n, 2n ** 60n, 2n ** 60n + 1n, 2n ** 63n - 1n];
  for (const key of keys) {
    bench.db.prepare("INSERT INTO orders VALUES (?, 'far', 1, 1)").run(key);
    await bench.pool.query("INSERT INTO public.orders VALUES ($1, 'far', 1, 1)", [key]);
  }
  await bench.pool.query('UPDATE causeway.stream_position SET applied = $1, as_of = $1', [bench.db.prepare('SELECT max(id) FROM _causeway_log').pluck().get()]);
  await bench.pool.query('DELETE FROM public.orders WHERE id = $1', [keys[0]]);
  await bench.pool.query("UPDATE public.orders SET name = 'other' WHERE id = $1", [keys.at(-1)]);
  bench.validate();
  await afterPasses(2);
  expect(bench.found.map((d) => `${d.kind} ${Buffer.from((d.key[0] as { bytes: Uint8Array }).bytes)}`).sort()).toEqual([`different ${keys.at(-1)}`, `missing ${keys[0]}`]);
}, 240_000);

test('a change that was applied wrongly is found in seconds, and ends when it is put right', async () => {
  bench.validate();
  await afterPasses(1);
  bench.db.prepare("UPDATE orders SET name = 'new' WHERE id = 10").run();
  const applied = bench.db.prepare('SELECT max(id) FROM _causeway_log').pluck().get();
  await bench.pool.query("WITH x AS (UPDATE public.orders SET name = 'neW' WHERE id = 10) UPDATE causeway.stream_position SET applied = $1, as_of = $1", [applied]);
  expect(await bench.until(() => bench.found.length > 0)).toBeLessThan(5_000);
  expect(bench.found[0]).toMatchObject({ kind: 'different', columns: ['name'] });
  await bench.pool.query("UPDATE public.orders SET name = 'new' WHERE id = 10");
  await bench.until(async () => (await openOnes()).length === 0);
  expect((await bench.pool.query('SELECT state FROM causeway.divergence')).rows).toEqual([{ state: 'gone' }]);
}, 240_000);

test('quarantined rows are accounted for, and one that the target holds too is extra', async () => {
  const cell = (text: string) => ({ class: 'integer', base64: Buffer.from(text).toString('base64') });
  const put = (id: string) => bench.pool.query("INSERT INTO causeway.quarantine (migration, generation, table_no, range_no, key, column_name, code, reason) VALUES ('m', 1, 0, -1, $1, 'name', 'x', 'x')", [JSON.stringify({ id: cell(id) })]);
  await bench.pool.query('DELETE FROM public.orders WHERE id = 20');
  bench.db.prepare("UPDATE orders SET amount = 'many' WHERE id = 22").run();
  await bench.apply().catch(() => {});
  await bench.pool.query('DELETE FROM public.orders WHERE id = 22');
  await bench.pool.query('UPDATE causeway.stream_position SET applied = $1, as_of = $1', [bench.db.prepare('SELECT max(id) FROM _causeway_log').pluck().get()]);
  for (const id of ['20', '21', '22']) await put(id);
  bench.validate();
  await afterPasses(2);
  expect(bench.found.map((d) => [Buffer.from(d.key[0]?.bytes ?? []).toString(), d.kind])).toEqual([['21', 'extra']]);
}, 240_000);

test('5 and 5.0 are one key', () => {
  const real = Buffer.alloc(8);
  real.writeDoubleBE(5);
  expect(keyName([{ class: 'real', bytes: real }])).toBe(keyName([{ class: 'integer', bytes: Buffer.from('5') }]));
  expect(keyName([{ class: 'text', bytes: Buffer.from('5') }])).not.toBe(keyName([{ class: 'integer', bytes: Buffer.from('5') }]));
});

// Invariant: I57
test('nothing is said against SQLite while PostgreSQL is the primary', async () => {
  bench.validate();
  await afterPasses(1);
  await bench.pool.query("UPDATE causeway.live SET phase = 'switched', attempt = 1; UPDATE public.orders SET n = 0");
  await bench.until(async () => (await bench.beatOf('validator'))?.state['mode'] === 'way_back');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(bench.found).toEqual([]);
}, 240_000);

// Invariant: I59
test('what a pass tells late, after the row was found equal at a newer position, is no divergence any more', async () => {
  const contract = ORDERS;
  const key = [{ name: contract.key[0] as string, class: 'integer' as const, bytes: Buffer.from('7') }];
  const seenAt = (position: bigint | null): Divergence => ({ contract, key, kind: 'different', columns: ['n'], position });
  const divergences = new Divergences({ pool: bench.pool, g: { migration: 'm', generation: 1 } } as Checking, [contract]);
  expect(await divergences.store([seenAt(10n)])).toHaveLength(1);
  await divergences.settle([{ contract, key }], 20n);
  expect(await divergences.store([seenAt(19n)])).toEqual([]);
  expect(await openOnes()).toEqual([]);
  // What differs at that very position, or where PostgreSQL is the primary, is told.
  for (const position of [20n, null]) {
    expect(await divergences.store([seenAt(position)])).toHaveLength(1);
    await divergences.settle([{ contract, key }], null);
  }
  expect(divergences.open).toBe(0);
}, 240_000);

test('repair takes diverged rows through the stream once more, and proves them', async () => {
  await bench.pool.query("DELETE FROM public.orders WHERE id = 7; INSERT INTO public.notes VALUES ('ghost'); UPDATE public.events SET n = -1 WHERE causeway_rowid = 2; UPDATE public.pairs SET v = '' WHERE b = 'b11'");
  bench.follow(() => 50);
  bench.validate();
  await bench.until(() => bench.found.length >= 4);
  const repair = (table?: string) => repairDivergences({ pool: bench.pool, record: bench.record, sourceFile: bench.file, table, signal: new AbortController().signal, withinMs: 20_000 });
  const one = await repair('notes');
  expect(one.rows).toMatchObject([{ table: 'notes', kind: 'extra', repaired: true }]);
  const rest = await repair();
  expect(rest.rows.map((row) => [row.table, row.repaired]).sort()).toEqual([['events', true], ['orders', true], ['pairs', true]]);
  expect(rest.verifiedTo).toBeGreaterThanOrEqual(rest.position);
  expect((await repair()).rows).toEqual([]);
  expect((await bench.pool.query('SELECT count(*)::int AS n FROM public.orders')).rows).toEqual([{ n: 3_000 }]);
  expect((await bench.pool.query("SELECT state, count(*)::int AS n FROM causeway.divergence GROUP BY 1")).rows).toEqual([{ state: 'repaired', n: 4 }]);
}, 240_000);
