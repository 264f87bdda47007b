/** The source, opened for the sink: durable commits, no foreign-key actions of its own, and short waits that do not block this process. */
import { existsSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import { checksCallOwnFunctions } from '@causeway/control/plan/own-function';
import { readTriggersOnShadowTables } from '@causeway/runtime/sqlite/open-source';
import Database from 'better-sqlite3';

const BUSY_MS = 50;

export function openSink(path: string): Database.Database {
  if (!existsSync(path)) throw new Failure('SOURCE_NOT_FOUND', `${path} does not exist`);
  const db = new Database(path, { fileMustExist: true, timeout: BUSY_MS });
  readTriggersOnShadowTables(db);
  db.pragma('foreign_keys = OFF');
  // A commit that was told of must survive the machine: the queue's entries are deleted because of it.
  db.pragma('synchronous = FULL');
  db.pragma('temp_store = MEMORY');
  // A CHECK that calls the application's own function would fail every row; PostgreSQL holds the rows to what became of it.
  if (checksCallOwnFunctions(db)) db.pragma('ignore_check_constraints = ON');
  return db;
}
