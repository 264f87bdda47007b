/** Whether a source can be followed where it lies. Reads only. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { filesystemOf } from '@causeway/runtime/sqlite/source-filesystem';
import Database from 'better-sqlite3';
import type { DoctorCheck } from './doctor-check.ts';

export function sourceChecks(file: string): DoctorCheck[] {
  const base = { name: 'Source', usedFor: 'the database that is migrated', required: true } as const;
  let mode: string;
  try {
    if (!existsSync(file)) throw new Error('there is no such file');
    const db = new Database(file, { readonly: true, fileMustExist: true });
    mode = String(db.pragma('journal_mode', { simple: true }));
    db.close();
  } catch (error) {
    return [{ ...base, found: `${file}: ${(error as Error).message}`, verdict: 'missing', remedy: 'give the path of an unencrypted SQLite 3 database that this user can read' }];
  }
  return [{ ...base, found: `${file}, journal mode ${mode}, ${statSync(file).size} bytes`, verdict: 'ok' }, place(file, mode), folder(file)];
}

/** A rollback journal needs locks alone, which some of these systems have; WAL needs shared memory, which none has. */
function place(file: string, mode: string): DoctorCheck {
  const found = filesystemOf(file);
  const base = { name: 'Source file system', usedFor: 'reading beside the application that writes', required: true } as const;
  if (found === undefined) return { ...base, found: 'this system does not tell', verdict: 'ok' };
  if (found.local) return { ...base, found: found.name, verdict: 'ok' };
  const remedy = 'run causeway, and the application, on the machine that has the disk; in containers mount a folder of a Linux host or a named volume';
  return { ...base, found: `${found.name}: shared memory and locks do not hold across machines`, verdict: mode === 'wal' ? 'missing' : 'warn', remedy };
}

/** SQLite makes its journals beside the file: a live migration writes there. */
function folder(file: string): DoctorCheck {
  const base = { name: 'Source folder', usedFor: 'a live migration: SQLite makes -wal, -shm and journals beside the file', required: false } as const;
  try {
    for (const path of [file, dirname(file)]) accessSync(path, constants.W_OK);
    return { ...base, found: `${dirname(file)} can be written`, verdict: 'ok' };
  } catch {
    const { uid } = statSync(file);
    return { ...base, found: `${dirname(file)} or the file cannot be written by this user`, verdict: 'warn', remedy: `run as the application's user (uid ${uid}), and mount the folder, not the file alone` };
  }
}
