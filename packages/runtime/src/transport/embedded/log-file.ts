/**
 * The file of the embedded log: one SQLite database in the state folder, opened by several processes at once.
 *
 *   topic      one row a topic; ids are never used twice, so a topic made anew is told from the old one
 *   partition  its ends: `low` is the first offset that is still there, `high` the next one to be given
 *   message    the log itself; clustered by (topic, partition, offset), so that one B-tree is written, not two
 *   lease      which consumer of a group is at work on a topic, until when; the epoch fences the one before
 *   consumed   advisory positions of groups, for status displays
 */
import { closeSync, openSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import Database from 'better-sqlite3';

/** Another process commits or checkpoints in tens of milliseconds; waiting longer than this means that it hangs. */
const BUSY_MS = 15_000;
/** Blobs of 350 KiB in pages of 4 KiB are chains of 88 pages; 16 KiB quarters that and keeps small commits small. */
const PAGE_BYTES = 16_384;
/** "Cwlg", so that no other SQLite file is taken for a log. */
const APPLICATION_ID = 0x43776c67;
const LAYOUT_VERSION = 1;

const LAYOUT = `
  CREATE TABLE topic (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    partitions INTEGER NOT NULL,
    backlog_bytes INTEGER,
    config TEXT NOT NULL
  ) STRICT;
  CREATE TABLE partition (
    topic INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE message (
    topic INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    timestamp_ms INTEGER NOT NULL,
    key BLOB,
    headers TEXT,
    value BLOB NOT NULL,
    PRIMARY KEY (topic, partition, "offset")
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE lease (
    group_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (group_id, topic)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE consumed (
    group_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (group_id, topic, partition)
  ) STRICT, WITHOUT ROWID;
`;

export function openLogFile(file: string): Database.Database {
  return orUnusable(file, () => {
    // Made with these rights before SQLite sees it: it holds the source's rows, and its -wal and -shm inherit them.
    closeSync(openSync(file, 'a', 0o600));
    const db = new Database(file, { timeout: BUSY_MS });
    try {
      prepare(db, file);
    } catch (error) {
      db.close();
      throw error;
    }
    return db;
  });
}

function prepare(db: Database.Database, file: string): void {
  db.defaultSafeIntegers(true);
  // Before anything that writes: another program's database must not even get another journal mode.
  const empty = isEmpty(db);
  if (!empty) checkIdentity(db, file);
  if (empty) db.pragma(`page_size = ${PAGE_BYTES}`);
  db.pragma('journal_mode = WAL');
  // Accepted must mean durable: NORMAL would lose the last commits of a WAL with the power.
  db.pragma('synchronous = FULL');
  db.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  db.transaction(() => {
    if (!isEmpty(db)) return checkIdentity(db, file);
    db.exec(LAYOUT);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${LAYOUT_VERSION}`);
  }).immediate();
}

function isEmpty(db: Database.Database): boolean {
  return db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0n;
}

function checkIdentity(db: Database.Database, file: string): void {
  const id = Number(db.pragma('application_id', { simple: true }));
  const version = Number(db.pragma('user_version', { simple: true }));
  if (id !== APPLICATION_ID || version !== LAYOUT_VERSION) throw new Failure('STATE_UNUSABLE', `${file} is no log of this version of causeway`);
}

/** SQLite's own complaints about the file (full disk, no rights, locked) are the operator's to mend. */
export function orUnusable<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('STATE_UNUSABLE', `the embedded log ${file} cannot be used`, { cause });
  }
}
