/**
 * After a rollback: rows whose generated columns SQLite computes otherwise than PostgreSQL has them go through the stream
 * once more. They are forgotten when PostgreSQL has applied them: until then the validator knows why they differ.
 */
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { fenceState } from '@causeway/control/capture/source-fence';
import type { TableContract } from '@causeway/contracts/table-contract';
import { logKeysAgain } from '@causeway/control/live/repair';
import { computedRowsAfter, forgetComputedRows } from '@causeway/control/target/back-computed';
import type pg from 'pg';
import { isBusy } from './log-purge.ts';

/** Logged in one go: the application's writers wait for it. */
const AT_ONCE = 500;
/** The application comes first: we try again a second later. */
const BUSY_MS = 20;

export class ComputedAgain {
  private readonly pool: pg.Pool;
  private readonly migration: string;
  private readonly file: string;
  private readonly contracts: readonly TableContract[];
  /** Newest row that was logged, and under which id; null: PostgreSQL has them all. */
  private logged: { readonly row: bigint; readonly at: bigint } | null = null;

  constructor(pool: pg.Pool, migration: string, file: string, contracts: readonly TableContract[]) {
    this.pool = pool;
    this.migration = migration;
    this.file = file;
    this.contracts = contracts;
  }

  /** Cheap where there is none. `applied`: newest log id that PostgreSQL has. To be called while SQLite is the primary. */
  async send(applied: bigint): Promise<void> {
    if (this.logged !== null && applied >= this.logged.at) {
      await forgetComputedRows(this.pool, this.migration, this.logged.row);
      this.logged = null;
    }
    for (;;) {
      const rows = await computedRowsAfter(this.pool, this.migration, this.logged?.row ?? 0n, AT_ONCE);
      const newest = rows.at(-1);
      if (newest === undefined) return;
      const at = this.log(rows);
      if (at === null) return;
      this.logged = { row: newest.id, at };
    }
  }

  /** Null where nothing may be logged now: a fence stands, or the application is at work. */
  private log(rows: Parameters<typeof logKeysAgain>[2]): bigint | null {
    const db = openWritableSource(this.file);
    try {
      db.pragma(`busy_timeout = ${BUSY_MS}`);
      // Behind a fence the log has its end.
      return db.transaction(() => (fenceState(db).attempt === 0n ? logKeysAgain(db, this.contracts, rows) : null)).immediate();
    } catch (error) {
      if (isBusy(error)) return null;
      throw error;
    } finally {
      db.close();
    }
  }
}
