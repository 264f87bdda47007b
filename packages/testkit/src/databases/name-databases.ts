/** Names: everything that breaks SQL built by hand, logs, JavaScript objects, Avro records, topics and PostgreSQL. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type Database from 'better-sqlite3';
import { sqlDatabase } from './sql-database.ts';

/** One table for each name, with one column of the same name and two rows. */
const tablesNamed = (names: readonly string[]) => (db: Database.Database): void => {
  for (const name of names) {
    const q = quoteIdentifier(name);
    db.exec(`CREATE TABLE ${q} (id INTEGER PRIMARY KEY, ${q} TEXT)`);
    db.prepare(`INSERT INTO ${q} (${q}) VALUES (?), (?)`).run(`in ${name}`, null);
  }
};

const twoRowsEach = (names: readonly string[]): Record<string, number> => Object.fromEntries(names.map((name) => [name, 2]));

const QUOTES = ['it\'s', 'say "hi"', '""', "'", '`tick`', '[bracket]', 'back\\slash', 'a.b', 'semi;colon', '%s', '100%', '$1', ':x', '?', '?1', '@v', '#', '{}', '*', '--', '/* c */', '\\N', 'a,b', '(', 'E\'x\'', 'U&"x"', '$$', '~', '..', '.'];
// biome-ignore lint/suspicious/noTemplateCurlyInString: a name that a template would run is what is tested
const INJECTIONS = ['x"; DROP TABLE victim; --', "x'); DELETE FROM victim; --", 'x"/**/UNION SELECT 1--', '${process.exit(1)}', '{{7*7}}', '$(touch pwned)', '`touch pwned`', '../../etc/passwd', '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '%2e%2e%2f', 'a\\"b', '"]}'];
const CONTROL = ['new\nline', 'tab\there', 'cr\rlf\r\n', '\u001b[31mred\u001b[0m', 'bell\u0007', ' lead', 'trail ', ' ', '   ', 'nbsp\u00a0', 'zero\u200bwidth', '\u202ertl', 'two  blanks', '\u2028'];
const RESERVED = ['select', 'table', 'user', 'order', 'group', 'where', 'from', 'default', 'null', 'true', 'all', 'analyse', 'array', 'current_user', 'end', 'limit', 'offset', 'primary', 'references', 'session_user', 'window', 'Select', 'USER', 'ORDER BY', 'index', 'values', 'natural', 'do', 'lateral', 'variadic'];
const SCRIPT_NAMES = ['Größe', 'Ärger', '表', 'таблица', 'جدول', '🛒', 'naïve', 'e\u0301', 'Ω', '1st', '42', '0', '-1', '1.5', 'NULL', 'a-b', 'a_b', 'A_B', 'a b', 'camelCase', 'UPPER', 'Mixed_Case'];
const POSTGRES = ['pg_class', 'pg_type', 'pg_catalog', 'information_schema', 'pg_temp', 'public', 'tables', 'columns', 'sqlitestat', 'causeway', 'oid_table', 'pg_toast', 'serial', 'int8', 'now'];
const JS_COLUMNS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', 'length', '__defineGetter__', 'then', 'toJSON', 'arguments', 'this', 'await', 'null', 'undefined', 'NaN', '0', '1', 'name'];
const ENVELOPE = ['before', 'after', 'op', 'source', 'ts_ms', 'schema', 'payload', 'table', 'key', 'value', 'columns', 'rows', 'position', 'rowid_', 'causeway_rowid', 'partition', 'headers', 'block', 'digest', 'reason', 'code'];

const longName = (tail: string): string => `a_rather_long_name_that_is_cut_by_postgresql_after_sixty_three_${tail}`;
const UMLAUTS = `${'ü'.repeat(31)}x`;

