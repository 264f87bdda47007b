/** The source, opened for the few writes that are ours: capture, facts, purge and fence. */
import { Failure } from '@causeway/contracts/failures';
import { readTriggersOnShadowTables, type SourceDatabase, sourceFailure } from '@causeway/runtime/sqlite/open-source';
import Database from 'better-sqlite3';

/** An application's transaction is waited for this long; then it is tried again by whoever called. */
const BUSY_MS = 5_000;

/** Never changes the journal mode; foreign keys act in the application's connections alone. */
export function openWritableSource(path: string): SourceDatabase {
  let db: SourceDatabase | undefined;
  try {
    db = new Database(path, { fileMustExist: true, timeout: BUSY_MS });
    readTriggersOnShadowTables(db);
    db.pragma('foreign_keys = OFF');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    if (db.readonly) throw new Failure('SOURCE_NOT_FOUND', `${path} cannot be written`);
    return db;
  } catch (cause) {
    db?.close();
    throw sourceFailure(path, cause);
  }
}
