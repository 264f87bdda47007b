/** The target as a command of queries needs it: with the migration that filled it, or without one that is known. */
import { findMigration, listMigrations, type MigrationRecord } from '@causeway/control/record/migration-record';
import { Failure } from '@causeway/contracts/failures';
import { checkTarget, createPool } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { type OpenedParts, openKeptTarget } from '../open-parts.ts';
import type { CliContext } from '../run-cli.ts';
import { stateFolder } from '../state-folder.ts';
import { targetAddress } from '../target-address.ts';

export interface QueryTarget {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly serverVersion: string;
  /** Null: no migration is recorded there; the application moved by itself. */
  readonly record: MigrationRecord | null;
}

export async function withQueryTarget<T>(flags: { to?: string; state?: string; name?: string; anyMigration?: boolean }, context: CliContext, work: (target: QueryTarget) => Promise<T>): Promise<T> {
  const address = targetAddress(flags.to, context.environment);
  for (const warning of address.warnings) context.stderr.write(`causeway: warning: ${warning}\n`);
  const kept = address.url === null ? await openKeptTarget(stateFolder(flags.state, context), context) : null;
  const url = address.url ?? (kept as OpenedParts).url;
  const pool = createPool({ url, max: 2, applicationName: 'causeway queries' });
  try {
    const { version } = await checkTarget(pool, url);
    return await work({ url, pool, serverVersion: version, record: flags.anyMigration === true ? null : await recordOf(pool, flags.name) });
  } finally {
    await pool.end();
    await kept?.close();
  }
}

async function recordOf(pool: pg.Pool, name: string | undefined): Promise<MigrationRecord | null> {
  const present = await pool.query("SELECT to_regclass('causeway.migration') IS NOT NULL AS present");
  if (!present.rows[0].present) {
    if (name === undefined) return null;
    throw new Failure('MIGRATION_UNKNOWN', `the target holds no migration ${JSON.stringify(name)}`);
  }
  if (name === undefined) {
    const all = await listMigrations(pool);
    if (all.length > 1) throw new Failure('MIGRATION_UNKNOWN', `say which with --name: ${all.map((m) => JSON.stringify(m.name)).join(', ')}`);
    return all[0] ?? null;
  }
  const found = await findMigration(pool, name);
  if (found === null) throw new Failure('MIGRATION_UNKNOWN', `no migration is called ${JSON.stringify(name)}`);
  return found;
}
