/** The bench's table, shaped like a Django ERP's order lines, and its single-row transactions. Deterministic. */
import Database from 'better-sqlite3';

export type Synchronous = 'FULL' | 'NORMAL';

/** `unique`: with one secondary UNIQUE index, for which the capture has to look for rows that a REPLACE would delete. */
export function makeOrderLines(file: string, rows: number, unique: boolean): void {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = OFF');
  db.exec(`CREATE TABLE erp_orderline (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, order_id bigint NOT NULL, product_id bigint NOT NULL,
    sku varchar(20) NOT NULL${unique ? ' UNIQUE' : ''}, description varchar(200) NOT NULL, quantity integer NOT NULL, unit_price decimal NOT NULL,
    discount real NULL, is_paid bool NOT NULL, created_at datetime NOT NULL, ext_uuid char(32) NOT NULL, meta text NOT NULL)`);
  const insert = db.prepare(`INSERT INTO erp_orderline VALUES (${'?, '.repeat(11)}?)`);
  db.transaction(() => {
    for (let id = 1; id <= rows; id++) insert.run(...orderLine(id));
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

function orderLine(id: number): (number | string | null)[] {
  const hex = ((id * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0');
  const at = `2024-01-${String(1 + (id % 28)).padStart(2, '0')} 10:00:00.${String(id % 1_000_000).padStart(6, '0')}`;
  return [id, (id >> 2) + 1, id % 50_000, `SKU-${id}`, `steel pump valve ring ${id}`, (id % 500) + 1, (id % 100_000) / 100, id % 3 === 0 ? 0.5 : null, id % 2, at, hex.repeat(4), `{"w": ${id % 1000}}`];
}

/** Five inserts, four updates, one delete, again and again; each a transaction of its own. Answers the seconds for `count`. */
export function writeSingleRows(file: string, synchronous: Synchronous, count: number): number {
  const db = new Database(file);
  db.pragma(`synchronous = ${synchronous}`);
  const last = Number(db.prepare('SELECT max(id) FROM erp_orderline').pluck().get());
  const insert = db.prepare(`INSERT INTO erp_orderline VALUES (${'?, '.repeat(11)}?)`);
  const update = db.prepare('UPDATE erp_orderline SET quantity = quantity + 1, unit_price = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM erp_orderline WHERE id = ?');
  const began = process.hrtime.bigint();
  for (let i = 1; i <= count; i++) {
    const anyone = ((i * 7919) % last) + 1;
    if (i % 10 === 0) remove.run(anyone);
    else if (i % 2 === 0) update.run(i / 100, anyone);
    else insert.run(...orderLine(last + i));
  }
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  db.close();
  return seconds;
}