const columnsNamed = (table: string, names: readonly string[]) => (db: Database.Database): void => {
  db.exec(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY, ${names.map((n) => `${quoteIdentifier(n)} TEXT DEFAULT 'd'`).join(', ')})`);
  const insert = db.prepare(`INSERT INTO ${table} VALUES (?, ${names.map(() => '?').join(', ')})`);
  insert.run(1, ...names);
  insert.run(2, ...names.map(() => null));
};

export const nameDatabases = [
  sqlDatabase({ name: 'names-quotes', title: 'quotes, backslashes, dots, parameters and comment marks', cites: ['64', '62'], fill: tablesNamed(QUOTES), expect: { outcome: 'equal', rows: twoRowsEach(QUOTES) } }),
  sqlDatabase({
    name: 'names-injection',
    title: 'names that are SQL, shell, HTML, templates or paths',
    cites: ['64'],
    sql: "CREATE TABLE victim (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO victim VALUES (1, 'alive')",
    fill: tablesNamed(INJECTIONS),
    expect: { outcome: 'equal', rows: { ...twoRowsEach(INJECTIONS), victim: 1 } },
  }),
  sqlDatabase({ name: 'names-control', title: 'newlines, ESC, blanks and invisible characters in names', cites: ['64', '157'], fill: tablesNamed(CONTROL), expect: { outcome: 'equal', rows: twoRowsEach(CONTROL), note: 'each stays one line in logs and plain in reports' } }),
  sqlDatabase({ name: 'names-reserved', title: 'words that are reserved in PostgreSQL', cites: ['54'], fill: (db) => tablesNamed(RESERVED.filter((n) => n !== 'Select' && n !== 'USER'))(db), expect: { outcome: 'equal', rows: twoRowsEach(RESERVED.filter((n) => n !== 'Select' && n !== 'USER')) } }),
  sqlDatabase({
    name: 'names-scripts',
    title: 'letters of many scripts, digits first, what Avro and topics refuse',
    cites: ['62', '61'],
    fill: tablesNamed(SCRIPT_NAMES.filter((n) => n !== 'A_B')),
    expect: { outcome: 'equal', rows: twoRowsEach(SCRIPT_NAMES.filter((n) => n !== 'A_B')), note: 'the topics of a-b, a_b and "a b" must stay three' },
  }),
  sqlDatabase({ name: 'names-of-postgresql', title: 'tables called pg_class, pg_type, information_schema', cites: ['63', '123'], fill: tablesNamed(POSTGRES), expect: { outcome: 'equal', rows: twoRowsEach(POSTGRES) } }),
  sqlDatabase({ name: 'names-javascript', title: 'columns called __proto__, constructor, toString', cites: ['65'], fill: columnsNamed('object', JS_COLUMNS), expect: { outcome: 'equal', rows: { object: 2 } } }),
  sqlDatabase({ name: 'names-javascript-tables', title: 'tables called __proto__, constructor, toString', cites: ['65'], fill: tablesNamed(JS_COLUMNS), expect: { outcome: 'equal', rows: Object.fromEntries(JS_COLUMNS.map((n) => [n, 2])) } }),
  sqlDatabase({ name: 'names-envelope', title: 'columns called like the parts of a message', cites: ['65'], fill: columnsNamed('message', ENVELOPE), expect: { outcome: 'equal', rows: { message: 2 } } }),
  sqlDatabase({
    name: 'names-too-long',
    title: 'names beyond 63 bytes that become one when cut: tables, columns, indexes',
    cites: ['60'],
    fill(db) {
      tablesNamed([longName('one'), longName('two'), UMLAUTS, `${UMLAUTS}y`])(db);
      db.exec(`CREATE INDEX ${longName('index_one')} ON ${longName('one')} (id); CREATE INDEX ${longName('index_two')} ON ${longName('two')} (id)`);
      columnsNamed('long_columns', [longName('one'), longName('two'), 'z'.repeat(64), 'z'.repeat(65), 'k'.repeat(5_000)])(db);
    },
    expect: { outcome: 'equal', rows: { ...twoRowsEach([longName('one'), longName('two'), UMLAUTS, `${UMLAUTS}y`]), long_columns: 2 }, note: 'a stable rename; a comparer by name needs the plan\'s names' },
  }),
  sqlDatabase({
    name: 'names-case',
    title: 'names that differ only in the case of a letter that SQLite does not fold',
    cites: ['61'],
    sql: `
      CREATE TABLE "Ärger" (id INTEGER PRIMARY KEY, "Über" TEXT, "über" TEXT); INSERT INTO "Ärger" VALUES (1, 'big', 'small');
      CREATE TABLE "ärger" (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO "ärger" VALUES (1, 'x'), (2, 'y');
      CREATE TABLE UserName (Id INTEGER PRIMARY KEY, UserName TEXT, user_name TEXT); INSERT INTO UserName VALUES (1, 'a', 'b');
      CREATE TABLE user_name (id INTEGER PRIMARY KEY); INSERT INTO user_name VALUES (1), (2), (3);`,
    expect: { outcome: 'equal', rows: { Ärger: 1, ärger: 2, UserName: 1, user_name: 3 }, note: 'with names: snake_case it is NAME_COLLISION before anything moves' },
  }),
  sqlDatabase({
    name: 'names-system-columns',
    title: 'columns called ctid, xmin, tableoid: PostgreSQL has its own',
    cites: ['63'],
    fill: columnsNamed('system_names', ['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid', 'oid']),
    expect: { outcome: 'equal', rows: { system_names: 2 }, note: 'a stable rename, announced in the plan' },
  }),
  sqlDatabase({
    name: 'names-empty',
    title: 'a table and a column whose name is empty',
    cites: ['63'],
    sql: `CREATE TABLE "" (id INTEGER PRIMARY KEY, "" TEXT); INSERT INTO "" VALUES (1, 'a'); CREATE TABLE nameless_column ("" INTEGER, v TEXT); INSERT INTO nameless_column VALUES (1, 'x'), (2, 'y');`,
    expect: { outcome: 'equal', rows: { '': 1, nameless_column: 2 }, note: 'a stable rename, announced in the plan' },
  }),
  sqlDatabase({
    name: 'names-index-like-table',
    title: 'an index, a constraint and a view with the names that PostgreSQL gives to keys and sequences',
    cites: ['60', '54'],
    sql: `
      CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT CONSTRAINT t_pkey UNIQUE, w INTEGER CONSTRAINT same CHECK (w > 0));
      CREATE TABLE t_id_seq (id INTEGER PRIMARY KEY AUTOINCREMENT, w INTEGER CONSTRAINT same CHECK (w < 0));
      CREATE TABLE t_pkey (id INTEGER PRIMARY KEY);
      CREATE INDEX t_v_key ON t (w); CREATE INDEX t_id_seq1 ON t_id_seq (w);
      CREATE VIEW t_v_idx AS SELECT id FROM t;
      INSERT INTO t VALUES (1, 'a', 1); INSERT INTO t_id_seq VALUES (5, -1); INSERT INTO t_pkey VALUES (9);`,
    expect: { outcome: 'equal', rows: { t: 1, t_id_seq: 1, t_pkey: 1 } },
  }),
];
