/** Dates and times: microseconds, offsets, impossible days, magic words, every epoch. */
import { sqlDatabase } from './sql-database.ts';

const quoted = (values: readonly string[]): string => values.map((v) => `('${v.replaceAll("'", "''")}')`).join(', ');

const ISO = ['2024-02-29 12:34:56', '2024-02-29 12:34:56.1', '2024-02-29 12:34:56.12', '2024-02-29 12:34:56.123', '2024-02-29 12:34:56.1234', '2024-02-29 12:34:56.12345', '2024-02-29 12:34:56.123456', '2024-02-29 12:34:56.000001', '2024-02-29 12:34:56.999999', '2024-02-29T12:34:56', '2024-02-29 00:00:00', '1900-03-01 00:00:00', '1969-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999', '0001-01-01 00:00:00'];
const OFFSETS = ['2024-06-01 12:00:00+05:30', '2024-06-01 12:00:00Z', '2024-06-01T12:00:00.123456-03:30', '2024-06-01 12:00:00+00:00', '2024-01-01 00:30:00+14:00', '2024-12-31 23:30:00-12:00'];
const IMPOSSIBLE = ['0000-00-00', '0000-00-00 00:00:00', '2023-02-30', '2024-13-01', '2024-06-31 10:00:00', '2024-06-01 23:59:60', '2024-06-01 24:00:00', '2024-06-01 12:00:00.123456789', '-0044-03-15', '44-03-15 BC', '10000-01-01', '294277-01-01 00:00:00', '0000-01-01', '2024-6-1', '20240601', '2024-06-01 12', '2024-06-01T12:00:00+25:00', '2024-06-01 12:00:00 Europe/Berlin', '2024-W23-6', '2024-153'];
const MAGIC = ['now', 'today', 'yesterday', 'tomorrow', 'epoch', 'infinity', '-infinity', 'allballs', 'NOW', ' today '];
const LOCAL = ['29/02/2024', '2/3/2024', '3/2/2024', '12.06.2024', 'Jun 1 2024', '1 June 2024', '2024/06/01', '06-01-24', '2024-06-01 1:02 PM'];

