/**
 * Decides where a source is read: in place when it is quiet, else from a consistent copy in the state folder.
 * - a journal that a crash left behind, or a WAL in a folder that cannot be written: all its files are copied and SQLite
 *   recovers the copy, because recovery writes and the source is not ours to write
 * - a journal or WAL frames of an application at work: SQLite's online backup makes the copy
 * A source read in place is stamped before and after: if the stamps differ, what was read is thrown away.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import Database from 'better-sqlite3';
import { openSource, sourceFailure } from './open-source.ts';

export interface PreparedSource {
  readonly path: string;
  readonly readPath: string;
  readonly copied: 'no' | 'backup' | 'files';
  readonly stamp: string;
  readonly bytes: number;
}

const size = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

/** Changes whenever another process commits: the main file's or the WAL's identity, size or time. */
export function sourceStamp(path: string): string {
  const part = (file: string): string => {
    if (!existsSync(file)) return '-';
    const s = statSync(file, { bigint: true });
    return `${s.ino}:${s.size}:${s.mtimeNs}`;
  };
  // An empty -wal appears when anyone opens the file and holds nothing.
  return `${part(path)}|${size(`${path}-wal`) === 0 ? '-' : part(`${path}-wal`)}`;
}

export async function prepareSource(path: string, workFolder: string, options: { forceCopy: boolean }): Promise<PreparedSource> {
  if (!existsSync(path)) throw new Failure('SOURCE_NOT_FOUND', `${path} does not exist`);
  if (!statSync(path).isFile()) throw new Failure('SOURCE_NOT_FOUND', `${path} is not a file`);
  const stamp = sourceStamp(path);
  const how = options.forceCopy ? 'backup' : wayToRead(path);
  const base = { path, stamp, bytes: statSync(path).size + size(`${path}-wal`) };
  if (how === 'no') return { ...base, readPath: path, copied: 'no' };
  mkdirSync(workFolder, { recursive: true, mode: 0o700 });
  const copy = join(workFolder, 'source.sqlite');
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(copy + suffix, { force: true });
  // Invariant: I12
  if (how === 'files') copyFiles(path, copy);
  else await backUp(path, copy);
  return { ...base, readPath: copy, copied: how };
}

/**
 * SQLite itself says whether the file can be read as it is. A journal without its writer's lock is a crash's: rolling it
 * back would write, and so does making the -shm of a WAL; both are refused to a read-only connection.
 */
function wayToRead(path: string): 'no' | 'backup' | 'files' {
  try {
    openSource(path).close();
  } catch (error) {
    const code = (error as { cause?: { code?: string } }).cause?.code ?? '';
    if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY')) return 'files';
    throw error;
  }
  return size(`${path}-journal`) > 0 || size(`${path}-wal`) > 0 ? 'backup' : 'no';
}

/** Copies main file, WAL and journal, and lets SQLite recover the copy. */
function copyFiles(path: string, copy: string): void {
  try {
    for (const suffix of ['', '-wal', '-journal']) {
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
    }
  } catch (cause) {
    throw new Failure('STATE_UNUSABLE', `the source cannot be copied to the state folder: ${(cause as Error).message}`, { cause });
  }
  settle(path, copy);
}

/** Recovers the copy and takes it out of WAL mode, so that every reader afterwards finds one plain file. */
function settle(path: string, copy: string): void {
  let db: Database.Database | undefined;
  try {
    db = new Database(copy);
    db.pragma('journal_mode = delete');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (cause) {
    throw sourceFailure(path, cause);
  } finally {
    db?.close();
  }
}

/** SQLite's online backup in one step: a consistent copy whatever the application writes meanwhile. */
async function backUp(path: string, copy: string): Promise<void> {
  const db = openSource(path);
  try {
    await db.backup(copy, { progress: () => 2_147_483_647 });
  } catch (cause) {
    throw sourceFailure(path, cause);
  } finally {
    db.close();
  }
  settle(path, copy);
}
