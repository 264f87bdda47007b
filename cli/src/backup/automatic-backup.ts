/** Backups that commands take by themselves: of the source before it is migrated, of the target after it has become the primary. */
import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import type { CliContext } from '../run-cli.ts';
import { rotate } from './backup-folder.ts';
import { backupPostgres, type MadeBackup } from './backup-postgres.ts';
import { backupSqlite } from './backup-sqlite.ts';

/** Enough to go back behind a migration that was begun anew twice. */
const KEEP = 3;
/** Room that stays free beside the copy. */
const SPARE = 1.1;

export function backupsFolder(state: string): string {
  return join(state, 'backups');
}

export interface SourceBackup {
  /** File that is read. */
  readonly file: string;
  /** Name of the source, where the file is a copy of it. */
  readonly name: string;
  readonly root: string;
  readonly context: Pick<CliContext, 'signal'>;
  readonly note: (text: string) => void;
}

/** Where the disk lacks room it is skipped, and says so: the source is only read, and a migration must not fill a disk. */
export async function backupSourceFirst({ file, name, root, context, note }: SourceBackup): Promise<void> {
  const needed = statSync(file).size * SPARE;
  const free = freeBytes(root);
  if (free < needed) {
    note(`no backup of the source: it needs ${mebibytes(needed)}, and ${root} has ${mebibytes(free)} free; --no-backup says so in advance`);
    return;
  }
  const { folder, manifest } = await backupSqlite({ file, name, root, reason: 'before the migration', key: undefined, verify: false, context });
  rotate(root, manifest, KEEP);
  note(`backup of the source: ${folder} (${mebibytes(manifest.bytes)}, ${manifest.seconds.toFixed(1)} s)`);
}

export interface TargetBackup {
  readonly url: string;
  readonly root: string;
  readonly reason: string;
  readonly context: Pick<CliContext, 'environment' | 'signal'>;
  readonly tell: (text: string) => void;
}

/** Dumped, restored, and proved equal; throws what is in the way of that. */
export async function backupTarget({ url, root, reason, context, tell }: TargetBackup): Promise<MadeBackup> {
  const made = await backupPostgres({ url, root, reason, format: 'directory', jobs: 2, key: undefined, verify: true, context, tell });
  rotate(root, made.manifest, KEEP);
  tell(`backup of the target, proved equal: ${made.folder}`);
  return made;
}

/** After the switch PostgreSQL is the primary already: a backup that cannot be had is told, and does not undo it. */
export async function backupAfterSwitch(backup: TargetBackup, warn: (text: string) => void): Promise<string | null> {
  try {
    return (await backupTarget(backup)).folder;
  } catch (error) {
    backup.context.signal.throwIfAborted();
    const { code, message, remedy } = error instanceof Failure ? error : new Failure('BACKUP_FAILED', (error as Error).message);
    warn(`causeway: warning: no backup of the target: ${code}: ${message}; ${remedy}`);
    return null;
  }
}

function freeBytes(root: string): number {
  let folder = root;
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
