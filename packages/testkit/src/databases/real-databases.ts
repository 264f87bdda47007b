/** Reals and decimals: every bit of a double, infinities, and decimals that do not fit what was declared. */
import { sqlDatabase } from './sql-database.ts';

/** Neighbours, denormals and shortest forms that naive printing loses. */
const DOUBLES = [0.1 + 0.2, 0.1, 1 / 3, 5e-324, 2.2250738585072009e-308, 2.2250738585072014e-308, Number.MAX_VALUE, -Number.MAX_VALUE, Number.EPSILON, 1 + Number.EPSILON, 1 - Number.EPSILON / 2, 9_007_199_254_740_992, 9_007_199_254_740_994, 1e15, 1e16, 1e21, 1e22, 123456789012345.67, 4.35, 2.675, 1e-7, -1e-300, 3.4028234663852886e38, 16_777_217, 100, -0];

export const realDatabases = [
  sqlDatabase({
    name: 'real-bits',
    title: 'doubles whose last bit is easily lost',
    cites: ['6'],
    sql: 'CREATE TABLE bits (id INTEGER PRIMARY KEY, r REAL, d DOUBLE PRECISION, f FLOAT, untyped)',
    fill(db) {
      const insert = db.prepare('INSERT INTO bits (r, d, f, untyped) VALUES (?, ?, ?, ?)');
      for (const value of DOUBLES) insert.run(value, value, value, value);
    },
    expect: { outcome: 'equal', rows: { bits: DOUBLES.length }, note: 'a typeless column keeps -0.0; a REAL one stores 0.0' },
  }),
  sqlDatabase({
    name: 'real-infinities',
    title: '±Inf in REAL and typeless columns',
    cites: ['7'],
    sql: `
      CREATE TABLE infinite (id INTEGER PRIMARY KEY, r REAL, u);
      INSERT INTO infinite VALUES (1, 9e999, 9e999), (2, -9e999, -9e999), (3, 1.5, 1.5), (4, 9e999 - 9e999, NULL);`,
    expect: { outcome: 'equal', rows: { infinite: 4 }, note: 'NaN cannot be stored: SQLite makes it NULL' },
  }),
  sqlDatabase({
    name: 'real-infinity-in-decimal',
    title: 'Inf in a DECIMAL(10,2) column and beyond 2^53 beside it',
    cites: ['7', '9'],
    sql: `
      CREATE TABLE infinite_decimal (id INTEGER PRIMARY KEY, d DECIMAL(10,2), n NUMERIC);
      INSERT INTO infinite_decimal VALUES (1, 1.25, 1), (2, 9e999, -9e999), (3, NULL, 9007199254740993);`,
    expect: { outcome: 'equal_or_quarantine', rows: { infinite_decimal: 3 }, quarantined: { infinite_decimal: 2 } },
  }),
  sqlDatabase({
    name: 'real-text-lookalikes',
    title: "'1,5', 'NaN' and 'inf' as text in a REAL column",
    cites: ['8'],
    sql: `
      CREATE TABLE lookalike (id INTEGER PRIMARY KEY, r REAL);
      INSERT INTO lookalike VALUES (1, 1.5), (2, '1,5'), (3, 'NaN'), (4, 'inf'), (5, 'Infinity'), (6, '1e5'), (7, '1e'), (8, ' 2.5 '), (9, x'312e35'), (10, '-'), (11, '1.797693134862315807e308');`,
    expect: { outcome: 'equal_or_quarantine', rows: { lookalike: 11 }, quarantined: { lookalike: 7 } },
  }),
  sqlDatabase({
    name: 'decimal-money',
    title: 'decimals stored as reals: shortest digits, trailing zeros by value',
    cites: ['9'],
    sql: `
      CREATE TABLE money (id INTEGER PRIMARY KEY, a DECIMAL(10,2) NOT NULL, b NUMERIC(12,4), c MONEY, d NUMBER);
      INSERT INTO money VALUES (1, 1230.99, 0.0001, 5, 1.1), (2, 10.5, 99999999.9999, -0.01, 2), (3, 0, -0.1, 922337203685477.58, 3.25), (4, -99999999.99, 1e-4, NULL, NULL), (5, 100, 12, 1e3, 1e-5);`,
    expect: { outcome: 'equal', rows: { money: 5 } },
  }),
  sqlDatabase({
    name: 'decimal-beyond-declaration',
    title: 'more digits than DECIMAL(p,s) says: PostgreSQL would round without a word',
    cites: ['10'],
    sql: `
      CREATE TABLE beyond (id INTEGER PRIMARY KEY, a DECIMAL(10,2), b DECIMAL(5,2), c NUMERIC(3));
      INSERT INTO beyond VALUES (1, 12.345, 1, 1), (2, 1.5, 99999.99, 999), (3, 0.005, 999.995, 1000), (4, 1e20, -1e-9, 0.5), (5, 0.1 + 0.2, 123.45, 7);`,
    expect: { outcome: 'equal_or_quarantine', rows: { beyond: 5 }, quarantined: { beyond: 5 } },
  }),
  sqlDatabase({
    name: 'decimal-one-beyond-among-many',
    title: 'one value with three places among 400 with two',
    cites: ['10'],
    sql: `
      CREATE TABLE price (id INTEGER PRIMARY KEY, amount DECIMAL(10,2));
      WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 400) INSERT INTO price SELECT i, i / 100.0 FROM k;
      INSERT INTO price VALUES (401, 12.345);`,
    expect: { outcome: 'equal_or_quarantine', rows: { price: 401 }, quarantined: { price: 1 } },
  }),
  sqlDatabase({
    name: 'decimal-odd-declarations',
    title: 'precisions and scales that PostgreSQL refuses or reads otherwise',
    cites: ['23', '9'],
    sql: `
      CREATE TABLE odd_decimal (id INTEGER PRIMARY KEY, a NUMERIC(1000,5), b DECIMAL(0,0), c DECIMAL(5,10), d NUMERIC(-3), e "DECIMAL(10, 2) UNSIGNED", f DECIMAL(+8,+3), g "DECIMAL(a,b)", h NUMERIC(2000), i DECIMAL(1e1));
      INSERT INTO odd_decimal VALUES (1, 1.5, 2.5, 0.0000012345, 4000, 6.25, 7.125, 8.5, 9, 10), (2, 1, 2, 3, 4, 5, 6, 7, 8, 9);`,
    expect: { outcome: 'equal', rows: { odd_decimal: 2 } },
  }),
  sqlDatabase({
    name: 'decimal-text',
    title: 'decimals written as text, in NUMERIC and in TEXT columns',
    cites: ['9', '3'],
    sql: `
      CREATE TABLE written (id INTEGER PRIMARY KEY, n NUMERIC, t TEXT, d DECIMAL(20,2));
      INSERT INTO written VALUES (1, '1.10', '1.10', '1.10'), (2, '12345678901234567890.12', '12345678901234567890.12', '12345678901234567890.12'), (3, '1.234,56', '1.234,56', '1.234,56'), (4, '007', '007', '007'), (5, '€ 5', '€ 5', '€ 5'), (6, '1e2', '1e2', '1e2');`,
    expect: { outcome: 'equal_or_quarantine', rows: { written: 6 }, quarantined: { written: 2 }, note: "what NUMERIC affinity made of a text is the source's value" },
  }),
];
