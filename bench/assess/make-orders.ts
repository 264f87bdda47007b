/** The table of the benchmarks: order lines shaped like a Django ERP's, made by the script beside the repository, or here alike. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

export const ORDER_TABLE = 'erp_orderline';

const SCRIPT = fileURLToPath(new URL('../../../shared/bench/make_orders.py', import.meta.url));
const WORDS = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda sigma omega steel pump valve ring gasket öl çelik'.split(' ');

export function makeOrders(file: string, rows: number): void {
  if (existsSync(SCRIPT) && spawnSync('python3', [SCRIPT, String(rows), file], { stdio: 'inherit' }).status === 0) return;
  const db = new Database(file);
  db.exec(
    `CREATE TABLE ${ORDER_TABLE} (id integer not null primary key autoincrement, order_id bigint not null, product_id bigint not null, sku varchar(20) not null,
      description varchar(200) not null, quantity integer not null, unit_price decimal not null, discount real null, is_paid bool not null, created_at datetime not null,
      ext_uuid char(32) not null, meta text not null check ((JSON_VALID("meta") OR "meta" IS NULL)))`,
  );
  const insert = db.prepare(`INSERT INTO ${ORDER_TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const pick = (i: number): string => WORDS[i % WORDS.length] as string;
  db.transaction(() => {
    for (let i = 1; i <= rows; i++) {
      const at = new Date(1_514_764_800_000 + i * 37_000).toISOString().replace('T', ' ').replace('Z', `${String(i % 1_000).padStart(3, '0')}`);
      insert.run(i, Math.floor(i / 4) + 1, (i * 7) % 50_000, `SKU-${String(i).padStart(8, '0')}`, [i, i + 3, i + 7, i + 11, i + 13, i + 17].map(pick).join(' '), (i % 499) + 1, Math.round(((i * 7919) % 100_000) + i / 7) / 100, i % 3 === 0 ? (i % 1_009) / 1_009 : null, i % 2, at, randomUUID().replaceAll('-', ''), JSON.stringify({ w: i % 1_000, tags: [pick(i), pick(i + 5)] }));
    }
  })();
  db.close();
}
