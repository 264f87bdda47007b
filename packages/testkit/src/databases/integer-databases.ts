/** Integers: all 64 bits, and whatever else stands in columns that are declared as integers. */
import { sqlDatabase } from './sql-database.ts';

export const integerDatabases = [
  sqlDatabase({
    name: 'integer-edges',
    title: 'every edge of 64 bits, as key and as value',
    cites: ['1', '2', '36'],
    sql: `
      CREATE TABLE edge (id INTEGER PRIMARY KEY, v INTEGER, w BIGINT NOT NULL);
      INSERT INTO edge VALUES (-9223372036854775808, -9223372036854775808, 9223372036854775807), (-9007199254740993, -9007199254740993, 1), (-2147483649, -2147483649, 2),
        (-1, -1, 3), (0, 0, 0), (1, NULL, -1), (32768, 32768, 32767), (2147483648, 2147483648, 2147483647), (9007199254740991, 9007199254740992, 9007199254740993),
        (9007199254740993, 9007199254740993, 9007199254740995), (1627303906122, 13271347200000000, 1), (9223372036854775807, 9223372036854775807, -9223372036854775808);`,
    expect: { outcome: 'equal', rows: { edge: 12 } },
  }),
  sqlDatabase({
    name: 'integer-sparse-keys',
    title: 'keys spread over the whole range, so that ranges of equal width hold nothing or everything',
    cites: ['36'],
    sql: 'CREATE TABLE sparse (id INTEGER PRIMARY KEY, v TEXT)',
    fill(db) {
      const insert = db.prepare('INSERT INTO sparse VALUES (?, ?)');
      for (let i = 0n; i < 200n; i += 1n) insert.run(-9_223_372_036_854_775_808n + i * 92_233_720_368_547_758n, `low ${i}`);
      for (let i = 0n; i < 200n; i += 1n) insert.run(9_223_372_036_854_775_807n - i, `high ${i}`);
    },
    expect: { outcome: 'equal', rows: { sparse: 400 } },
  }),
  sqlDatabase({
    name: 'integer-narrow-declarations',
    title: 'SMALLINT, TINYINT, INT2, UNSIGNED … with 64-bit values',
    cites: ['5'],
    sql: `
      CREATE TABLE narrow (id INTEGER PRIMARY KEY, a SMALLINT, b TINYINT, c INT2, d INT4, e MEDIUMINT, f UNSIGNED BIG INT, g INT(3), h INTEGER UNSIGNED, i "BIGINT(20) UNSIGNED");
      INSERT INTO narrow VALUES (1, 32768, 256, -32769, 2147483648, 8388608, 9223372036854775807, 9999, -1, 9223372036854775807), (2, 1, 1, 1, 1, 1, 1, 1, 1, 1), (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);`,
    expect: { outcome: 'equal', rows: { narrow: 3 } },
  }),
  sqlDatabase({
    name: 'integer-column-of-every-class',
    title: 'text, reals and blobs in an INTEGER column',
    cites: ['3', '4'],
    sql: `
      CREATE TABLE mixed (id INTEGER PRIMARY KEY, n INTEGER);
      INSERT INTO mixed VALUES (1, 1), (2, 'abc'), (3, 1.5), (4, x'00ff'), (5, ''), (6, ' 7'), (7, '0x10'), (8, '12abc'), (9, 1e300), (10, 9223372036854775807), (11, '9223372036854775808'), (12, NULL), (13, 'NULL'), (14, '1_000');`,
    expect: { outcome: 'equal_or_quarantine', rows: { mixed: 14 }, quarantined: { mixed: 9 }, note: "' 7' is stored as the integer 7: affinity converts it" },
  }),
  sqlDatabase({
    name: 'integer-one-text-among-many',
    title: 'one text among 500 integers is an error in the data, not the column\'s type',
    cites: ['3', '4'],
    sql: `
      CREATE TABLE counted (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);
      WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 500) INSERT INTO counted SELECT i, i * 7 FROM k;
      INSERT INTO counted VALUES (501, 'seven');`,
    expect: { outcome: 'equal_or_quarantine', rows: { counted: 501 }, quarantined: { counted: 1 } },
  }),
  sqlDatabase({
    name: 'integer-late-text',
    title: 'the first value that does not fit stands in the last of 3,000 rows',
    cites: ['3'],
    sql: `
      CREATE TABLE late (id INTEGER PRIMARY KEY, n INTEGER, d DECIMAL(6,2), b BOOLEAN, at DATETIME);
      WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 2999) INSERT INTO late SELECT i, i, i / 4.0, i % 2, '2024-01-01 00:00:00' FROM k;
      INSERT INTO late VALUES (3000, 'x', 'y', 'z', 'w');`,
    expect: { outcome: 'equal_or_quarantine', rows: { late: 3000 }, quarantined: { late: 1 } },
  }),
  sqlDatabase({
    name: 'integer-reals-with-fraction',
    title: 'reals in INT columns: 1.5, 1e19 and 2^63 stay reals',
    cites: ['4', '6'],
    sql: `
      CREATE TABLE fraction (id INTEGER PRIMARY KEY, n INT);
      INSERT INTO fraction VALUES (1, 1.5), (2, 1e19), (3, 9223372036854775808), (4, -0.5), (5, 3.0), (6, 4);`,
    expect: { outcome: 'equal_or_quarantine', rows: { fraction: 6 }, quarantined: { fraction: 4 } },
  }),
  sqlDatabase({
    name: 'integer-wide-beside-reals',
    title: 'integers beyond 2^53 beside reals: double precision would change the integers',
    cites: ['2', '3', '6'],
    sql: `
      CREATE TABLE beside (id INTEGER PRIMARY KEY, v, n NUMERIC);
      INSERT INTO beside VALUES (1, 9007199254740993, 9007199254740993), (2, 0.1, 0.1), (3, 1e300, 1e300), (4, -9223372036854775807, -9223372036854775807), (5, 5e-324, 5e-324);`,
    expect: { outcome: 'equal_or_quarantine', rows: { beside: 5 }, quarantined: { beside: 2 } },
  }),
  sqlDatabase({
    name: 'integer-empty-strings',
    title: "'' in integer, real, numeric, boolean, date, json and uuid columns is not NULL",
    cites: ['11'],
    sql: `
      CREATE TABLE blank (id INTEGER PRIMARY KEY, i INTEGER DEFAULT '', r REAL, n DECIMAL(8,2), b BOOLEAN, d DATE, t DATETIME, j JSON, u UUID);
      INSERT INTO blank VALUES (1, 1, 1.5, 2.25, 1, '2024-01-01', '2024-01-01 10:00:00', '{}', '123e4567-e89b-12d3-a456-426614174000'), (2, '', '', '', '', '', '', '', ''), (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);`,
    expect: { outcome: 'equal_or_quarantine', rows: { blank: 3 }, quarantined: { blank: 1 } },
  }),
];
