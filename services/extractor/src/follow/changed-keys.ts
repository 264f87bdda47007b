/**
 * The keys that changed in a stretch of the log, each once, by class and bytes. They stand in a temporary table of our
 * own connection: SQLite copies them there without a detour through JavaScript, and a backlog of any size spills to disk.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { LOG_TABLE } from '@causeway/contracts/live/source-objects';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

export const CHANGED = 'temp._causeway_changed';

/** A table's keys have the numbers `first` to `last`. */
export interface ChangedTable {
  readonly table: number;
  readonly first: number;
  readonly last: number;
}

export class ChangedKeys {
  private readonly db: SourceDatabase;
  private readonly fillSql: string;

  /** `width`: columns of the longest key. */
  constructor(db: SourceDatabase, width: number) {
    const keys = Array.from({ length: width }, (_, i) => `k${i}`);
    this.db = db;
    db.exec(`CREATE TABLE ${CHANGED} (n INTEGER PRIMARY KEY, t, ${keys.join(', ')})`);
    // 1 and 1.0 are one value to GROUP BY and two keys to the target.
    const order = ['t', ...keys.flatMap((key) => [`typeof(${key})`, key])].join(', ');
    this.fillSql = `INSERT INTO ${CHANGED} (t, ${keys.join(', ')}) SELECT t, ${keys.join(', ')} FROM ${quoteIdentifier(LOG_TABLE)} WHERE id > ? AND id <= ? AND t >= 0 GROUP BY ${order} ORDER BY ${order}`;
  }

  /** In the caller's read transaction: keys of the entries behind `from`, up to `to`. */
  fill(from: bigint, to: bigint): ChangedTable[] {
    this.db.exec(`DELETE FROM ${CHANGED}`);
    this.db.prepare(this.fillSql).run(from, to);
    return this.db.prepare(`SELECT t AS "table", min(n) AS first, max(n) AS last FROM ${CHANGED} GROUP BY t ORDER BY t`).all() as ChangedTable[];
  }
}
