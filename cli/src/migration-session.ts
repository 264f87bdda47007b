/** Opens the target of an existing migration for commands that look at it: verify, status, report, quarantine. */
import { Failure } from '@causeway/contracts/failures';
import { findMigration, listMigrations, type MigrationRecord } from '@causeway/control/record/migration-record';
import { checkTarget, createPool, describeTarget } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import type { CliContext } from './run-cli.ts';
import { type OpenedParts, openKeptTarget } from './open-parts.ts';
import { stateFolder } from './state-folder.ts';
import { targetAddress } from './target-address.ts';

export interface MigrationSession {
  readonly pool: pg.Pool;
  readonly url: string;
  readonly serverVersion: string;
  /** The migration of that name, or the only one there is. */
  migration(name: string | undefined): Promise<MigrationRecord>;
  all(): Promise<MigrationRecord[]>;
}

export async function withSession<T>(flags: { to?: string; state?: string }, context: CliContext, work: (session: MigrationSession) => Promise<T>): Promise<T> {
  const given = targetAddress(flags.to, context.environment).url;
  const kept = given === null ? await openKeptTarget(stateFolder(flags.state, context), context) : null;
  const url = given ?? (kept as OpenedParts).url;
  const pool = createPool({ url, max: 3, applicationName: 'causeway' });
  try {
    const { version } = await checkTarget(pool, url);
    const present = await pool.query("SELECT to_regclass('causeway.migration') IS NOT NULL AS present");
    if (!present.rows[0].present) throw new Failure('MIGRATION_UNKNOWN', `${describeTarget(url)} holds no migration`);
    return await work({ pool, url, serverVersion: version, migration: (name) => choose(pool, name), all: () => listMigrations(pool) });
  } finally {
    await pool.end();
    await kept?.close();
  }
}

async function choose(pool: pg.Pool, name: string | undefined): Promise<MigrationRecord> {
  if (name !== undefined) {
    const found = await findMigration(pool, name);
    if (found === null) throw new Failure('MIGRATION_UNKNOWN', `no migration is called ${JSON.stringify(name)}`);
    return found;
  }
  const all = await listMigrations(pool);
  if (all.length === 1) return all[0] as MigrationRecord;
  const names = all.map((m) => JSON.stringify(m.name)).join(', ');
  throw new Failure('MIGRATION_UNKNOWN', all.length === 0 ? 'the target holds no migration' : `say which with --name: ${names}`);
}
