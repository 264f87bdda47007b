/** Restores an archive of pg_dump into an empty database: all of it, or an error. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresClient } from '@causeway/runtime/parts/postgres-client';
import { parsePostgresAddress } from '@causeway/runtime/postgres-address';
import { createPool } from '@causeway/runtime/postgres-pool';
import type { CliContext } from '../run-cli.ts';
import { runDump } from './dump-programs.ts';

export interface ArchiveRestore {
  readonly url: string;
  readonly client: PostgresClient;
  readonly archive: string;
  readonly jobs: number;
  /**
   * `proof`: rows and definitions alone, by a role that may not own the rest. `own`: comments too; everything belongs to
   * the role of the address. `owners`: owners and privileges as they were, whose roles must be there.
   */
  readonly as: 'proof' | 'own' | 'owners';
  readonly context: Pick<CliContext, 'environment' | 'signal'>;
}

const LEFT_OUT = { proof: ['--no-owner', '--no-privileges', '--no-comments'], own: ['--no-owner', '--no-privileges'], owners: [] } as const;

/** Extensions that only a superuser may make, and that are not there: what the role cannot restore. */
const NOT_FOR_ROLE = `
SELECT v.name FROM pg_available_extension_versions v JOIN pg_available_extensions a ON a.name = v.name AND a.default_version = v.version
 WHERE v.superuser AND NOT v.trusted AND NOT v.installed AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)`;

export async function restoreArchive(restore: ArchiveRestore): Promise<void> {
  const { url, client, archive, jobs, context } = restore;
  const database = parsePostgresAddress(url)?.database ?? '';
  const args = [`--dbname=${database}`, `--jobs=${jobs}`, '--exit-on-error', ...LEFT_OUT[restore.as], '--no-password'];
  const skipped = await extensionsNotForRole(url);
  const contents = skipped.length === 0 ? '' : await runDump('pg_restore', { client, url, context, args: ['--list', archive] });
  const folder = mkdtempSync(join(tmpdir(), 'causeway-restore-'));
  try {
    const list = join(folder, 'list');
    if (contents !== '') writeFileSync(list, contents.split('\n').filter((line) => !skipped.some((name) => line.includes(` EXTENSION - ${name} `) || line.includes(` COMMENT - EXTENSION ${name} `))).join('\n'));
    await runDump('pg_restore', { client, url, context, args: [...args, ...(contents === '' ? [] : [`--use-list=${list}`]), archive] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function extensionsNotForRole(url: string): Promise<string[]> {
  const pool = createPool({ url, max: 1, applicationName: 'causeway restore' });
  try {
    return (await pool.query(NOT_FOR_ROLE)).rows.map((row) => row.name as string);
  } finally {
    await pool.end();
  }
}
