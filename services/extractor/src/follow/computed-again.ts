/**
 * After a rollback: rows whose generated columns SQLite computes otherwise than PostgreSQL has them go through the stream
 * once more. Until they have come, the record says why they differ.
 */
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { fenceState } from '@causeway/control/capture/source-fence';
import type { TableContract } from '@causeway/contracts/table-contract';
import { logKeysAgain } from '@causeway/control/live/repair';
import { computedRowsToSend, forgetSentRows, markComputedSent } from '@causeway/control/target/back-computed';
import type pg from 'pg';
import { isBusy } from './log-purge.ts';

/** Logged in one go: the application's writers wait for it. */
const AT_ONCE = 500;
/** In one call: changes of the application wait meanwhile. */
const TIMES = 10;
/** The application comes first: we try again a second later. */
const BUSY_MS = 20;

export class ComputedAgain {
  private readonly pool: pg.Pool;
  private readonly migration: string;
  private readonly file: string;
  private readonly contracts: readonly TableContract[];

  constructor(pool: pg.Pool, migration: string, file: string, contracts: readonly TableContract[]) {
    this.pool = pool;
    this.migration = migration;
    this.file = file;
    this.contracts = contracts;
  }

  /** Cheap where there is none. To be called while SQLite is the primary; stopped in between it sends some of them twice. */
  async send(): Promise<void> {
    await forgetSentRows(this.pool, this.migration);
    for (let times = 0; times < TIMES; times++) {
      const rows = await computedRowsToSend(this.pool, this.migration, AT_ONCE);
      const logId = rows.length === 0 ? null : this.log(rows);
      if (logId === null) return;
      await markComputedSent(this.pool, this.migration, rows.map((row) => row.id), logId);
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
