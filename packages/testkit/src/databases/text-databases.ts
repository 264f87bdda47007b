/** Text: what COPY reads specially, what PostgreSQL refuses, what JavaScript changes silently. */
import type Database from 'better-sqlite3';
import { sqlDatabase } from './sql-database.ts';

const COPY_SPECIALS = ['\\N', '\\.', '\\.\n', 'a\n\\.\nb', 'tab\tin', 'line\nfeed', 'carriage\rreturn', 'both\r\nends', 'back\\slash', '\\', '\\\\', '\\t', '\\x41', 'NULL', 'null', '"quoted"', '""', "it's", '{a,b}', '(1,2)', ',', ';', '\b\f\v', '\u0001\u001f\u007f', '$1', ':x', '?', '%s', '-- comment', '/* */'];
const SCRIPTS = ['\ufeffBOM first', 'e\u0301 decomposed', 'é composed', '\ufffd was here already', '\uffff\ufffe', '👩‍👩‍👧‍👦', '🏳️‍🌈 \u{10ffff}', '\u202eright to left\u202c', 'שלום عليكم', 'ǅ ﬃ ß ẞ', '\u00a0\u2003\u3000', '\u200b\u200d', '𝔘𝔫𝔦', '\ue000\uf8ff', 'i̇ İ ı I', '中文字符', 'a\u0085b\u2028c\u2029d'];
const BLANKS = ['Edinburgh ', ' lead', '  ', ' ', '', '\n', '\t', 'a  b', 'end\n', 'nbsp\u00a0'];

