/**
 * Opens a source read-only and turns SQLite's codes into failures a user can act on. Never `immutable=1`: it drops the
 * frames of an unmerged WAL silently.
 */
import { existsSync, statSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import Database from 'better-sqlite3';
import { isBusySource } from '../passing-trouble.ts';

export type SourceDatabase = Database.Database;

export function openSource(path: string): SourceDatabase {
  if (!existsSync(path)) throw new Failure('SOURCE_NOT_FOUND', `${path} does not exist`);
  if (!statSync(path).isFile()) throw new Failure('SOURCE_NOT_FOUND', `${path} is not a file`);
  let db: SourceDatabase | undefined;
  try {
    // Invariant: I11, I12
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
    readTriggersOnShadowTables(db);
    // The application's schema is data here: nothing in it may run functions with side effects.
    db.pragma('trusted_schema = off');
    db.pragma('cell_size_check = on');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (cause) {
    db?.close();
    throw sourceFailure(path, cause);
  }
}

/**
 * The driver opens in SQLite's defensive mode, which calls a schema malformed that has a trigger on the table behind a
 * full-text index. Capture puts its triggers there, as triggers on virtual tables do not exist.
 */
export function readTriggersOnShadowTables(db: SourceDatabase): void {
  db.unsafeMode(true);
}

/** The failure that an error of SQLite on this source means. */
export function sourceFailure(path: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  if (code.startsWith('SQLITE_NOTADB')) return new Failure('SOURCE_NOT_SQLITE', `${path}: ${message}`, { cause: error });
  if (code.startsWith('SQLITE_CORRUPT')) return new Failure('SOURCE_CORRUPT', `${path}: ${message}`, { cause: error });
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_PERM')) {
    return new Failure('SOURCE_NOT_FOUND', `${path} cannot be opened: ${message}`, { cause: error });
  }
  if (code.startsWith('SQLITE_IOERR')) return new Failure('SOURCE_CORRUPT', `${path} cannot be read: ${message}`, { cause: error });
  if (code.startsWith('SQLITE_ERROR')) return new Failure('SOURCE_UNSUPPORTED', `${path}: ${message}`, { cause: error });
  if (isBusySource(error)) return new Failure('SOURCE_BUSY', `${path}: ${message}`, { cause: error });
  return new Failure('INTERNAL', `${path}: ${message}`, { cause: error });
}

/** The same for a statement that was made from the recorded schema: what it names was there. */
export function recordedSourceFailure(path: string, error: unknown): Failure {
  const { code, message = '' } = error as { code?: string; message?: string };
  const gone = code === 'SQLITE_ERROR' && /^no such (?:table|column): /.test(message);
  return gone ? new Failure('SCHEMA_CHANGED', `${path}: ${message.split(' - ', 1)[0]}: the application has renamed or dropped it since the migration was planned`, { cause: error }) : sourceFailure(path, error);
}
