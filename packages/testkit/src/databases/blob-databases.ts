/** Blobs and values that are larger than a message. */
import { sqlDatabase } from './sql-database.ts';

const MIB = 1024 * 1024;

/** Bytes without a pattern that compression could remove. */
function noise(length: number, seed: number): Buffer {
  const out = Buffer.allocUnsafe(length);
  let state = Math.imul(seed, 2_654_435_761);
  for (let i = 0; i < length; i += 1) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    out[i] = state >>> 24;
  }
  return out;
}

export const blobDatabases = [
  sqlDatabase({
    name: 'blob-every-byte',
    title: 'every byte alone, all in one, none at all',
    cites: ['21'],
    sql: 'CREATE TABLE bytes (id INTEGER PRIMARY KEY, b BLOB, untyped)',
    fill(db) {
      const insert = db.prepare('INSERT INTO bytes (b, untyped) VALUES (?, ?)');
      for (let byte = 0; byte < 256; byte += 1) insert.run(Buffer.of(byte), Buffer.of(byte, 0, byte));
      const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      insert.run(all, all);
      insert.run(Buffer.alloc(0), null);
      insert.run(null, Buffer.alloc(0));
      insert.run(Buffer.from('\\x00'), Buffer.from('\\N'));
    },
    expect: { outcome: 'equal', rows: { bytes: 260 } },
  }),
  sqlDatabase({
    name: 'blob-text-mixed',
    title: 'text in BLOB columns and blobs in TEXT columns, half and half',
    cites: ['21'],
    sql: `
      CREATE TABLE half (id INTEGER PRIMARY KEY, b BLOB, t TEXT);
      INSERT INTO half VALUES (1, x'00ff', 'text'), (2, 'text', x'00ff'), (3, 'ä', x'c3a4'), (4, x'c3a4', 'ä'), (5, 1, 2), (6, 1.5, 2.5), (7, '', x''), (8, x'', '');`,
    expect: { outcome: 'equal_or_quarantine', rows: { half: 8 }, quarantined: { half: 8 }, note: "text and blob of the same bytes must stay apart or the column's rows be quarantined" },
  }),
  sqlDatabase({
    name: 'blob-larger-than-a-message',
    title: 'values of 1 MiB ± 1, 3 and 12 MiB; the small rows around them still flow',
    cites: ['22'],
    sql: 'CREATE TABLE large (id INTEGER PRIMARY KEY, name TEXT NOT NULL, data BLOB, body TEXT); CREATE TABLE after_it (id INTEGER PRIMARY KEY, v TEXT)',
    fill(db) {
      const insert = db.prepare('INSERT INTO large VALUES (?, ?, ?, ?)');
      const sizes = [10, MIB - 1, MIB, MIB + 1, 3 * MIB, 12 * MIB, 0];
      for (const [i, size] of sizes.entries()) insert.run(i, `blob of ${size}`, noise(size, i + 1), null);
      insert.run(100, 'text of 4 MiB', null, 'ä€👍 '.repeat((4 * MIB) / 10));
      insert.run(101, 'zeros', Buffer.alloc(2 * MIB), '');
      db.exec("INSERT INTO after_it VALUES (1, 'still here')");
    },
    expect: { outcome: 'equal', rows: { large: 9, after_it: 1 } },
  }),
  sqlDatabase({
    name: 'blob-wide-large-row',
    title: 'forty columns of 100 KB: no value is large, the row is',
    cites: ['22'],
    sql: `CREATE TABLE wide_large (id INTEGER PRIMARY KEY, ${Array.from({ length: 40 }, (_, i) => `b${i} BLOB`).join(', ')})`,
    fill(db) {
      const insert = db.prepare(`INSERT INTO wide_large VALUES (?, ${Array.from({ length: 40 }, () => '?').join(', ')})`);
      for (let row = 0; row < 2; row += 1) insert.run(row, ...Array.from({ length: 40 }, (_, i) => noise(100_000, row * 40 + i + 1)));
      insert.run(2, ...Array.from({ length: 40 }, () => null));
    },
    expect: { outcome: 'equal', rows: { wide_large: 3 } },
  }),
  sqlDatabase({
    name: 'blob-large-keys',
    title: 'a blob key and a text key of 2 KB in tables without a rowid',
    cites: ['22', '38', '41'],
    sql: 'CREATE TABLE blob_key (k BLOB NOT NULL PRIMARY KEY, v INTEGER) WITHOUT ROWID; CREATE TABLE text_key (k TEXT NOT NULL PRIMARY KEY, v INTEGER) WITHOUT ROWID',
    fill(db) {
      const blob = db.prepare('INSERT INTO blob_key VALUES (?, ?)');
      const text = db.prepare('INSERT INTO text_key VALUES (?, ?)');
      for (let i = 0; i < 30; i += 1) {
        blob.run(noise(2_000, i + 1), i);
        text.run(noise(1_000, i + 1).toString('hex'), i);
      }
    },
    expect: { outcome: 'equal', rows: { blob_key: 30, text_key: 30 } },
  }),
];