const textTable = (name: string, values: readonly string[]) => (db: Database.Database): void => {
  db.exec(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY, t TEXT NOT NULL, v VARCHAR(40), c CHAR(40), u)`);
  const insert = db.prepare(`INSERT INTO ${name} (t, v, c, u) VALUES (?, ?, ?, ?)`);
  for (const value of values) insert.run(value, value, value, value);
};

export const textDatabases = [
  sqlDatabase({ name: 'text-copy-specials', title: 'everything that COPY, CSV, arrays and parameters read specially', cites: ['14', '64'], fill: textTable('special', COPY_SPECIALS), expect: { outcome: 'equal', rows: { special: COPY_SPECIALS.length } } }),
  sqlDatabase({ name: 'text-blanks', title: 'leading and trailing blanks, and the empty string', cites: ['15'], fill: textTable('blanks', BLANKS), expect: { outcome: 'equal', rows: { blanks: BLANKS.length } } }),
  sqlDatabase({ name: 'text-scripts', title: 'composed and decomposed, emoji, U+FFFD that is really in the data, noncharacters', cites: ['15'], fill: textTable('scripts', SCRIPTS), expect: { outcome: 'equal', rows: { scripts: SCRIPTS.length } } }),
  sqlDatabase({
    name: 'text-nul',
    title: 'NUL at the beginning, in the middle and at the end',
    cites: ['16'],
    sql: `
      CREATE TABLE zero (id INTEGER PRIMARY KEY, t TEXT);
      INSERT INTO zero VALUES (1, 'a' || char(0) || 'b'), (2, char(0)), (3, 'end' || char(0)), (4, char(0) || 'begin'), (5, 'a'), (6, 'a' || char(0) || 'c'), (7, NULL), (8, 'literal \\0 and \\u0000');`,
    expect: { outcome: 'equal_or_quarantine', rows: { zero: 8 }, quarantined: { zero: 5 } },
  }),
  sqlDatabase({
    name: 'text-nul-among-many',
    title: 'two NULs among 400 texts: those two rows are quarantined, the others stay text',
    cites: ['16'],
    sql: `
      CREATE TABLE message (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
      WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 400) INSERT INTO message SELECT i, 'message ' || i FROM k;
      UPDATE message SET body = 'cut' || char(0) || 'here' WHERE id IN (17, 391);`,
    expect: { outcome: 'quarantine', rows: { message: 400 }, quarantined: { message: 2 } },
  }),
  sqlDatabase({
    name: 'text-bad-utf8',
    title: 'Latin-1, overlong forms, surrogates, cut sequences, bytes that never occur',
    cites: ['17', '18'],
    sql: `
      CREATE TABLE bad (id INTEGER PRIMARY KEY, t TEXT);
      INSERT INTO bad VALUES (1, CAST(x'c3' AS TEXT)), (2, CAST(x'4de97473' AS TEXT)), (3, CAST(x'c0af' AS TEXT)), (4, CAST(x'eda080' AS TEXT)), (5, CAST(x'eda0bdedb88d' AS TEXT)), (6, CAST(x'f4908080' AS TEXT)), (7, CAST(x'fffe' AS TEXT)),
        (8, CAST(x'e282' AS TEXT)), (9, CAST(x'80' AS TEXT)), (10, 'good'), (11, CAST(x'efbfbd' AS TEXT)), (12, CAST(x'c080' AS TEXT));`,
    expect: { outcome: 'equal_or_quarantine', rows: { bad: 12 }, quarantined: { bad: 10 }, note: 'row 11 is a real U+FFFD and good' },
  }),
  sqlDatabase({
    name: 'text-bad-utf8-among-many',
    title: 'two texts that differ only in which bytes are invalid',
    cites: ['17'],
    sql: `
      CREATE TABLE imported (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
      WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 400) INSERT INTO imported SELECT i, 'name ' || i FROM k;
      UPDATE imported SET name = CAST(x'4d81' AS TEXT) WHERE id = 5;
      UPDATE imported SET name = CAST(x'4d82' AS TEXT) WHERE id = 6;`,
    expect: { outcome: 'quarantine', rows: { imported: 400 }, quarantined: { imported: 2 } },
  }),
  sqlDatabase({
    name: 'text-bad-utf8-keys',
    title: 'keys that become one key once decoded to U+FFFD',
    cites: ['17', '38'],
    sql: `
      CREATE TABLE bad_key (k TEXT NOT NULL PRIMARY KEY, v INTEGER) WITHOUT ROWID;
      INSERT INTO bad_key VALUES (CAST(x'80' AS TEXT), 1), (CAST(x'81' AS TEXT), 2), (CAST(x'efbfbd' AS TEXT), 3), ('ok', 4), ('nul' || char(0), 5), ('nul', 6);`,
    expect: { outcome: 'equal_or_quarantine', rows: { bad_key: 6 }, quarantined: { bad_key: 3 } },
  }),
  sqlDatabase({
    name: 'text-null-empty-blob',
    title: "NULL, '' and x'' are three values",
    cites: ['15', '21'],
    sql: `
      CREATE TABLE three (id INTEGER PRIMARY KEY, t TEXT, b BLOB, u);
      INSERT INTO three VALUES (1, NULL, NULL, NULL), (2, '', x'', ''), (3, 'a', x'61', x'');`,
    expect: { outcome: 'equal_or_quarantine', rows: { three: 3 }, quarantined: { three: 1 } },
  }),
  sqlDatabase({
    name: 'text-not-text',
    title: 'blobs in TEXT columns; numbers that TEXT affinity turned into text',
    cites: ['3', '21'],
    sql: `
      CREATE TABLE not_text (id INTEGER PRIMARY KEY, t TEXT, v VARCHAR(10));
      INSERT INTO not_text VALUES (1, 'text', 'text'), (2, x'74657874', x'ff'), (3, 1.5, 1), (4, 0.1 + 0.2, 1e300), (5, x'00', x''), (6, 9223372036854775807, -0.0);`,
    expect: { outcome: 'equal_or_quarantine', rows: { not_text: 6 }, quarantined: { not_text: 2 } },
  }),
  sqlDatabase({
    name: 'text-long-unique',
    title: 'a 9 KB unique text: too long for a btree entry, so the index is reported and the rows arrive',
    cites: ['53'],
    sql: 'CREATE TABLE long_unique (id INTEGER PRIMARY KEY, t TEXT NOT NULL UNIQUE); CREATE INDEX long_index ON long_unique (t, id)',
    fill(db) {
      const insert = db.prepare('INSERT INTO long_unique (t) VALUES (?)');
      // Not compressible, or PostgreSQL would make it fit.
      for (let row = 0; row < 5; row += 1) insert.run(Array.from({ length: 9_000 }, (_, i) => String.fromCodePoint(33 + (((i + 7 * row) * 2_654_435_761) >>> 0) % 1_000)).join(''));
      insert.run('short');
    },
    expect: { outcome: 'equal', rows: { long_unique: 6 }, reported: ['long_index'] },
  }),
  sqlDatabase({
    name: 'text-utf16le',
    title: 'a UTF-16 little-endian database',
    cites: ['67'],
    encoding: 'UTF-16le',
    fill: textTable('scripts', SCRIPTS),
    expect: { outcome: 'equal', rows: { scripts: SCRIPTS.length } },
  }),
  sqlDatabase({
    name: 'text-utf16be',
    title: 'a UTF-16 big-endian database',
    cites: ['67'],
    encoding: 'UTF-16be',
    fill: textTable('special', [...COPY_SPECIALS, ...BLANKS]),
    expect: { outcome: 'equal', rows: { special: COPY_SPECIALS.length + BLANKS.length } },
  }),
  sqlDatabase({
    name: 'text-utf16-keys',
    title: 'text keys in a UTF-16 database: its order is not that of UTF-8 bytes',
    cites: ['67', '38'],
    encoding: 'UTF-16le',
    sql: `
      CREATE TABLE wide_key (k TEXT NOT NULL PRIMARY KEY, v INTEGER) WITHOUT ROWID;
      INSERT INTO wide_key VALUES ('a', 1), ('ÿ', 2), (char(0xffee), 3), (char(0x10000), 4), (char(0x1f600), 5), (char(0xe000), 6), ('', 7), ('Ā', 8);`,
    expect: { outcome: 'equal', rows: { wide_key: 8 } },
  }),
];
