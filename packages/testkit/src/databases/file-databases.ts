/** Files: what stands beside the main file, what is wrong with it, and how it is called. */
import { chmodSync, closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { HostileDatabase } from './hostile-database.ts';

/** 200 rows over several pages. */
function makePlain(file: string, journal: 'delete' | 'wal' = 'delete'): void {
  const db = new Database(file);
  db.pragma(`journal_mode = ${journal}`);
  db.exec(`
    CREATE TABLE plain (id INTEGER PRIMARY KEY, v TEXT NOT NULL, pad BLOB);
    WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 200) INSERT INTO plain SELECT i, 'row ' || i, zeroblob(300) FROM k;
    CREATE INDEX plain_v ON plain (v);`);
  db.close();
}

/** Makes a database elsewhere, and takes a copy of its files while a connection is in the middle of something. */
function makeFrozen(file: string, suffixes: readonly string[], meanwhile: (db: Database.Database) => void): void {
  const folder = join(dirname(file), 'work');
  mkdirSync(folder);
  const original = join(folder, 'original.sqlite');
  makePlain(original);
  const db = new Database(original);
  try {
    meanwhile(db);
    for (const suffix of ['', ...suffixes]) copyFileSync(original + suffix, file + suffix);
  } finally {
    db.close();
    rmSync(folder, { recursive: true });
  }
}

function makeUnmergedWal(file: string): void {
  makeFrozen(file, ['-wal'], (db) => {
    db.pragma('journal_mode = wal');
    db.pragma('wal_autocheckpoint = 0');
    db.exec("UPDATE plain SET v = 'changed in the wal' WHERE id = 1; DELETE FROM plain WHERE id > 190; CREATE TABLE only_in_wal (id INTEGER PRIMARY KEY); INSERT INTO only_in_wal VALUES (1), (2), (3)");
  });
}

const WAL_ROWS = { plain: 190, only_in_wal: 3 };

/** A writer that died in mid-transaction: the main file holds half of its pages, the journal the old ones. */
function makeHotJournal(file: string): void {
  makeFrozen(file, ['-journal'], (db) => {
    db.pragma('journal_mode = delete');
    db.pragma('synchronous = full');
    db.pragma('cache_size = 2');
    db.exec("BEGIN; UPDATE plain SET v = 'never committed ' || id, pad = zeroblob(310); CREATE TABLE never (id INTEGER)");
    db.exec('DELETE FROM plain WHERE id > 100');
  });
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

const lock = (file: string): void => {
  chmodSync(file, 0o444);
  chmodSync(dirname(file), 0o555);
};
const unlock = (file: string): void => {
  chmodSync(dirname(file), 0o755);
  if (existsSync(file)) chmodSync(file, 0o644);
};

const readable: readonly HostileDatabase[] = [
  { name: 'file-wal-unmerged', title: 'committed rows that stand only in the -wal', cites: ['69'], make: makeUnmergedWal, expect: { outcome: 'equal', rows: WAL_ROWS } },
  {
    name: 'file-wal-read-only-folder',
    title: 'the same in a folder that cannot be written: SQLite cannot make its -shm there',
    cites: ['69', '71'],
    make(file) {
      makeUnmergedWal(file);
      lock(file);
    },
    unlock,
    expect: { outcome: 'equal', rows: WAL_ROWS, note: 'the permissions do not bind root' },
  },
  {
    name: 'file-wal-torn',
    title: 'a -wal whose last transaction is cut: what was committed before it counts',
    cites: ['69'],
    make(file) {
      makeUnmergedWal(file);
      writeFileSync(`${file}-wal`, readFileSync(`${file}-wal`).subarray(0, -100));
    },
    expect: { outcome: 'equal', rows: { plain: 190, only_in_wal: 0 }, note: 'the INSERT into only_in_wal was the last transaction' },
  },
  {
    name: 'file-wal-foreign',
    title: 'a -wal that belongs to another database: SQLite ignores it, and so its rows',
    cites: ['69'],
    make(file) {
      makePlain(file, 'wal');
      writeFileSync(`${file}-wal`, Buffer.alloc(4_152, 0x5a));
    },
    expect: { outcome: 'equal', rows: { plain: 200 } },
  },
  { name: 'file-wal-mode-clean', title: 'WAL mode, nothing unmerged', cites: ['69'], make: (file) => makePlain(file, 'wal'), expect: { outcome: 'equal', rows: { plain: 200 } } },
  {
    name: 'file-wal-mode-read-only-folder',
    title: 'WAL mode without a -wal in a folder that cannot be written',
    cites: ['71'],
    make(file) {
      makePlain(file, 'wal');
      lock(file);
    },
    unlock,
    expect: { outcome: 'equal', rows: { plain: 200 } },
  },
  {
    name: 'file-read-only-folder',
    title: 'a read-only file in a read-only folder',
    cites: ['71'],
    make(file) {
      makePlain(file);
      lock(file);
    },
    unlock,
    expect: { outcome: 'equal', rows: { plain: 200 } },
  },
  { name: 'file-hot-journal', title: 'a rollback journal of a writer that died: the uncommitted pages must not be read', cites: ['69'], make: makeHotJournal, expect: { outcome: 'equal', rows: { plain: 200 } } },
  {
    name: 'file-stale-journal',
    title: 'a journal whose header is zeroed (journal_mode=persist) is finished',
    cites: ['69'],
    make(file) {
      makePlain(file);
      writeFileSync(`${file}-journal`, Buffer.alloc(2_048));
    },
    expect: { outcome: 'equal', rows: { plain: 200 } },
  },
  { name: 'file-odd-name', title: 'a path with blanks, #, ?, %20, quotes and an umlaut', cites: ['71'], fileName: "mode=ro ü #1?immutable=1&x=%20 'q' \"d\".sqlite", make: (file) => makePlain(file), expect: { outcome: 'equal', rows: { plain: 200 } } },
  { name: 'file-dash-name', title: 'a name that begins with a dash and has no suffix', cites: ['71'], fileName: '--version', make: (file) => makePlain(file), expect: { outcome: 'equal', rows: { plain: 200 } } },
  { name: 'file-uri-name', title: 'a name that looks like a URI', cites: ['71'], fileName: 'file:memory', make: (file) => makePlain(file), expect: { outcome: 'equal', rows: { plain: 200 } } },
  {
    name: 'file-symlink',
    title: 'a symbolic link to a database with unmerged frames beside the real file',
    cites: ['69', '71'],
    make(file) {
      const real = join(dirname(file), 'real folder');
      mkdirSync(real);
      makeUnmergedWal(join(real, 'app.db'));
      symlinkSync(join('real folder', 'app.db'), file);
    },
    expect: { outcome: 'equal', rows: WAL_ROWS },
  },
  {
    name: 'file-page-sizes',
    title: 'pages of 512 bytes, auto_vacuum, a freelist, a user_version',
    cites: ['69'],
    make(file) {
      const db = new Database(file);
      db.exec('PRAGMA page_size = 512; PRAGMA auto_vacuum = incremental; PRAGMA user_version = -7; PRAGMA application_id = 1');
      db.exec('CREATE TABLE gone (b BLOB); INSERT INTO gone VALUES (zeroblob(90000)); CREATE TABLE kept (id INTEGER PRIMARY KEY, b BLOB); INSERT INTO kept VALUES (1, zeroblob(5000)), (2, NULL); DROP TABLE gone');
      db.close();
    },
    expect: { outcome: 'equal', rows: { kept: 2 } },
  },
  { name: 'file-empty', title: 'zero bytes are an empty database', cites: ['70'], make: (file) => writeFileSync(file, ''), expect: { outcome: 'equal', rows: {}, note: 'a success with no tables' } },
  {
    name: 'file-no-tables',
    title: 'a database without a table',
    cites: ['70', '34'],
    make(file) {
      const db = new Database(file);
      db.exec('CREATE TABLE t (a); DROP TABLE t');
      db.close();
    },
    expect: { outcome: 'equal', rows: {} },
  },
];

const refused: readonly HostileDatabase[] = [
  {
    name: 'file-truncated',
    title: 'a file that ends in the middle',
    cites: ['70'],
    make(file) {
      makePlain(file);
      truncateSync(file, 4_096 * 9 + 100);
    },
    expect: { outcome: 'refused', rows: {}, failure: 'SOURCE_CORRUPT' },
  },
  {
    name: 'file-corrupt-page',
    title: 'one table page overwritten: the schema still reads',
    cites: ['70'],
    make(file) {
      makePlain(file);
      overwrite(file, 4_096 * 4, Buffer.alloc(4_096, 0xee));
    },
    expect: { outcome: 'refused', rows: {}, failure: 'SOURCE_CORRUPT' },
  },
  {
    name: 'file-corrupt-schema',
    title: 'the first page is damaged behind a good header',
    cites: ['70'],
    make(file) {
      makePlain(file);
      overwrite(file, 100, Buffer.alloc(3_996, 0x41));
    },
    expect: { outcome: 'refused', rows: {}, failure: 'SOURCE_CORRUPT' },
  },
  { name: 'file-text', title: 'a text file', cites: ['70'], make: (file) => writeFileSync(file, 'id,name\n1,this is not a database\n'.repeat(200)), expect: { outcome: 'refused', rows: {}, failure: 'SOURCE_NOT_SQLITE' } },
  {
    name: 'file-encrypted',
    title: 'bytes without any pattern, in whole pages, as an encrypted database has them',
    cites: ['70', '160'],
    make: (file) => writeFileSync(file, Buffer.from(Array.from({ length: 8_192 }, (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 13) & 0xff))),
    expect: { outcome: 'refused', rows: {}, failure: 'SOURCE_NOT_SQLITE' },
  },
  {
    name: 'file-header-only',
    title: 'the magic words of SQLite and nothing after them',
    cites: ['70'],
    make: (file) => writeFileSync(file, 'SQLite format 3\0'),
    expect: { outcome: 'refused', rows: {}, failure: 'SOURCE_NOT_SQLITE' },
  },
  { name: 'file-folder', title: 'a folder', cites: ['71'], make: (file) => mkdirSync(file), expect: { outcome: 'refused', rows: {}, failure: 'SOURCE_NOT_FOUND' } },
  {
    name: 'file-missing',
    title: 'a path where nothing is: it must not be created',
    cites: ['71'],
    make(file) {
      makePlain(file);
      renameSync(file, `${file}.moved`);
    },
    expect: { outcome: 'refused', rows: {}, failure: 'SOURCE_NOT_FOUND' },
  },
  { name: 'file-dangling-link', title: 'a symbolic link to nothing', cites: ['71'], make: (file) => symlinkSync('nowhere.sqlite', file), expect: { outcome: 'refused', rows: {}, failure: 'SOURCE_NOT_FOUND' } },
];

export const fileDatabases: readonly HostileDatabase[] = [...readable, ...refused];
