import { describe, expect, test } from '@jest/globals';
import { readQuerySet } from './read-query-set.ts';
import { isOrdered, numberedParameters, splitStatements } from './scan-sql.ts';

describe('a file of SQL', () => {
  test('names, parameters and second forms', () => {
    const queries = readQuerySet(
      `-- a remark
-- name: order; by id
-- param: id = 1..9
SELECT ';' AS x, "a;b" FROM t WHERE id = :id; -- trailing
-- postgres:
SELECT ';'::text FROM t WHERE id = :id /* ; */;

SELECT 2;`,
      'q.sql',
    );
    expect(queries.map((q) => [q.name, q.sqlite, q.postgres])).toEqual([
      ['order; by id', `SELECT ';' AS x, "a;b" FROM t WHERE id = :id`, `SELECT ';'::text FROM t WHERE id = :id`],
      ['query 2', 'SELECT 2', null],
    ]);
    expect(queries[0]?.parameters.get('id')).toEqual({ kind: 'range', from: 1, to: 9 });
  });

  test.each([
    ['', 'holds no query'],
    ['-- only a remark', 'holds no query'],
    ['SELECT :id', 'which no "-- param:" line describes'],
    ['-- param: id = 9..1\nSELECT :id', 'is empty'],
    ['-- param: id = DROP TABLE x\nSELECT :id', 'not "DROP TABLE x"'],
    ['-- postgres:\nSELECT 1', 'follows no query'],
    ['[{"sql": 1}]', 'q.sql'],
    ['[{', 'q.sql'],
  ])('%j is refused with a reason', (text, reason) => {
    expect(() => readQuerySet(text, 'q.sql')).toThrow(expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(reason) }));
  });

  test('an unclosed quote ends with the text', () => {
    expect(splitStatements("SELECT 'a; b")).toEqual(["SELECT 'a; b"]);
    expect(splitStatements('SELECT 1 /* ; ')).toEqual(['SELECT 1 /* ; ']);
  });
});

test('JSON, as a list and in an object', () => {
  const list = [{ name: 'one', sqlite: 'SELECT :a;', params: { a: 'SELECT id FROM t' } }, { sqlite: 'SELECT 2', postgres: 'SELECT 3' }];
  for (const text of [JSON.stringify(list), JSON.stringify({ queries: list })]) {
    const queries = readQuerySet(text, 'q.json');
    expect(queries.map((q) => [q.name, q.sqlite, q.postgres])).toEqual([['one', 'SELECT :a', null], ['query 2', 'SELECT 2', 'SELECT 3']]);
    expect(queries[0]?.parameters.get('a')).toEqual({ kind: 'query', sql: 'SELECT id FROM t' });
  }
});

test('equal names are told apart', () => {
  expect(readQuerySet('-- name: a\nSELECT 1; -- name: a\nSELECT 2', 'q.sql').map((q) => q.name)).toEqual(['a', 'a (2)']);
});

describe('logs', () => {
  test('Django: one query a shape, the most time first, no writes', () => {
    const log = `(0.001) SELECT "shop_item"."id" FROM "shop_item" WHERE "shop_item"."id" = 5 LIMIT 21; args=(5,); alias=default
DEBUG 2026-01-01 django.db.backends (0.002) SELECT "shop_item"."id" FROM "shop_item" WHERE "shop_item"."id" = 6 LIMIT 21; args=(6,); alias=default
(0.250) SELECT "shop_item"."name" FROM "shop_item" WHERE "shop_item"."name" LIKE '%a; args=b''%' ESCAPE '\\'
 ORDER BY 1; args=('%a%',); alias=default
(0.000) UPDATE "shop_item" SET "name" = 'x'; args=('x',); alias=default
(0.009) SELECT 1 FROM t WHERE a = %s; args=(1,); alias=default
`;
    const queries = readQuerySet(log, 'django.log');
    expect(queries.map((q) => [q.times, q.fromLog])).toEqual([[1, true], [2, true]]);
    expect(queries[0]?.sqlite).toContain('LIKE');
    expect(queries[1]?.sqlite).toBe('SELECT "shop_item"."id" FROM "shop_item" WHERE "shop_item"."id" = 5 LIMIT 21');
    expect(queries[1]?.name).toBe('2: shop_item');
  });

  test('PostgreSQL and the sqlite3 shell', () => {
    expect(readQuerySet("2026-01-01 10:00:00 UTC [7] LOG:  duration: 12.5 ms  statement: SELECT *\n\tFROM t\n2026-01-01 10:00:01 UTC [7] LOG:  duration: 1 ms  statement: COMMIT\n", 'pg.log').map((q) => q.sqlite)).toEqual(['SELECT *\n\tFROM t']);
    expect(readQuerySet('sqlite> SELECT count(*) FROM t;\n7\nRun Time: real 0.012 user 0.01 sys 0.0\nSELECT 2;\n2\nRun Time: real 0.002 user 0.0 sys 0.0\n', 'shell.log').map((q) => q.sqlite)).toEqual(['SELECT count(*) FROM t', 'SELECT 2']);
  });
});

test('parameters are numbered, casts and quoted text are left', () => {
  expect(numberedParameters(`SELECT ':a', "x:b", :b, :a::int, a[1:2] FROM t WHERE b = :b -- :c`)).toEqual({ text: `SELECT ':a', "x:b", $1, $2::int, a[1:2] FROM t WHERE b = $1 -- :c`, names: ['b', 'a'] });
});

test('only the outermost ORDER BY orders a result', () => {
  expect(isOrdered('SELECT * FROM (SELECT 1 ORDER BY 1) x')).toBe(false);
  expect(isOrdered("SELECT 'order by' FROM t")).toBe(false);
  expect(isOrdered('SELECT (1) FROM t ORDER  BY 1')).toBe(true);
});
