/**
 * A database that tries to run something wherever its schema and values reach: names, defaults, checks, indexes, views,
 * triggers, constraints, comments, values. Every attempt would leave a mark in the target, in the source or on the disk.
 */
import { quoteIdentifier as q, quoteLiteral as lit } from '@causeway/contracts/identifier';
import Database from 'better-sqlite3';

/** What each attempt tries; `file` is made by whoever runs a shell or COPY. */
export function payloads(file: string): string[] {
  return [
    `x"; DROP TABLE canary.victim; --`,
    `x'; DELETE FROM canary.victim; --`,
    `x"); CREATE TABLE canary.pwned_1 (a int); --`,
    `x')); SELECT canary.fire('paren'); --`,
    `x" ; SELECT canary.fire('quote') ; select "`,
    `$$; SELECT canary.fire('dollar'); $$`,
    `x\n; SELECT canary.fire('newline');\n--`,
    `x\u0000"; SELECT canary.fire('nul')`.replaceAll('\u0000', '\u2400'),
    `\\"; SELECT canary.fire('backslash'); --`,
    `x"; COPY (SELECT 1) TO PROGRAM 'touch ${file}'; --`,
    `\`touch ${file}\``,
    `$(touch ${file})`,
    `"; ATTACH DATABASE '${file}' AS evil; --`,
    `x*/ ; SELECT canary.fire('comment'); /*`,
  ];
}

export interface HostileSchema {
  readonly attempts: number;
  /** Tables that are made, with the rows of each. */
  readonly tables: Readonly<Record<string, number>>;
}

export function makeHostileSchema(file: string, marker: string): HostileSchema {
  const db = new Database(file);
  const tables: Record<string, number> = {};
  let attempts = 0;
  const attempt = (sql: string): void => {
    db.exec(sql);
    attempts++;
  };
  const all = payloads(marker);
  // Names of tables and columns, and values.
  for (const [n, text] of all.entries()) {
    attempt(`CREATE TABLE ${q(`t${n} ${text}`)} (id INTEGER PRIMARY KEY, ${q(`c ${text}`)} TEXT, v TEXT)`);
    db.prepare(`INSERT INTO ${q(`t${n} ${text}`)} VALUES (1, ?, ?), (2, NULL, ?)`).run(text, `{"k": ${JSON.stringify(text)}}`, `\\N\t${text}`);
    attempts += 2;
    tables[`t${n} ${text}`] = 2;
  }
  // Defaults, checks, comments, generated columns: SQL that is translated.
  db.exec('CREATE TABLE plain (id INTEGER PRIMARY KEY, a TEXT, b INTEGER)');
  db.exec("INSERT INTO plain VALUES (1, 'x', 1), (2, 'y', 2)");
  tables['plain'] = 2;
  for (const [n, text] of all.entries()) {
    const name = `d${n}`;
    attempt(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY, a TEXT DEFAULT ${lit(text)}, b INTEGER CHECK (b <> ${lit(text)}), c TEXT /* ${text.replaceAll('*/', '')} */, CONSTRAINT ${q(`ck ${text}`)} CHECK (a <> ${lit(`${text}!`)}))`);
    db.exec(`INSERT INTO ${name} (id, b) VALUES (1, 5)`);
    attempt(`CREATE INDEX ${q(`i${n} ${text}`)} ON ${name} (a, (b || ${lit(text)})) WHERE a <> ${lit(text)}`);
    attempt(`CREATE VIEW ${q(`v${n} ${text}`)} AS SELECT id, a || ${lit(text)} AS ${q(`col ${text}`)} FROM ${name}`);
    attempt(`CREATE TRIGGER ${q(`g${n} ${text}`)} AFTER UPDATE ON ${name} BEGIN INSERT INTO plain (a) VALUES (${lit(text)}); END`);
    attempt(`CREATE TABLE ${q(`r${n}`)} (id INTEGER PRIMARY KEY, p INTEGER, CONSTRAINT ${q(`fk ${text}`)} FOREIGN KEY (p) REFERENCES ${name} (id))`);
    db.exec(`INSERT INTO r${n} VALUES (1, 1)`);
    tables[name] = 1;
    tables[`r${n}`] = 1;
  }
  // Functions that act where they are called.
  attempt("CREATE TABLE acts (id INTEGER PRIMARY KEY, a TEXT DEFAULT (lower('x'))); INSERT INTO acts VALUES (1, 'x')");
  attempt('CREATE VIEW acting AS SELECT load_extension(\'/nowhere\') AS x, writefile(\'/nowhere\', \'x\') AS y');
  attempt("CREATE VIEW sleeping AS SELECT pg_sleep(1000) AS x, lo_import('/etc/passwd') AS y");
  tables['acts'] = 1;
  db.close();
  return { attempts, tables };
}

/** What watches in the target: a table, and a function that leaves a row where it was called. */
export const CANARY = `
CREATE SCHEMA canary;
CREATE TABLE canary.victim (v text); INSERT INTO canary.victim VALUES ('alive');
CREATE TABLE canary.fired (what text);
CREATE FUNCTION canary.fire(what text) RETURNS int LANGUAGE sql AS 'INSERT INTO canary.fired VALUES (what); SELECT 1';`;

/** One row that is the same as long as nothing ran. */
export const CANARY_STATE = `
SELECT (SELECT string_agg(v, ',') FROM canary.victim) AS victim, (SELECT count(*)::int FROM canary.fired) AS fired,
       (SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'canary'::regnamespace) AS objects`;
export const CANARY_ALIVE = { victim: 'alive', fired: 0, objects: 'fired,victim' } as const;
