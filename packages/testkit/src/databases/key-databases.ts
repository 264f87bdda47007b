/** Keys: none, all kinds, extremes, and what looks like one. */
import { sqlDatabase } from './sql-database.ts';

const MAX = '9223372036854775807';

export const keyDatabases = [
  sqlDatabase({
    name: 'key-none',
    title: 'no key: equal rows twice and thrice, rows of nothing but NULL',
    cites: ['35'],
    sql: `
      CREATE TABLE log (at TEXT, what TEXT, n INTEGER);
      WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 150) INSERT INTO log SELECT 'day', 'same', 1 FROM k;
      INSERT INTO log VALUES (NULL, NULL, NULL), (NULL, NULL, NULL), (NULL, NULL, NULL), ('day', 'same', 2), ('', '', 0), ('', '', 0);
      CREATE TABLE single (only_column);
      INSERT INTO single VALUES (1), (1), (NULL), (NULL), (2);`,
    expect: { outcome: 'equal', rows: { log: 156, single: 5 } },
  }),
  sqlDatabase({
    name: 'key-rowid-names',
    title: 'columns called rowid, _rowid_ and oid hide the real one',
    cites: ['37'],
    sql: `
      CREATE TABLE one_hidden (rowid TEXT, v INTEGER);
      INSERT INTO one_hidden VALUES ('same', 1), ('same', 2), (NULL, 3);
      CREATE TABLE all_hidden (rowid TEXT, _rowid_ INTEGER, oid BLOB);
      INSERT INTO all_hidden VALUES ('a', 1, x'01'), ('a', 1, x'01'), (NULL, NULL, NULL), ('b', 2, x'02');
      CREATE TABLE cased (ROWID INTEGER, Oid TEXT, v TEXT);
      INSERT INTO cased VALUES (5, 'x', 'a'), (5, 'x', 'a'), (4, 'y', 'b');
      CREATE TABLE alias (oid INTEGER PRIMARY KEY, rowid TEXT);
      INSERT INTO alias VALUES (-7, 'seven'), (0, 'zero');`,
    expect: { outcome: 'equal', rows: { one_hidden: 3, all_hidden: 4, cased: 3, alias: 2 } },
  }),
  sqlDatabase({
    name: 'key-typeless',
    title: "1, '1', x'31' and 1.5 are four keys of a typeless column",
    cites: ['38'],
    sql: `
      CREATE TABLE typeless (k PRIMARY KEY NOT NULL, v TEXT);
      INSERT INTO typeless VALUES (1, 'integer'), ('1', 'text'), (x'31', 'blob'), (1.5, 'real'), ('1.5', 'text'), (-1, 'negative'), ('', 'empty'), (x'', 'empty blob');`,
    expect: { outcome: 'equal_or_quarantine', rows: { typeless: 8 }, quarantined: { typeless: 8 }, note: 'as text 1 and the text 1 collide: neither may vanish' },
  }),
  sqlDatabase({
    name: 'key-composite',
    title: 'composite keys of every class, in another order than the columns',
    cites: ['38'],
    sql: `
      CREATE TABLE composite (v TEXT, b BLOB NOT NULL, n INTEGER NOT NULL, t TEXT NOT NULL, r REAL NOT NULL, PRIMARY KEY (t, n, b, r));
      WITH RECURSIVE k (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < 199) INSERT INTO composite SELECT 'row ' || i, CAST(char(65 + i % 3) AS BLOB), i % 5 - 2, CASE i % 4 WHEN 0 THEN '' WHEN 1 THEN 'ä' WHEN 2 THEN 'Z' ELSE 'a ' END, i / 7.0 FROM k;`,
    expect: { outcome: 'equal', rows: { composite: 200 } },
  }),
  sqlDatabase({
    name: 'key-real',
    title: 'reals as keys: neighbours, infinities, zero',
    cites: ['38', '7'],
    sql: 'CREATE TABLE real_key (k REAL PRIMARY KEY NOT NULL, v INTEGER) WITHOUT ROWID; INSERT INTO real_key VALUES (0.1, 1), (0.1 + 0.2, 2), (0.3, 3), (9e999, 4), (-9e999, 5), (0, 6), (5e-324, 7), (-1e300, 8);',
    expect: { outcome: 'equal', rows: { real_key: 8 } },
  }),
  sqlDatabase({
    name: 'key-null',
    title: 'NULL in a PRIMARY KEY, several times',
    cites: ['39'],
    sql: `
      CREATE TABLE null_key (k TEXT PRIMARY KEY, v INTEGER);
      INSERT INTO null_key VALUES (NULL, 1), (NULL, 2), ('a', 3), ('', 4);
      CREATE TABLE null_part (a INT, b INT, v TEXT, PRIMARY KEY (a, b));
      INSERT INTO null_part VALUES (1, NULL, 'x'), (1, NULL, 'x'), (NULL, NULL, 'y'), (1, 1, 'z');`,
    expect: { outcome: 'equal_or_quarantine', rows: { null_key: 4, null_part: 4 }, quarantined: { null_key: 2, null_part: 3 } },
  }),
  sqlDatabase({
    name: 'key-not-the-rowid',
    title: 'INT PRIMARY KEY and INTEGER PRIMARY KEY DESC are not the rowid',
    cites: ['40'],
    sql: `
      CREATE TABLE int_key (id INT PRIMARY KEY, v TEXT);
      INSERT INTO int_key VALUES (30, 'first'), (10, 'second'), (${MAX}, 'third'), (-5, 'fourth');
      CREATE TABLE desc_key (id INTEGER PRIMARY KEY DESC, v TEXT);
      INSERT INTO desc_key VALUES (3, 'a'), (1, 'b'), (2, 'c');
      CREATE TABLE declared_twice (id INTEGER, v TEXT, PRIMARY KEY (id));
      INSERT INTO declared_twice VALUES (3, 'a'), (1, 'b');
      CREATE TABLE text_in_int_key (id INT PRIMARY KEY NOT NULL);
      INSERT INTO text_in_int_key VALUES (1), (2), ('three');`,
    expect: { outcome: 'equal_or_quarantine', rows: { int_key: 4, desc_key: 3, declared_twice: 2, text_in_int_key: 3 }, quarantined: { text_in_int_key: 1 } },
  }),
  sqlDatabase({
    name: 'key-without-rowid',
    title: 'tables without a rowid: text, blob, composite with DESC and collation',
    cites: ['41'],
    sql: `
      CREATE TABLE wr_text (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
      INSERT INTO wr_text VALUES ('', 1), ('a', 2), ('A', 3), ('ä', 4), (' ', 5), ('👍', 6), ('zz', 7);
      CREATE TABLE wr_blob (k BLOB PRIMARY KEY, v TEXT) WITHOUT ROWID;
      INSERT INTO wr_blob VALUES (x'', 'none'), (x'00', 'nul'), (x'0000', 'two'), (x'ff', 'last'), ('text', 'text');
      CREATE TABLE wr_mixed (a TEXT COLLATE NOCASE, b INTEGER, v TEXT, PRIMARY KEY (a, b DESC)) WITHOUT ROWID;
      INSERT INTO wr_mixed VALUES ('x', 1, 'a'), ('X', 2, 'b'), ('x', 3, 'c'), ('Y', ${MAX}, 'd'), ('y', -${MAX}, 'e');`,
    expect: { outcome: 'equal_or_quarantine', rows: { wr_text: 7, wr_blob: 5, wr_mixed: 5 }, quarantined: { wr_blob: 1 } },
  }),
  sqlDatabase({
    name: 'key-autoincrement',
    title: 'sequences beyond the last id, of an emptied table, exhausted, negative',
    cites: ['42', '34'],
    sql: `
      CREATE TABLE gap (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
      INSERT INTO gap VALUES (1, 'a'), (500, 'gone'); DELETE FROM gap WHERE id = 500;
      CREATE TABLE emptied (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
      INSERT INTO emptied VALUES (77, 'gone'); DELETE FROM emptied;
      CREATE TABLE exhausted (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
      INSERT INTO exhausted VALUES (${MAX}, 'last');
      CREATE TABLE below_zero (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
      INSERT INTO below_zero VALUES (-10, 'a'), (-3, 'b');
      CREATE TABLE plain (id INTEGER PRIMARY KEY, v TEXT);
      INSERT INTO plain VALUES (41, 'a');
      CREATE TABLE never_used (id INTEGER PRIMARY KEY AUTOINCREMENT);`,
    expect: { outcome: 'equal', rows: { gap: 1, emptied: 0, exhausted: 1, below_zero: 2, plain: 1, never_used: 0 }, note: 'next ids: 501, 78, none, 1, 42, 1' },
  }),
  sqlDatabase({
    name: 'key-collated',
    title: 'a NOCASE key, an RTRIM key, and a BINARY key in no language\'s order',
    cites: ['38', '46', '52'],
    sql: `
      CREATE TABLE nocase (k TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, v INTEGER);
      INSERT INTO nocase VALUES ('Alice', 1), ('bob', 2), ('Ärger', 3), ('ärger', 4), ('_', 5), ('ALICE2', 6);
      CREATE TABLE rtrim (k TEXT COLLATE RTRIM PRIMARY KEY NOT NULL, v INTEGER);
      INSERT INTO rtrim VALUES ('a  ', 1), ('b', 2), (' c', 3);
      CREATE TABLE binary_order (k TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;
      INSERT INTO binary_order VALUES ('a'), ('A'), ('b'), ('B'), ('ä'), ('Ä'), ('z'), ('-a'), ('a-b'), ('ab'), ('1'), ('10'), ('2'), ('é'), ('e' || char(769));`,
    expect: { outcome: 'equal', rows: { nocase: 6, rtrim: 3, binary_order: 15 } },
  }),
  sqlDatabase({
    name: 'key-empty-tables',
    title: 'empty tables of every shape exist in the target',
    cites: ['34'],
    sql: `
      CREATE TABLE no_rows (id INTEGER PRIMARY KEY, t TEXT, d DECIMAL(5,2), at DATETIME, b BOOLEAN, x BLOB, u UUID, j JSON);
      CREATE TABLE no_rows_at_all (a);
      CREATE TABLE no_rows_wr (k TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE no_rows_auto (id INTEGER PRIMARY KEY AUTOINCREMENT, parent INTEGER REFERENCES no_rows (id));`,
    expect: { outcome: 'equal', rows: { no_rows: 0, no_rows_at_all: 0, no_rows_wr: 0, no_rows_auto: 0 } },
  }),
];
