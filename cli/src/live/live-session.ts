/** What the commands about a running live migration work on: its record, both sides, and their contracts. */
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { captureIsThere, readFact } from '@causeway/control/capture/source-facts';
import { type LiveRecord, readLive } from '@causeway/control/live/live-record';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { targetContracts } from '@causeway/control/record/schema-change';
import type { Generation } from '@causeway/control/record/table-record';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type pg from 'pg';
import { withSession } from '../migration-session.ts';
import type { CliContext } from '../run-cli.ts';

export interface LiveFlags {
  readonly to?: string;
  readonly name?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export interface LiveSession {
  readonly pool: pg.Pool;
  readonly url: string;
  readonly serverVersion: string;
  readonly record: MigrationRecord;
  readonly live: LiveRecord;
  readonly g: Generation;
  readonly contracts: readonly TableContract[];
  /** Of these contracts. */
  readonly contractVersion: number;
  /** The source, writable; only what is ours is ever written. */
  readonly db: SourceDatabase;
}

/** Throws MIGRATION_UNKNOWN for a migration that is not live, CAPTURE_LOST or SOURCE_REPLACED for a file that is not its source. */
export async function withLive<T>(flags: LiveFlags, context: CliContext, work: (session: LiveSession) => Promise<T>): Promise<T> {
  return withSession(flags, context, async ({ pool, url, serverVersion, migration }) => {
    const record = await migration(flags.name);
    const live = await readLive(pool, record.id);
    const g = { migration: record.id, generation: record.generation };
    const { contracts, version } = await targetContracts(pool, g);
    const db = openWritableSource(record.source.path);
    try {
      // A `complete` that was cut off has taken the capture away already.
      if (live.phase === 'completed') return await work({ pool, url, serverVersion, record, live, g, contracts, contractVersion: version, db });
      if (!captureIsThere(db)) throw new Failure('CAPTURE_LOST', `${record.source.path} has no capture`);
      if (readFact(db, 'token') !== live.token) throw new Failure('SOURCE_REPLACED', `${record.source.path} holds the capture of another migration`);
      return await work({ pool, url, serverVersion, record, live, g, contracts, contractVersion: version, db });
    } finally {
      db.close();
    }
  });
}
