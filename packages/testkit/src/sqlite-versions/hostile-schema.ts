/** Tables, and statements on them, that a capture by triggers has trouble with; all of it valid in SQLite 3.31. */
import type { SeededRandom } from '../seeded-random.ts';

export const HOSTILE_SCHEMA = `
  CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE, v);
  CREATE TABLE auto (id INTEGER PRIMARY KEY AUTOINCREMENT, a NOT NULL DEFAULT 7, b, UNIQUE (a, b));
  CREATE TABLE wr (k TEXT, n, v UNIQUE, PRIMARY KEY (k, n)) WITHOUT ROWID;
  CREATE TABLE typeless (k PRIMARY KEY NOT NULL, v UNIQUE);
  CREATE TABLE nokey (a, b);
  CREATE UNIQUE INDEX nokey_a ON nokey (lower(a)) WHERE b IS NOT NULL;
  CREATE TABLE doc (id INTEGER PRIMARY KEY, d TEXT);
  CREATE UNIQUE INDEX doc_x ON doc (json_extract(d, '$.x')) WHERE json_valid(d);
  CREATE TABLE gen (id INTEGER PRIMARY KEY, a, s AS (a || 'x') STORED, w AS (abs(a)) VIRTUAL);
  CREATE UNIQUE INDEX gen_s ON gen (s);
  CREATE UNIQUE INDEX gen_w ON gen (w) WHERE a > 0;
  CREATE TABLE "semi;colon ""q""" ("order" TEXT PRIMARY KEY NOT NULL ON CONFLICT REPLACE, "select" INTEGER DEFAULT 3, UNIQUE ("select"));
  CREATE TABLE parent (id INTEGER PRIMARY KEY, u TEXT UNIQUE);
  CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE, q TEXT UNIQUE, pu TEXT REFERENCES parent (u) ON DELETE SET NULL ON UPDATE CASCADE);
  CREATE TABLE audit (at INTEGER PRIMARY KEY, what TEXT);
  CREATE TRIGGER app AFTER UPDATE ON plain BEGIN INSERT INTO audit (what) VALUES (NEW.name); DELETE FROM audit WHERE at < (SELECT max(at) - 5 FROM audit); END;
  CREATE TRIGGER chain AFTER INSERT ON audit WHEN NEW.at % 3 = 0 BEGIN UPDATE OR REPLACE auto SET b = NEW.at % 4; END;`;

const TABLES: Readonly<Record<string, readonly string[]>> = {
  plain: ['id', 'name', 'v'],
  auto: ['id', 'a', 'b'],
  wr: ['k', 'n', 'v'],
  typeless: ['k', 'v'],
  nokey: ['a', 'b'],
  doc: ['id', 'd'],
  gen: ['id', 'a'],
  'semi;colon "q"': ['order', 'select'],
  parent: ['id', 'u'],
  child: ['id', 'p', 'q', 'pu'],
};

const LITERALS = ['NULL', '0', '1', '2', '3', '4', '1.0', '1.0000001', "'a'", "'A'", "'b'", "'B'", "''", "'1'", "x'61'", "x''", '9007199254740993', "'{\"x\":1}'", "'{\"x\":1.0}'", "'{\"x\"'", "'{\"x\":\"a\"}'", '-1', '9e999'];
const VERBS = ['INSERT', 'INSERT OR REPLACE', 'REPLACE', 'INSERT OR IGNORE', 'INSERT OR FAIL', 'INSERT OR ROLLBACK', 'INSERT SELECT', 'UPDATE', 'UPDATE OR REPLACE', 'UPDATE OR IGNORE', 'UPDATE OR FAIL', 'SWAP', 'DELETE', 'UPSERT', 'UPSERT NOTHING', 'CLEAR', 'ROWID', 'ROWID INSERT', 'SAVEPOINT'] as const;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What the application says next. `returning`: the library knows the clause. */
export function hostileStatement({ fraction, pick, oneIn, integer }: SeededRandom, returning: boolean): string {
  const name = pick(Object.keys(TABLES));
  const table = quoted(name);
  const columns = TABLES[name] as readonly string[];
  const some = columns.filter(() => fraction() < 0.7);
  const used = some.length === 0 ? columns : some;
  const list = used.map(quoted).join(', ');
  const values = (): string => used.map(() => pick(LITERALS)).join(', ');
  const where = `WHERE ${quoted(pick(columns))} ${pick(['=', 'IS', '<', '>='])} ${pick(LITERALS)}`;
  const sets = (): string => used.map((c) => `${quoted(c)} = ${pick(LITERALS)}`).join(', ');
  const tail = returning && oneIn(4) ? ' RETURNING *' : '';
  const drawn = pick(VERBS);
  const verb = name === 'wr' && drawn.startsWith('ROWID') ? 'REPLACE' : drawn;
  switch (verb) {
    case 'CLEAR':
      return oneIn(8) ? `DELETE FROM ${table}` : 'SELECT 1';
    case 'ROWID':
      return `UPDATE OR REPLACE ${table} SET rowid = ${integer(1, 4)} WHERE rowid = ${integer(1, 4)}`;
    case 'ROWID INSERT':
      return `INSERT OR REPLACE INTO ${table} (rowid, ${list}) VALUES (${pick(['1', '2', '3', '-1'])}, ${values()})`;
    case 'UPSERT':
      return `INSERT INTO ${table} (${list}) VALUES (${values()}) ON CONFLICT ${conflictTarget(name)} DO UPDATE SET ${quoted(pick(columns))} = ${pick([...LITERALS, `excluded.${quoted(pick(columns))}`])}${tail}`;
    case 'UPSERT NOTHING':
      return `INSERT INTO ${table} (${list}) VALUES (${values()}), (${values()}) ON CONFLICT DO NOTHING${tail}`;
    case 'INSERT SELECT':
      return `INSERT OR REPLACE INTO ${table} (${list}) SELECT ${used.map((c) => (oneIn(3) ? pick(LITERALS) : quoted(c))).join(', ')} FROM ${table}`;
    case 'SWAP':
      return `UPDATE OR REPLACE ${table} SET ${quoted(columns[0] as string)} = CASE ${quoted(columns[0] as string)} WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE ${quoted(columns[0] as string)} END`;
    case 'DELETE':
      return `DELETE FROM ${table} ${where}${tail}`;
    case 'SAVEPOINT':
      return `SAVEPOINT s; ${oneIn(2) ? `REPLACE INTO ${table} (${list}) VALUES (${values()})` : `DELETE FROM ${table} ${where}`}; ${oneIn(2) ? 'ROLLBACK TO s; ' : ''}RELEASE s`;
    default:
      return verb.startsWith('UPDATE') ? `${verb} ${table} SET ${sets()} ${where}${tail}` : `${verb} INTO ${table} (${list}) VALUES (${values()})${tail}`;
  }
}

const KEYS: Readonly<Record<string, string>> = { plain: '(id)', auto: '(a, b)', wr: '(k, n)', typeless: '(k)', doc: '(id)', gen: '(id)', 'semi;colon "q"': '("select")', parent: '(u)', child: '(q)', nokey: '(lower(a)) WHERE b IS NOT NULL' };

/** Before 3.35 DO UPDATE needs one. */
function conflictTarget(table: string): string {
  return KEYS[table] as string;
}
