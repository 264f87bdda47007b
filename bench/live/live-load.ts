/**
 * The writer of the live bench, a process of its own. Single-row transactions at a steady rate on whatever side is the
 * primary, or bulk transactions as fast as they go; tells its parent what was acknowledged, and its longest gap.
 * Argument: JSON of LoadSettings. Messages in: {bulk: N} writes N changes at once; {touch: id, value: n} changes the first row from there on.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fenced, type ShopDatabase } from '@causeway/cli/demo/shop/shop-database';
import { openShopPostgres } from '@causeway/cli/demo/shop/shop-postgres';
import { openShopSqlite } from '@causeway/cli/demo/shop/shop-sqlite';

export interface LoadSettings {
  readonly file: string;
  readonly postgres: string;
  readonly primaryFile: string;
  readonly rows: number;
  /** Single-row transactions a second; 0: only what is asked for. */
  readonly perSecond: number;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as LoadSettings;
const open = new Map<string, ShopDatabase>();
const state = { acknowledged: 0, refused: 0, longestGapMs: 0, lastAt: 0, next: 0, n: 0, probe: 0 };
let stopping = false;

async function primary(): Promise<ShopDatabase> {
  const name = readFileSync(settings.primaryFile, 'utf8').trim();
  let database = open.get(name);
  if (database === undefined) open.set(name, (database = name === 'sqlite' ? openShopSqlite(settings.file, 'NORMAL') : await openShopPostgres(settings.postgres, 'public')));
  return database;
}

/** Until it is acknowledged, by whoever is the primary then. */
async function write(work: Parameters<ShopDatabase['transaction']>[0]): Promise<void> {
  for (;;) {
    try {
      await (await primary()).transaction(work);
      const now = performance.now();
      if (state.lastAt > 0) state.longestGapMs = Math.max(state.longestGapMs, now - state.lastAt);
      state.lastAt = now;
      state.acknowledged++;
      return;
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      state.refused++;
      await sleep(2);
    }
  }
}

const anyone = (): number => ((state.n * 7919) % settings.rows) + 1;

async function single(): Promise<void> {
  const n = state.n++;
  if (n % 20 === 0) {
    await write((tx) => tx.run('INSERT INTO probe (id, ms) VALUES (?, ?)', [state.probe++, Date.now()]));
  } else if (n % 10 === 9) await write((tx) => tx.run('DELETE FROM item WHERE id = ?', [anyone()]));
  else if (n % 2 === 0) await write((tx) => tx.run('UPDATE item SET quantity = quantity + 1, price = ? WHERE id = ?', [n / 100, anyone()]));
  else await write((tx) => tx.run('INSERT INTO item (id, sku, description, quantity, price, at) VALUES (?, ?, ?, ?, ?, ?)', [state.next, `N-${state.next++}`, 'made while following', 1, 2.5, '2026-01-02 03:04:05']));
}

/** In transactions of a thousand changes each. */
async function bulk(changes: number): Promise<void> {
  for (let done = 0; done < changes; done += 1_000) {
    await write(async (tx) => {
      for (let i = 0; i < 500; i++) await tx.run('INSERT INTO item (id, sku, description, quantity, price, at) VALUES (?, ?, ?, ?, ?, ?)', [state.next, `B-${state.next++}`, 'made in bulk', i, 1.25, '2026-01-02 03:04:05']);
      for (let i = 0; i < 500; i++) await tx.run('UPDATE item SET quantity = quantity + 1 WHERE id = ?', [((state.n++ * 7919) % settings.rows) + 1]);
    });
  }
}

process.on('message', (message: { bulk?: number; touch?: number; value?: number; stats?: boolean }) => {
  void (async () => {
    if (message.bulk !== undefined) await bulk(message.bulk);
    if (message.touch !== undefined) await write((tx) => tx.run('UPDATE item SET quantity = ? WHERE id = (SELECT min(id) FROM item WHERE id >= ?)', [message.value, message.touch]));
    process.send?.({ ...state, at: Date.now() });
    if (message.stats === true) state.longestGapMs = 0;
  })();
});
process.on('SIGTERM', () => {
  stopping = true;
});
process.on('disconnect', () => {
  stopping = true;
});

await (await primary()).transaction(async (tx) => {
  for (const [counter, table] of [['next', 'item'], ['probe', 'probe']] as const) state[counter] = Number((await tx.all(`SELECT max(id) AS id FROM ${table}`, []))[0]?.['id']) + 1;
});
const began = performance.now();
for (let done = 0; !stopping; done++) {
  if (settings.perSecond === 0) {
    await sleep(50);
    continue;
  }
  await single();
  const ahead = (done / settings.perSecond) * 1000 - (performance.now() - began);
  if (ahead > 1) await sleep(ahead);
}
for (const database of open.values()) await database.close();
process.exit(0);
