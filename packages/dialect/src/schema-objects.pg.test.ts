/** Indexes, conditions and views in a real PostgreSQL, with names and values that want to break out. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import pg from 'pg';
import type { ColumnScope, ScopeColumn } from './column-scope.ts';
import { foldAscii } from './parse/fold-ascii.ts';
import { conditionProof, generatedProof } from './proof-query.ts';
import { translateCondition, translateGenerated } from './translate-expression.ts';
import { translateIndex } from './translate-index.ts';
import { translateView, type ViewTable } from './translate-view.ts';

const url = process.env['CAUSEWAY_TEST_PG'];
const HOSTILE = `a"b';--\n$1`;
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const column = (target: string, type: ScopeColumn['type'], affinity: ScopeColumn['affinity'], more: Partial<ScopeColumn> = {}): ScopeColumn => ({ target, type, affinity, collation: 'BINARY', notNull: false, ...more });
const P = [column('id', 'int8', 'integer', { notNull: true }), column('name', 'text', 'text', { collation: 'NOCASE' }), column('code', 'text', 'text'), column(HOSTILE, 'text', 'text'), column('price', 'float8', 'real'), column('qty', 'int4', 'integer'), column('ok', 'boolean', 'numeric'), column('up', 'text', 'text')];
const C = [column('id', 'int8', 'integer', { notNull: true }), column('p', 'int8', 'integer'), column('code', 'text', 'text'), column('n', 'int8', 'integer')];
const scope: ColumnScope = { columns: new Map(P.map((c) => [foldAscii(c.target), c])) };
const viewTable = (target: string, columns: readonly ScopeColumn[]): ViewTable => ({ target, columns: columns.map((c) => ({ name: c.target, column: c })) });

const PARENTS: readonly (readonly unknown[])[] = [
  [1, 'Anna', 'x', "it's", 1.5, 3, 1],
  [2, 'ANNE', 'Y', null, null, 0, 0],
  [3, 'bob', 'äy', '$1', -0.5, null, null],
  [4, null, null, '', 2.25, 7, 1],
  [5, 'Zoë', 'X', '\\', 1e10, -4, 0],
];
const CHILDREN: readonly (readonly unknown[])[] = [
  [1, 1, 'x', 10], [2, 1, 'y', -3], [3, 2, null, null], [4, null, 'x', 5], [5, 9, 'äy', 8], [6, 5, 'X', 2],
];

(url === undefined ? describe.skip : describe)('schema objects in PostgreSQL', () => {
  const sqlite = new Database(':memory:');
  const client = new pg.Client({ connectionString: url });
  const tables = new Map([['p', viewTable('pg_temp."P x"', P)], ['c', viewTable('pg_temp.c', C)]]);

  beforeAll(async () => {
    sqlite.exec(`CREATE TABLE P(id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, code TEXT, ${quote(HOSTILE)} TEXT, price REAL, qty INT, ok BOOLEAN, up TEXT AS (upper(code) || qty) STORED); CREATE TABLE c(id INTEGER PRIMARY KEY, p INT, code TEXT, n INT)`);
    await client.connect();
    await client.query(`CREATE TEMP TABLE "P x"(id bigint, name text, code text, ${quote(HOSTILE)} text, price double precision, qty int, ok boolean, up text); CREATE TEMP TABLE c(id bigint, p bigint, code text, n bigint)`);
    for (const r of PARENTS) {
      sqlite.prepare(`INSERT INTO P(id, name, code, ${quote(HOSTILE)}, price, qty, ok) VALUES (?,?,?,?,?,?,?)`).run(...r);
      const up = (sqlite.prepare('SELECT up FROM P WHERE id = ?').get(r[0]) as { up: string | null }).up;
      await client.query('INSERT INTO "P x" VALUES ($1,$2,$3,$4,$5,$6,$7,$8)', [...r.slice(0, 6), r[6] === null ? null : r[6] === 1, up]);
    }
    for (const r of CHILDREN) {
      sqlite.prepare('INSERT INTO c VALUES (?,?,?,?)').run(...r);
      await client.query('INSERT INTO c VALUES ($1,$2,$3,$4)', [...r]);
    }
  });
  afterAll(async () => {
    sqlite.close();
    await client.end();
  });

  test('proof queries count the same on both sides', async () => {
    for (const check of ['qty > 0', "name LIKE 'an%'", 'ok', 'ok IN (0, 1) AND price IS NOT NULL', `${quote(HOSTILE)} <> "a string"`, `length(${quote(HOSTILE)}) < 3 -- why`, "code COLLATE NOCASE = 'x'", 'name < code', 'qty % 0 IS NULL']) {
      const condition = translateCondition(check, scope);
      expect([check, condition.fidelity]).toEqual([check, 'exact']);
      const proof = conditionProof(condition, 'P', 'pg_temp."P x"');
      const actual = (await client.query(proof?.postgres ?? '')).rows[0];
      expect({ holds: Number(actual.holds), fails: Number(actual.fails), unknown: Number(actual.unknown) }).toEqual(sqlite.prepare(proof?.sqlite ?? '').get());
    }
    const generated = translateGenerated('upper(code) || qty', scope, P[7] as ScopeColumn);
    const counted = (await client.query(generatedProof(generated, { sqlite: 'P', postgres: 'pg_temp."P x"' }, '"up"', ['"id"'])?.postgres ?? '')).rows[0];
    expect(counted).toEqual({ holds: String(PARENTS.length), fails: '0', unknown: 0, examples: null });
    await client.query(`CREATE TEMP TABLE g(code text, qty int, up text GENERATED ALWAYS AS (${generated.sql}) STORED)`);
  });

  test.each([
    ['CREATE UNIQUE INDEX i ON P(name)', [{ name: 'name', descending: false, collation: 'NOCASE' }], `((translate("name", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')) NULLS FIRST)`],
    [`CREATE INDEX i ON P(${quote(HOSTILE)} DESC, id)`, [{ name: HOSTILE, descending: true, collation: 'BINARY' }, { name: 'id', descending: false, collation: 'BINARY' }], `(${quote(HOSTILE)} DESC NULLS LAST, "id")`],
    ["CREATE INDEX i ON P(lower(code), qty % 2) WHERE ok AND name GLOB 'A*'", [{ name: null, descending: false, collation: 'BINARY' }, { name: null, descending: false, collation: 'BINARY' }], null],
    ['CREATE UNIQUE INDEX i ON P(code COLLATE RTRIM DESC) WHERE qty > 5', [{ name: 'code', descending: true, collation: 'RTRIM' }], `((rtrim("code", ' ')) DESC NULLS LAST) WHERE ("qty" > 5)`],
  ])('%s', async (sql, parts, expected) => {
    const index = translateIndex({ unique: sql.includes('UNIQUE'), sql, parts }, scope);
    expect(index.fidelity).toBe('exact');
    if (expected !== null) expect(index.sql).toBe(expected);
    await client.query(`CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX i ON "P x" ${index.sql}`);
    await client.query('DROP INDEX i');
  });

  test('UNIQUE under NOCASE refuses what SQLite refuses, and no more', async () => {
    const index = translateIndex({ unique: true, sql: null, parts: [{ name: 'name', descending: false, collation: 'NOCASE' }] }, scope);
    await client.query(`CREATE TEMP TABLE u(name text); CREATE UNIQUE INDEX ON u ${index.sql}`);
    sqlite.exec('CREATE TABLE u(name TEXT COLLATE NOCASE UNIQUE)');
    for (const name of ['a', 'A', 'ä', 'Ä', null, null, 'a ', 'É', 'é']) {
      const taken = (() => {
        try {
          return sqlite.prepare('INSERT INTO u VALUES (?)').run(name).changes === 1;
        } catch {
          return false;
        }
      })();
      expect([name, await client.query('INSERT INTO u VALUES ($1)', [name]).then(() => true, () => false)]).toEqual([name, taken]);
    }
  });

  const rowsOf = (rows: readonly unknown[][]): string[] => rows.map((r) => JSON.stringify(r.map((v) => (typeof v === 'boolean' ? Number(v) : v)))).sort();

  test.each([
    'SELECT * FROM P',
    'SELECT id, qty > 1, ok FROM P WHERE ok',
    'SELECT p.*, c.id FROM P JOIN c ON c.p = p.id',
    'SELECT P.id, c.n FROM P LEFT JOIN c ON c.p = P.id AND c.n > 0',
    'SELECT * FROM P a, c b WHERE a.id = b.p',
    'SELECT code, id FROM P JOIN c USING (id, code)',
    'SELECT * FROM P JOIN c USING (id)',
    'SELECT P.name, count(*), count(c.n) AS k, sum(c.n), min(c.code), max(c.code), avg(c.n) FROM P LEFT JOIN c ON c.p = P.id GROUP BY P.id, P.price HAVING count(*) > 0',
    'SELECT p, count(DISTINCT code) FROM c GROUP BY p',
    'SELECT n % 2 AS odd, count(*) FROM c GROUP BY odd',
    'SELECT n % 2, count(*) FROM c GROUP BY 1 ORDER BY count(*) DESC, 1',
    'SELECT DISTINCT code FROM c ORDER BY code',
    'SELECT code FROM P UNION SELECT code FROM c ORDER BY 1 DESC',
    'SELECT code FROM P EXCEPT SELECT code FROM c INTERSECT SELECT code FROM P',
    'SELECT id FROM c UNION ALL SELECT id FROM P UNION SELECT n FROM c',
    'SELECT s.k, s.k + 1 FROM (SELECT p AS k, sum(n) AS t FROM c GROUP BY p) s WHERE s.t IS NOT NULL',
    `SELECT ${quote(HOSTILE)} AS "o""o" FROM P ORDER BY ${quote(HOSTILE)}`,
    "SELECT 'lit' AS a, NULL AS b, x'00' IS NULL AS c, 5 AS d",
    'SELECT code AS id, id AS code FROM P WHERE id > 2',
    'SELECT max(ok), total(n) FROM P CROSS JOIN (c)',
    'SELECT name FROM P ORDER BY name DESC, id',
    'SELECT code FROM c ORDER BY n DESC NULLS FIRST, id',
  ])('view: %s', async (select) => {
    const view = translateView(`CREATE VIEW v AS ${select}`, tables);
    const grouped = view.fidelity === 'needs_decision';
    if (grouped) {
      expect(select).toContain('GROUP BY P.id, P.price');
      expect(view.notes).toEqual(['the column "P"."name" is neither grouped nor aggregated']);
      return;
    }
    sqlite.exec(`CREATE TEMP VIEW v AS ${select}`);
    await client.query(`CREATE TEMP VIEW v AS ${view.sql}`);
    const expected = sqlite.prepare('SELECT * FROM v').raw().all() as unknown[][];
    const result = await client.query({ text: 'SELECT * FROM v', rowMode: 'array', types: { getTypeParser: (oid: number) => ([20, 21, 23, 700, 701, 1700].includes(oid) ? Number : oid === 16 ? (v: string) => v === 't' : (v: string) => v) as never } });
    const names = (sqlite.pragma('temp.table_info(v)') as { name: string }[]).map((c) => c.name);
    await client.query('DROP VIEW v');
    sqlite.exec('DROP VIEW v');
    expect(result.fields.map((f) => f.name)).toEqual(names);
    if (/ORDER BY/.test(select)) expect(result.rows.map((r: unknown[]) => rowsOf([r])[0])).toEqual(expected.map((r) => rowsOf([r])[0]));
    else expect(rowsOf(result.rows)).toEqual(rowsOf(expected));
  });

  test.each(['SELECT name, count(*) FROM P GROUP BY name', 'SELECT * FROM missing', 'WITH w AS (SELECT 1) SELECT * FROM w', 'SELECT id FROM P WHERE id IN (SELECT p FROM c)', 'SELECT row_number() OVER () FROM P', 'SELECT id FROM P, c', 'SELECT id, count(*) FROM P', 'VALUES (1)', 'SELECT id FROM P NATURAL JOIN c', 'SELECT nosuch FROM P', 'SELECT DISTINCT name FROM P', 'SELEC'])('no soundly translated view: %s', (select) => {
    expect(translateView(`CREATE VIEW v AS ${select}`, tables)).toMatchObject({ fidelity: 'needs_decision', sql: null, columns: null });
  });
});
