/**
 * What passes the fence without a statement on the schema: incremental blob I/O, `sqlite_sequence`, a tool that takes the
 * triggers away and puts them back. SQLite tells only that somebody has committed. Our own commits under a fence always
 * move a fact with them, so one that moves none is somebody else's.
 */
import { existsSync, statSync } from 'node:fs';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { STATE_TABLE } from '@causeway/contracts/live/source-objects';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

interface Seen {
  readonly version: number;
  readonly facts: string;
}

export class FenceWatch {
  private readonly db: SourceDatabase;
  private before: Seen | undefined;
  private fence = '';

  constructor(db: SourceDatabase) {
    this.db = db;
  }

  /**
   * Null where nobody else has committed since the last look under the same fence; the first look only takes notice. A commit
   * beside one of ours is not seen here: the comparison of all rows finds what it changed.
   */
  // Invariant: I86
  foreign(): string | null {
    const { db, before } = this;
    const seen = db.transaction((): Seen => ({ facts: JSON.stringify(db.prepare(`SELECT name, CAST(value AS TEXT) FROM ${quoteIdentifier(STATE_TABLE)} ORDER BY name`).raw().all()), version: db.pragma('data_version', { simple: true }) as number }))();
    const fence = db.prepare(`SELECT value FROM ${quoteIdentifier(STATE_TABLE)} WHERE name = 'fence_attempt'`).pluck().get();
    this.before = seen;
    const same = String(fence) === this.fence;
    this.fence = String(fence);
    if (before === undefined || !same || seen.version === before.version || seen.facts !== before.facts || this.walWasCut()) return null;
    return 'a commit passed the fence that none of its triggers saw: incremental blob I/O, sqlite_sequence, a PRAGMA that writes, or a tool that takes triggers away';
  }

  /** A checkpoint with TRUNCATE moves data_version too, and leaves nothing in the WAL. */
  private walWasCut(): boolean {
    const wal = `${this.db.name}-wal`;
    return existsSync(wal) && statSync(wal).size === 0;
  }
}
