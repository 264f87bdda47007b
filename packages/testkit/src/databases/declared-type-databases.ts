/** Declared types that mean something else to SQLite than to a reader, or nothing at all. */
import { sqlDatabase } from './sql-database.ts';

export const declaredTypeDatabases = [
  sqlDatabase({
    name: 'declared-odd-types',
    title: 'FLOATING POINT is an integer column, STRING a numeric one, POINT too',
    cites: ['23'],
    sql: `
      CREATE TABLE odd (id INTEGER PRIMARY KEY, a FLOATING POINT, b STRING, c POINT, d "ENUM('a','b')", e "SET", f "weird; type", g YEAR, h BIT, i GEOMETRY, j LONGVARCHAR, k "CHARACTER VARYING(20)", l NATIVE CHARACTER(70), m SERIAL, n INTERVAL, o XML, p "TEXT[]", q BYTEA, r INT64);
      INSERT INTO odd VALUES (1, 1.5, '007', 'x', 'a', 'b', 'c', 2024, 1, x'0101', 'long', 'varying', 'native', 5, '1 day', '<a/>', '{a,b}', x'00', 9223372036854775807), (2, 2, 'seven', 3, NULL, NULL, NULL, NULL, 0, NULL, '', '', '', NULL, NULL, NULL, NULL, x'', 0);`,
    expect: { outcome: 'equal_or_quarantine', rows: { odd: 2 }, quarantined: { odd: 2 }, note: "STRING has NUMERIC affinity: '007' is stored as 7" },
  }),
  sqlDatabase({
    name: 'declared-nothing',
    title: 'typeless columns: one class each, and all classes in one',
    cites: ['3', '23'],
    sql: `
      CREATE TABLE untyped (a, b, c, d, e, never);
      INSERT INTO untyped VALUES (1, 'one', x'01', 1.5, 1, NULL), (2, 'two', x'02', 2.5, 'one', NULL), (3, 'three', x'', -0.5, 1.5, NULL), (NULL, NULL, NULL, NULL, NULL, NULL);`,
    expect: { outcome: 'equal_or_quarantine', rows: { untyped: 4 }, quarantined: { untyped: 2 } },
  }),
  sqlDatabase({
    name: 'declared-every-class-everywhere',
    title: 'each storage class in each declared type',
    cites: ['3', '4', '8', '21'],
    sql: 'CREATE TABLE everywhere (id INTEGER PRIMARY KEY, i INTEGER, r REAL, n NUMERIC, t TEXT, b BLOB, u, d DATE, o BOOLEAN)',
    fill(db) {
      const values = ['1', '-5', '1.5', "'text'", "'7'", "x'00ff'", "x'74657874'", 'NULL', "''", "x''"];
      for (const v of values) db.exec(`INSERT INTO everywhere (i, r, n, t, b, u, d, o) VALUES (${Array.from({ length: 8 }, () => v).join(', ')})`);
    },
    expect: { outcome: 'equal_or_quarantine', rows: { everywhere: 10 }, quarantined: { everywhere: 9 } },
  }),
  sqlDatabase({
    name: 'declared-strict',
    title: 'STRICT tables, ANY columns included',
    cites: ['24'],
    sql: `
      CREATE TABLE strict_one (id INTEGER PRIMARY KEY, i INT, n INTEGER NOT NULL, r REAL, t TEXT, b BLOB, a ANY) STRICT;
      INSERT INTO strict_one VALUES (1, 1, 9223372036854775807, 1.5, 't', x'00', 1), (2, NULL, 0, 2, '', x'', 'one'), (3, NULL, -1, NULL, NULL, NULL, '007');
      CREATE TABLE strict_two (k ANY, v INT, PRIMARY KEY (k)) STRICT, WITHOUT ROWID;
      INSERT INTO strict_two VALUES (1, 1), ('1', 2), (x'31', 3), (1.5, 4);`,
    expect: { outcome: 'equal_or_quarantine', rows: { strict_one: 3, strict_two: 4 }, quarantined: { strict_two: 4 } },
  }),
  sqlDatabase({
    name: 'declared-lengths',
    title: 'VARCHAR(n) is not enforced; lengths that PostgreSQL refuses',
    cites: ['19', '20', '23'],
    sql: `
      CREATE TABLE lengths (id INTEGER PRIMARY KEY, a VARCHAR(3), b VARCHAR(0), c VARCHAR(99999999), d CHAR(5), e NVARCHAR(2), f VARCHAR(-1), g VARCHAR(3) NOT NULL DEFAULT 'too long', h CHARACTER(1), i VARCHAR(1.5));
      INSERT INTO lengths VALUES (1, 'abcdef', 'x', 'y', 'ab', '日本', 'neg', 'abc', '', 'z'), (2, 'ab   ', '', '', 'ab   ', '日本語', '', 'abc   ', '  ', ''), (3, '👍👍👍', NULL, NULL, 'abcdefg', '👍👍', NULL, '', 'é', NULL);`,
    expect: { outcome: 'equal', rows: { lengths: 3 }, note: 'two letters written with three code points are longer than they look' },
  }),
  sqlDatabase({
    name: 'declared-char-keys',
    title: "'a' and 'a ' are two CHAR(3) keys",
    cites: ['20'],
    sql: `
      CREATE TABLE padded (code CHAR(3) PRIMARY KEY NOT NULL, v INTEGER);
      INSERT INTO padded VALUES ('a', 1), ('a ', 2), ('a  ', 3), ('', 4), (' ', 5), (' a', 6);`,
    expect: { outcome: 'equal', rows: { padded: 6 } },
  }),
];
