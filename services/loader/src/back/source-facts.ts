/** The facts of the state table that the way back's sink reads and writes, always inside the transaction that they are about. */
import { STATE_TABLE, type SourceFact } from '@causeway/contracts/live/source-objects';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { Database } from 'better-sqlite3';

export class SourceFacts {
  private readonly select;
  private readonly upsert;
  private readonly remove;

  constructor(db: Database) {
    const table = quoteIdentifier(STATE_TABLE);
    this.select = db.prepare(`SELECT value FROM ${table} WHERE name = ?`).pluck().safeIntegers();
    this.upsert = db.prepare(`INSERT INTO ${table} (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`);
    this.remove = db.prepare(`DELETE FROM ${table} WHERE name = ?`);
  }

  /** A number that grows; 0 where it was never written. */
  number(name: SourceFact): bigint {
    const value = this.select.get(name) as bigint | number | string | null | undefined;
    return value === null || value === undefined ? 0n : BigInt(value);
  }

  /** Whether a number was ever written, or is below this one. */
  below(name: SourceFact, value: bigint): boolean {
    return this.select.get(name) === undefined || this.number(name) < value;
  }

  set(name: SourceFact, value: bigint): void {
    this.upsert.run(name, value);
  }

  drop(name: SourceFact): void {
    this.remove.run(name);
  }
}

/** The capture is there: a state table stands in the file. */
export function hasState(db: Database): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(STATE_TABLE) !== undefined;
}
