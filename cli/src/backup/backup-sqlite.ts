/** A backup of the source by SQLite's online backup: a committed state, while the application goes on writing. */
import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import Database from 'better-sqlite3';
import type { CliContext } from '../run-cli.ts';
import { backupId, inNewFolder } from './backup-folder.ts';
import { recordFiles } from './backup-files.ts';
import type { MadeBackup } from './backup-postgres.ts';
import { type BackupManifest, writeManifest } from './manifest.ts';

export interface SqliteBackupOptions {
  readonly file: string;
  /** Name in the manifest where the file is a copy; default: the file's own. */
  readonly name?: string;
  readonly root: string;
  readonly reason: string;
  readonly key: Buffer | undefined;
  readonly verify: boolean;
  readonly context: Pick<CliContext, 'signal'>;
}

export const SQLITE_FILE = 'source.sqlite';
/** Pages between two looks at the signal: 16 MiB of 4 KiB pages. */
const STEP_PAGES = 4_096;

export async function backupSqlite(options: SqliteBackupOptions): Promise<MadeBackup> {
  const began = performance.now();
  const createdAt = new Date();
  const name = options.name ?? basename(options.file);
  const id = backupId(name, createdAt);
  const { folder, value } = await inNewFolder(options.root, id, async (partial) => {
    const copy = join(partial, SQLITE_FILE);
    await copyDatabase(options.file, copy, options.context.signal);
    const verified = options.verify ? checkCopy(copy) : null;
    const files = await recordFiles(partial, id, options.key);
    const manifest: BackupManifest = {
      format: 1, id, kind: 'sqlite', name, createdAt: createdAt.toISOString(), reason: options.reason, dump: 'file', server: null, client: null,
      encrypted: options.key !== undefined, bytes: files.reduce((sum, file) => sum + file.bytes, 0), files, digest: null, sequences: [], seconds: (performance.now() - began) / 1000, verified,
    };
    writeManifest(partial, manifest);
    return manifest;
  });
  return { folder, manifest: value };
}

async function copyDatabase(file: string, copy: string, signal: AbortSignal): Promise<void> {
  let db: Database.Database;
  try {
    statSync(file);
    db = new Database(file, { readonly: true, fileMustExist: true });
  } catch (cause) {
    throw new Failure('SOURCE_NOT_FOUND', `${file}: ${(cause as NodeJS.ErrnoException).code ?? 'cannot be opened'}`, { cause });
  }
  try {
    await db.backup(copy, {
      progress: () => {
        signal.throwIfAborted();
        return STEP_PAGES;
      },
    });
  } catch (cause) {
    signal.throwIfAborted();
    const { code = '', message } = cause as { code?: string; message: string };
    if (code === 'SQLITE_NOTADB') throw new Failure('SOURCE_NOT_SQLITE', `${file} is not an SQLite database, or it is encrypted`, { cause });
    throw new Failure('BACKUP_FAILED', `${file}: ${message}`, { cause });
  } finally {
    db.close();
    await Promise.all(['-journal', '-wal', '-shm'].map((suffix) => rm(`${copy}${suffix}`, { force: true })));
  }
}

/** The copy is read whole. What the source has as damage, the copy has too. */
export function checkCopy(copy: string): NonNullable<BackupManifest['verified']> {
  const started = performance.now();
  const db = new Database(copy, { readonly: true });
  try {
    // Checks of a hostile file are expressions: they get no function with side effects.
    db.pragma('trusted_schema = OFF');
    const answer = db.pragma('integrity_check(1)', { simple: true });
    if (answer !== 'ok') throw new Failure('SOURCE_CORRUPT', `a copy of it was made, but SQLite finds damage in it: ${String(answer).split('\n', 1)[0]}`);
  } finally {
    db.close();
  }
  return { at: new Date().toISOString(), seconds: (performance.now() - started) / 1000 };
}
