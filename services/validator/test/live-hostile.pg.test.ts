/** Hostile writers, bursty application and a purge at work: nothing may ever be reported. CAUSEWAY_LIVE_CHANGES makes it longer. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@causeway/testkit/seeded-random';
import { LiveBench } from './live-bench.ts';

const CHANGES = Number(process.env['CAUSEWAY_LIVE_CHANGES'] ?? 20_000);
const SEED = Number(process.env['CAUSEWAY_LIVE_SEED'] ?? 1);
let bench: LiveBench;
beforeEach(async () => {
  bench = await LiveBench.open();
});
afterEach(() => bench.close());

// Invariant: I55
test('no false alarm while everything changes', async () => {
  const random = seededRandom(SEED).fraction;
  const below = (n: number): number => Math.floor(random() * n);
  const { db } = bench;
  const acts: (() => void)[] = [
    () => db.prepare('INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?)').run(below(3_000), `n${below(9)}`, random(), below(5)),
    () => db.prepare('UPDATE orders SET n = n + 1, name = ? WHERE id = ?').run(`m${below(9)}`, below(40)),
    () => db.prepare('DELETE FROM orders WHERE id = ?').run(below(3_000)),
    () => db.prepare('UPDATE OR REPLACE orders SET id = ? WHERE id = ?').run(below(3_000), below(3_000)),
    () => db.prepare('INSERT OR IGNORE INTO notes VALUES (?, ?)').run(`s${below(800)}`, `b${below(99)}`),
    () => db.prepare('DELETE FROM notes WHERE slug = ?').run(`s${below(800)}`),
    () => db.prepare('INSERT INTO events VALUES (?, ?)').run('e', below(99)),
    () => db.prepare('DELETE FROM events WHERE rowid = (SELECT max(rowid) - ? FROM events)').run(below(300)),
    () => db.prepare('INSERT OR IGNORE INTO pairs VALUES (?, ?, ?)').run(below(20), `p${below(40)}`, 'v'),
    () => db.prepare('UPDATE pairs SET v = ? WHERE a = ? AND b = ?').run(`v${below(99)}`, below(20), `p${below(40)}`),
    () => db.prepare('DELETE FROM pairs WHERE a = ? AND b = ?').run(below(20), `p${below(40)}`),
  ];
  bench.follow(() => (random() < 0.1 ? 700 : below(60)));
  bench.validate();
  const last = (): number => (db.prepare('SELECT max(id) FROM _causeway_log').pluck().get() as number | null) ?? 0;
  while (last() < CHANGES) {
    db.transaction(() => {
      for (let i = below(random() < 0.05 ? 2_000 : 30); i >= 0; i--) acts[below(acts.length)]?.();
    })();
    await sleep(below(8));
    if (bench.failure !== undefined) throw bench.failure;
  }
  const end = last();
  await bench.until(async () => Number((await bench.beatOf('validator'))?.state['verifiedTo'] ?? 0) >= end, 60_000);
  const passes = Number((await bench.beatOf('validator'))?.state['passes']);
  await bench.until(async () => Number((await bench.beatOf('validator'))?.state['passes']) > passes + 1, 60_000);
  expect(bench.found).toEqual([]);
  expect((await bench.pool.query('SELECT count(*)::int AS n FROM causeway.divergence')).rows).toEqual([{ n: 0 }]);
}, 3_600_000);