export const dateDatabases = [
  sqlDatabase({
    name: 'date-iso',
    title: 'ISO date-times with 0 to 6 digits, years 1 to 9999',
    cites: ['27'],
    sql: `CREATE TABLE iso (at DATETIME, id INTEGER PRIMARY KEY); INSERT INTO iso (at) VALUES ${quoted(ISO)}; CREATE TABLE stamped (at TIMESTAMP NOT NULL); INSERT INTO stamped SELECT at FROM iso;`,
    expect: { outcome: 'equal', rows: { iso: ISO.length, stamped: ISO.length } },
  }),
  sqlDatabase({
    name: 'date-offsets',
    title: 'offsets are applied, never dropped',
    cites: ['28'],
    sql: `CREATE TABLE offsets (at DATETIME, id INTEGER PRIMARY KEY); INSERT INTO offsets (at) VALUES ${quoted(OFFSETS)}; CREATE TABLE zoned (at "TIMESTAMP WITH TIME ZONE"); INSERT INTO zoned SELECT at FROM offsets;`,
    expect: { outcome: 'equal', rows: { offsets: OFFSETS.length, zoned: OFFSETS.length } },
  }),
  sqlDatabase({
    name: 'date-summer-time',
    title: 'times that do not exist, or exist twice, in somebody\'s zone',
    cites: ['28'],
    sql: `CREATE TABLE summer (at DATETIME); INSERT INTO summer VALUES ${quoted(['2024-03-31 02:30:00', '2024-10-27 02:30:00', '2024-03-10 02:30:00', '2024-11-03 01:30:00', '2024-03-31 01:59:59.999999'])};`,
    expect: { outcome: 'equal', rows: { summer: 5 }, note: 'zoneless text is UTC whatever the session says' },
  }),
  sqlDatabase({
    name: 'date-impossible',
    title: 'days and times that are none, or that PostgreSQL would round or roll over',
    cites: ['32'],
    sql: `CREATE TABLE impossible (at DATETIME, id INTEGER PRIMARY KEY); INSERT INTO impossible (at) VALUES ${quoted(IMPOSSIBLE)}; CREATE TABLE impossible_day (d DATE, id INTEGER PRIMARY KEY); INSERT INTO impossible_day (d) SELECT at FROM impossible;`,
    expect: { outcome: 'equal_or_quarantine', rows: { impossible: IMPOSSIBLE.length, impossible_day: IMPOSSIBLE.length }, quarantined: { impossible: IMPOSSIBLE.length, impossible_day: IMPOSSIBLE.length } },
  }),
  sqlDatabase({
    name: 'date-impossible-among-many',
    title: 'three impossible values among 600 good ones',
    cites: ['32', '33'],
    sql: `
      CREATE TABLE event (id INTEGER PRIMARY KEY, at DATETIME NOT NULL, d DATE NOT NULL);
      WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 600) INSERT INTO event SELECT i, datetime('2024-01-01', i || ' hours'), date('2024-01-01', i || ' days') FROM k;
      UPDATE event SET at = 'now' WHERE id = 10;
      UPDATE event SET d = '2024-02-30' WHERE id = 20;
      UPDATE event SET at = '2024-06-01 24:00:00' WHERE id = 600;`,
    expect: { outcome: 'equal_or_quarantine', rows: { event: 600 }, quarantined: { event: 3 } },
  }),
  sqlDatabase({
    name: 'date-magic-words',
    title: "'now' must not become the time of the load",
    cites: ['33'],
    sql: `CREATE TABLE magic (id INTEGER PRIMARY KEY, at DATETIME, d DATE, t TIME); INSERT INTO magic (at) VALUES ${quoted(MAGIC)}; UPDATE magic SET d = at, t = at;`,
    expect: { outcome: 'equal_or_quarantine', rows: { magic: MAGIC.length }, quarantined: { magic: MAGIC.length } },
  }),
  sqlDatabase({
    name: 'date-local-forms',
    title: "'2/3/2024': DateStyle must not decide which is the month",
    cites: ['31'],
    sql: `CREATE TABLE local_form (id INTEGER PRIMARY KEY, d DATE, at DATETIME); INSERT INTO local_form (d) VALUES ${quoted(LOCAL)}; UPDATE local_form SET at = d; INSERT INTO local_form VALUES (100, '2024-06-01', '2024-06-01 00:00:00');`,
    expect: { outcome: 'equal_or_quarantine', rows: { local_form: LOCAL.length + 1 }, quarantined: { local_form: LOCAL.length } },
  }),
  sqlDatabase({
    name: 'date-epochs',
    title: 'seconds, milli-, micro- and nanoseconds in DATETIME columns, WebKit and Cocoa epochs',
    cites: ['29'],
    sql: `
      CREATE TABLE epochs (id INTEGER PRIMARY KEY, s DATETIME, ms TIMESTAMP, us DATETIME, ns DATETIME, webkit DATETIME, cocoa TIMESTAMP, plain INTEGER);
      INSERT INTO epochs VALUES (1, 1627303906, 1627303906122, 1627303906122333, 1627303906122333444, 13271777506122333, 648996706, 1627303906122), (2, 1700000000, 1700000000999, 1700000000999999, 1700000000999999999, 13344473600000000, 721692800, 0), (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL);`,
    expect: { outcome: 'equal', rows: { epochs: 3 }, note: 'bigint is right where the unit is not certain; the year 53529 is not' },
  }),
  sqlDatabase({
    name: 'date-units-mixed',
    title: 'seconds, milliseconds, text and Julian days in one column',
    cites: ['29', '30', '31'],
    sql: `
      CREATE TABLE units (id INTEGER PRIMARY KEY, at DATETIME);
      INSERT INTO units VALUES (1, 1627303906), (2, 1627303906122), (3, '2021-07-26 12:51:46'), (4, 2459422.0359), (5, '2021-07-26'), (6, -1), (7, 0), (8, 1.5), (9, NULL);`,
    expect: { outcome: 'equal_or_quarantine', rows: { units: 9 }, quarantined: { units: 8 } },
  }),
  sqlDatabase({
    name: 'date-julian',
    title: 'Julian days as reals',
    cites: ['30'],
    sql: 'CREATE TABLE julian (id INTEGER PRIMARY KEY, at DATETIME, d DATE, r REAL); INSERT INTO julian VALUES (1, 2459422.0359, 2459422.5, 2459422.0359), (2, 2460000.123456789, 2460000.5, 2460000.123456789);',
    expect: { outcome: 'equal_or_quarantine', rows: { julian: 2 }, quarantined: { julian: 2 } },
  }),
  sqlDatabase({
    name: 'date-with-time-in-date-column',
    title: 'a time of day in DATE columns, a date in TIME columns',
    cites: ['32'],
    sql: `
      CREATE TABLE day_or_time (id INTEGER PRIMARY KEY, d DATE, t TIME);
      INSERT INTO day_or_time VALUES (1, '2024-06-01', '12:34:56'), (2, '2024-06-01 10:00:00', '12:34'), (3, '2024-06-01 00:00:00', '12:34:56.123456'), (4, '2024-06-01T23:59:59Z', '2024-06-01 12:34:56'), (5, NULL, '24:00:00'), (6, '2024-06-02', '23:59:60'), (7, '2024-06-03', '12:34:56.1234567'), (8, '2024-06-04', '-01:00:00'), (9, '2024-06-05', '12:34:56+02:00'), (10, '2024-06-06', '100:00:00');`,
    expect: { outcome: 'equal_or_quarantine', rows: { day_or_time: 10 }, quarantined: { day_or_time: 9 } },
  }),
  sqlDatabase({
    name: 'time-columns',
    title: 'times of day with 0 to 6 digits',
    cites: ['27'],
    sql: "CREATE TABLE clock (id INTEGER PRIMARY KEY, t TIME); INSERT INTO clock (t) VALUES ('00:00:00'), ('23:59:59.999999'), ('12:34:56.1'), ('01:02:03.000001'), (NULL);",
    expect: { outcome: 'equal', rows: { clock: 5 } },
  }),
];
