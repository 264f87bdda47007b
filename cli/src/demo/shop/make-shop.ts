/** Makes the application's database with rows from before its ledger began; these stand in the ledger as its first transaction. */
import { rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ShopLedger } from './shop-ledger.ts';
import { COLUMNS, type Row, SHOP_SCHEMA, type ShopTable } from './shop-schema.ts';
import { type Effect, put } from './shop-state.ts';

export interface ShopFiles {
  readonly file: string;
  readonly primaryFile: string;
  readonly ledgerFile: string;
}

export function makeShop({ file, primaryFile, ledgerFile }: ShopFiles, orders: number): void {
  for (const path of [file, `${file}-wal`, `${file}-shm`, primaryFile, ledgerFile]) rmSync(path, { force: true });
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec(SHOP_SCHEMA);
  const effects: Effect[] = [];
  const add = (table: ShopTable, row: Row): void => {
    const columns = COLUMNS[table];
    db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`).run(...columns.map((c) => (typeof row[c] === 'boolean' ? Number(row[c]) : row[c])));
    effects.push(put(table, row));
  };
  db.transaction(() => {
    for (let id = 1; id <= 100; id++) add('customers', { id, email: `c${id}@example.org`, name: `customer ${id}`, v: 1 });
    for (let id = 1; id <= orders; id++) add('orders', { id, customer_id: 1 + (id % 100), code: `A-${id}`, total: id / 4, paid: id % 2 === 0, note: id % 7 === 0 ? null : `old ${id}`, v: 1 });
    for (let id = 1; id <= 100; id++) add('profiles', { id, handle: `h${id}`, bio: null, v: 1 });
    for (let id = 1; id <= 50; id++) add('stock', { sku: `S-${id}`, qty: id, v: 1 });
    add('marks', { app: 'shop', n: 0 });
  })();
  db.close();
  const ledger = new ShopLedger(ledgerFile);
  ledger.begin(0, 'sqlite', effects);
  ledger.acknowledged(0);
  writeFileSync(primaryFile, 'sqlite');
}
