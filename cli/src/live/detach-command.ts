/** `causeway detach`: the kill switch. The source is left exactly as it was before; what was copied stays in PostgreSQL. */
import { resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { removeCapture } from '@causeway/control/capture/install-capture';
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { captureIsThere, readFact } from '@causeway/control/capture/source-facts';
import { forgetMigration, releaseTarget } from '@causeway/control/live/end-live';
import { findLive } from '@causeway/control/live/live-record';
import { listMigrations } from '@causeway/control/record/migration-record';
import { readContracts } from '@causeway/control/record/table-record';
import { createPool } from '@causeway/runtime/postgres-pool';
import type { Command } from 'commander';
import type { CliContext } from '../run-cli.ts';
import { targetAddress } from '../target-address.ts';

interface DetachFlags {
  readonly to?: string;
  readonly sourceOnly?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function registerDetach(program: Command, context: CliContext): void {
  program
    .command('detach')
    .argument('<source>', 'path of the SQLite database')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--source-only', 'only clean SQLite, for a target that cannot be reached')
    .option('--force', 'also while a switch is at work or PostgreSQL is the primary: SQLite then opens without what PostgreSQL has')
    .option('--json', 'print one JSON object as the last line')
    .description('stop following: take capture and fence out of SQLite and leave its schema exactly as it was; PostgreSQL keeps its copy')
    .action((source: string, flags: DetachFlags) => detach(resolve(context.cwd, source), flags, context));
}

async function detach(file: string, flags: DetachFlags, context: CliContext): Promise<void> {
  const db = openWritableSource(file);
  try {
    const migration = captureIsThere(db) ? String(readFact(db, 'migration')) : null;
    const forgotten = flags.sourceOnly === true ? false : await detachTarget(file, migration, flags, context);
    if (flags.sourceOnly === true && flags.force !== true && migration !== null) throw new Failure('USAGE', '--source-only does not ask PostgreSQL which side is the primary: say --force as well if SQLite is');
    removeCapture(db);
    if (flags.json === true) context.stdout.write(`${JSON.stringify({ source: file, migration, captureRemoved: migration !== null, recordRemoved: forgotten })}\n`);
    else context.stdout.write(migration === null ? `${file} holds nothing of causeway.\n` : `${file} is as it was before; nothing follows it any more.\n`);
  } finally {
    db.close();
  }
}

/** True where the target held the migration and has forgotten it. */
async function detachTarget(file: string, migration: string | null, flags: DetachFlags, context: CliContext): Promise<boolean> {
  const { url } = targetAddress(flags.to, context.environment);
  if (url === null) throw new Failure('USAGE', 'say where the target is: --to or DATABASE_URL; or give --source-only --force');
  const pool = createPool({ url, max: 2, applicationName: 'causeway detach' });
  try {
    const there = await pool.query("SELECT to_regclass('causeway.migration') IS NOT NULL AS there");
    if (!(there.rows[0].there as boolean)) return false;
    const record = (await listMigrations(pool)).find((m) => m.id === migration || (m.settings.live === true && m.source.path === file));
    if (record === undefined) return false;
    const live = await findLive(pool, record.id);
    if (live !== null && !['loading', 'following'].includes(live.phase) && flags.force !== true) {
      throw new Failure('CUTOVER_NOT_READY', `the migration is ${live.phase}: \`causeway rollback\` goes back to SQLite first, \`causeway complete\` stays with PostgreSQL`);
    }
    const g = { migration: record.id, generation: record.generation };
    await releaseTarget(pool, g, await readContracts(pool, g));
    await forgetMigration(pool, record.id);
    return true;
  } finally {
    await pool.end();
  }
}
