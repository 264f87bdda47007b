/** `causeway restore`: a backup into an empty database or a new file, checked first and proved afterwards. */
import { existsSync, mkdtempSync, renameSync, rmSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { describeTarget, checkTarget, createPool } from '@causeway/runtime/postgres-pool';
import { type Command, Option } from 'commander';
import { checkFiles, openFiles } from './backup/backup-files.ts';
import { listBackups } from './backup/backup-folder.ts';
import { DUMP, restoredDifferences, shown } from './backup/backup-postgres.ts';
import { checkCopy, SQLITE_FILE } from './backup/backup-sqlite.ts';
import { clientFor } from './backup/dump-programs.ts';
import { type BackupManifest, MANIFEST, readManifest } from './backup/manifest.ts';
import { restoreArchive } from './backup/restore-archive.ts';
import { readKey } from './backup/sealed-stream.ts';
import type { CliContext } from './run-cli.ts';
import { targetAddress } from './target-address.ts';

interface RestoreFlags {
  readonly to?: string;
  readonly keyFile?: string;
  readonly jobs: string;
  readonly owners?: boolean;
  readonly verify: boolean;
  readonly json?: boolean;
}

export function registerRestore(program: Command, context: CliContext): void {
  program
    .command('restore')
    .argument('<backup>', 'folder of a backup, or of all of them: then the newest')
    .requiredOption('--to <place>', 'an empty database (postgres://user@host/database, or @file that holds it), or a new SQLite file')
    .option('--key-file <file>', 'key of an encrypted backup')
    .addOption(new Option('--jobs <number>', 'connections of the restore').default('2'))
    .option('--owners', 'owners and privileges as they were; their roles must be there. Without it all belongs to the role of the address')
    .option('--no-verify', 'do not compare the restored database with the digests of the backup')
    .option('--json', 'print one JSON object as the last line')
    .description('restore a backup; nothing is overwritten. Ends with 1 where the result is not equal to what was backed up')
    .action((folder: string, flags: RestoreFlags) => runRestore(folder, flags, context));
}

interface Opened {
  readonly folder: string;
  readonly manifest: BackupManifest;
  /** Where the files stand in the clear. */
  readonly clear: string;
}

async function runRestore(given: string, flags: RestoreFlags, context: CliContext): Promise<void> {
  const began = performance.now();
  const folder = chosen(resolve(context.cwd, given));
  const manifest = readManifest(folder);
  await checkFiles(folder, manifest.files);
  const to = await inTheClear(folder, manifest, flags, context, (opened) => (manifest.kind === 'sqlite' ? restoreSqlite(opened, flags, context) : restorePostgres(opened, flags, context)));
  const outcome = { restored: manifest.id, kind: manifest.kind, name: manifest.name, to, verified: flags.verify, seconds: (performance.now() - began) / 1000 };
  if (flags.json === true) context.stdout.write(`${JSON.stringify(outcome)}\n`);
  else context.stdout.write(`restored ${JSON.stringify(manifest.name)} of ${manifest.createdAt} into ${to}${flags.verify ? ', proved equal' : ''}\n`);
}

function chosen(folder: string): string {
  if (existsSync(join(folder, MANIFEST))) return folder;
  const newest = listBackups(folder)[0];
  if (newest === undefined) throw new Failure('USAGE', `${folder} holds no backup`);
  return newest.folder;
}

async function inTheClear<T>(folder: string, manifest: BackupManifest, flags: RestoreFlags, context: CliContext, work: (opened: Opened) => Promise<T>): Promise<T> {
  if (!manifest.encrypted) return work({ folder, manifest, clear: folder });
  if (flags.keyFile === undefined) throw new Failure('USAGE', `${folder} is encrypted: give its key with --key-file`);
  const key = readKey(resolve(context.cwd, flags.keyFile));
  const clear = mkdtempSync(join(tmpdir(), 'causeway-restore-'));
  try {
    await openFiles(folder, manifest.files, { id: manifest.id, key, into: clear });
    return await work({ folder, manifest, clear });
  } finally {
    rmSync(clear, { recursive: true, force: true });
  }
}

async function restoreSqlite({ clear }: Opened, flags: RestoreFlags, context: CliContext): Promise<string> {
  const file = resolve(context.cwd, flags.to ?? '');
  // A journal beside it would be played into the restored file.
  for (const there of [file, `${file}-wal`, `${file}-journal`]) if (existsSync(there)) throw new Failure('USAGE', `${there} exists already; nothing is overwritten`);
  const partial = join(dirname(file), `.${basename(file)}.partial`);
  try {
    copyFileSync(join(clear, SQLITE_FILE), partial);
    if (flags.verify) checkCopy(partial);
    renameSync(partial, file);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('BACKUP_FAILED', `${file} cannot be written: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}`, { cause });
  } finally {
    rmSync(partial, { force: true });
  }
  return file;
}

async function restorePostgres({ manifest, clear }: Opened, flags: RestoreFlags, context: CliContext): Promise<string> {
  const { url, warnings } = targetAddress(flags.to, context.environment);
  if (url === null) throw new Failure('USAGE', '--to is required');
  for (const warning of warnings) context.stderr.write(`causeway: warning: ${warning}\n`);
  const major = await emptyDatabase(url);
  const client = clientFor(Math.max(major, Number.parseInt(manifest.client ?? '0', 10)), context);
  const archive = join(clear, DUMP);
  const jobs = Math.max(1, Math.floor(Number(flags.jobs)) || 1);
  await restoreArchive({ url, client, archive, jobs, as: flags.owners === true ? 'owners' : 'own', context });
  if (flags.verify && manifest.digest !== null) {
    const differences = await restoredDifferences({ url, client, archive, context, digest: manifest.digest, sequences: manifest.sequences });
    if (differences.length > 0) throw new Failure('BACKUP_DIFFERENT', shown(differences));
  }
  return describeTarget(url);
}

/** Only into an empty database: what is in the way is somebody's. Returns the server's major version. */
async function emptyDatabase(url: string): Promise<number> {
  const pool = createPool({ url, max: 1, applicationName: 'causeway restore' });
  try {
    const { version } = await checkTarget(pool, url);
    const { rows } = await pool.query("SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') LIMIT 1");
    if (rows.length > 0) throw new Failure('TARGET_NOT_EMPTY', `${describeTarget(url)} holds ${JSON.stringify(rows[0].name)}; restore into an empty database`);
    return Number.parseInt(version, 10);
  } finally {
    await pool.end();
  }
}
