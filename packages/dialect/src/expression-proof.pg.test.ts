/**
 * Everything that is called exact is evaluated by both engines on the same rows, generated and by hand.
 * A seed replays a failure: CAUSEWAY_TEST_SEED=….
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import pg from 'pg';
import type { ColumnScope, ScopeColumn } from './column-scope.ts';
import { arbitraryExpression } from './expression-arbitraries.fixture.ts';
import { type ExpressionTranslation, translateExpression } from './translate-expression.ts';

const url = process.env['CAUSEWAY_TEST_PG'];
const seed = Number(process.env['CAUSEWAY_TEST_SEED'] ?? 20260731);
const runs = Number(process.env['CAUSEWAY_TEST_RUNS'] ?? 4000);

const column = (target: string, type: ScopeColumn['type'], affinity: ScopeColumn['affinity'], more: Partial<ScopeColumn> = {}): [string, ScopeColumn] => [
  target.toLowerCase(),
  { target, type, affinity, collation: 'BINARY', notNull: false, ...more },
];

const scope: ColumnScope = {
  columns: new Map([
    column('i2', 'int2', 'integer'),
    column('i4', 'int4', 'integer'),
    column('i8', 'int8', 'integer'),
    column('j8', 'int8', 'numeric'),
    column('r', 'float8', 'real'),
    column('q', 'float8', 'real'),
    column('n', 'numeric', 'numeric'),
    column('m', 'float8', 'numeric'),
    column('rn', 'numeric', 'real'),
    column('b', 'boolean', 'numeric'),
    column('t', 'text', 'text'),
    column('u', 'text', 'text'),
    column('nc', 'text', 'text', { collation: 'NOCASE' }),
    column('rt', 'text', 'text', { collation: 'RTRIM' }),
    column('x', 'bytea', 'blob', { classes: ['blob'] }),
    column('w', 'text', 'blob', { classes: ['text'] }),
    column('wn', 'text', 'numeric', { classes: ['text'] }),
    column('d', 'date', 'numeric', { canonical: true }),
    column('j', 'jsonb', 'text', { classes: ['text'] }),
  ]),
};
const SQLITE = 'CREATE TABLE s(id INTEGER PRIMARY KEY, i2 INT, i4 INT, i8 INT, j8 NUMERIC, r REAL, q REAL, n NUMERIC, m NUMERIC, rn REAL, b BOOLEAN, t TEXT, u TEXT, nc TEXT COLLATE NOCASE, rt TEXT COLLATE RTRIM, x BLOB, w, wn NUMERIC, d DATE, j TEXT)';
const POSTGRES =
  'CREATE TEMP TABLE s(id int, i2 smallint, i4 int, i8 bigint, j8 bigint, r double precision, q double precision, n numeric, m double precision, rn numeric, b boolean, t text, u text, nc text, rt text, x bytea, w text, wn text, d date, j jsonb)';

const TEXTS = ['', ' ', 'a', 'A', 'abc', 'ABC ', ' abc', 'Ünï', 'ÄBC', 'äbc', '5', '5.0', ' 7 ', '-1', '1e3', '0x10', 'a%b', 'a_b', 'a\\b', "it's", 'zz', 'Z', '😀é', 'x\ny', '[a]', 'ß', 'true', '9223372036854775807', '9223372036854775808', '.5', '5.', 'infinity', 'e', 'aé\u0301'];
const INTS = [0n, 1n, -1n, 2n, 3n, 5n, 7n, -5n, 10n, 100n, 32767n, -32768n];
const BIGS = [...INTS, 2147483647n, -2147483648n, 9007199254740992n, 9007199254740993n, -9007199254740993n, 9223372036854775807n, -9223372036854775808n, 4611686018427388404n];
const REALS = [0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, 0.2, 0.30000000000000004, 3.14, 1e15, 1e16, 1e17, 9007199254740992, 9007199254740994, 9223372036854775808, -9223372036854775808, 1e19, 1.7976931348623157e308, 5e-324, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 4503599627370497.5, 2.675, 1e-7, 123456.789];
const BLOBS = ['', '00', '61', '6162', 'ff', '00ff', '41'].map((h) => Buffer.from(h, 'hex'));
const NUMBERS: (number | bigint)[] = [...BIGS.slice(0, 14), 9007199254740992n, ...REALS.filter((r) => Number.isFinite(r) && Math.abs(r) < 1e15 && !Number.isInteger(r))];

const DAYS = ['2020-01-01', '2020-12-31', '1999-02-28', '0001-01-01', '9999-12-31'];
const JSONS = ['{}', '[1,2]', '"x"', 'null', '{"a":{"b":1e3}}'];

type Cell = null | bigint | number | string | Buffer;

function makeRows(count: number): Cell[][] {
  const random = fc.sample(fc.array(fc.nat(1_000_000), { minLength: 19, maxLength: 19 }), { numRuns: count, seed });
  const pick = <T extends Cell>(from: readonly T[], n: number): Cell => (n % 7 === 0 ? null : (from[(n >> 3) % from.length] as Cell));
  const plainText = TEXTS.filter((t) => Number.isNaN(Number(t)) || t.trim() === '');
  const from: readonly (readonly Cell[])[] = [INTS, BIGS.filter((b) => b >= -2147483648n && b <= 2147483647n), BIGS, BIGS, REALS, REALS, NUMBERS, NUMBERS, REALS, [0n, 1n], TEXTS, TEXTS, TEXTS, TEXTS, BLOBS, TEXTS, plainText, DAYS, JSONS];
  return random.map((numbers) => numbers.map((n, i) => pick(from[i] as readonly Cell[], n)));
}

const rows = makeRows(220);

const postgresCell = (cell: Cell, i: number): unknown => {
  if (i === 9 && cell !== null) return cell === 1n;
  if (typeof cell === 'number' || typeof cell === 'bigint') return cell === Number.POSITIVE_INFINITY ? 'Infinity' : cell === Number.NEGATIVE_INFINITY ? '-Infinity' : String(cell);
  return cell;
};

/** One spelling for a result of either side. */
function shown(kind: ExpressionTranslation['kind'], value: unknown): string {
  if (value === null || value === undefined) return 'null';
  switch (kind) {
    case 'bool':
      return value === true || value === 'true' || value === 1n ? '1' : value === false || value === 'false' || value === 0n ? '0' : `?${String(value)}`;
    case 'int':
      return typeof value === 'number' ? `real ${value}` : String(value);
    case 'real':
    case 'mixed':
      return typeof value === 'string' ? String(Number(value)) : String(Number(value));
    case 'blob':
      return (value as Buffer).toString('hex');
    default:
      return typeof value === 'string' ? `'${value}'` : `?${String(value)}`;
  }
}

/** What applications really write, and what fell over on the way here. */
const BY_HAND = [
  "d = '2020-01-01'", "d < '2020-12-31' OR d IS NULL", "d BETWEEN '1999-01-01' AND '2020-06-01'", "d IN ('2020-01-01', '1999-02-28')", 'json_valid(j)', 'JSON_VALID("j") OR "j" IS NULL', "typeof(j) = 'text'", 'typeof(i8)',
  'i4 >= 0', 'b = 1', 'b <> 0', 'b IN (0, 1)', 'b', 'NOT b', 'b IS TRUE', 'b IS NOT 1', 'b = b', 'b + 1 > 1', "b = '1'", "b = 't'", 'b BETWEEN 0 AND 1', 'i2 = b', '(a.i4)', 's.i4 = 1',
  'i4', "t", 'length(t) <= 3', "length(t) > 0 AND t <> ''", "t LIKE '%@%.%'", "t LIKE 'ABC%'", "t NOT LIKE '%ä%'", "t LIKE '%Ä%'", "t LIKE 'a\\%' ESCAPE '\\'", "t LIKE 'a|_%' ESCAPE '|'", "t LIKE 'x\\'", "t GLOB '[A-Z]*'", "t GLOB '[^0-9]*'", "NOT t GLOB '*[^0-9]*'", "i8 LIKE '9%'",
  "t IN ('a', 'A', 'abc')", "nc IN ('a', 'abc')", "nc = 'ABC'", "nc < 'b'", "'b' > nc", "t = 'a' COLLATE NOCASE", "rt = 'abc'", "rt = 'ABC'", 't < u', 't >= u COLLATE NOCASE', "t = 5", "t = 5 + 0", "i8 = '5'", "i8 = ' 5 '", "i8 = '5.0'", "i8 = 'abc'", "i8 < 'abc'", "n = '0.5'", "x = 'a'", "x = x'61'", "x < x'62'", 'x IS NULL', "w = 5", "w = '5'",
  'i8 + 1', 'i8 - 1', 'i8 * 2', '-i8', 'i8 / 0', 'i8 % 0', 'i8 / -1', 'i8 % -1', 'i4 / 2', '-7 / 2', '-7 % 3', 'i2 * i4', 'i4 + i4', '2147483647 + 1', '9223372036854775807 + 0', 'i8 + 1 > i8', 'i8 / j8', 'i8 = r', 'i8 < r', 'r = 0.1', 'r > 1', 'n = 0.5', 'n >= 0', 'm >= 0', 'rn = 3.14', 'n = i4', 'm = i4', 'm <> r',
  "t || '-' || i4", "coalesce(t, '')", "coalesce(i4, 0)", "ifnull(t, u)", "nullif(t, '')", "nullif(nc, 'A')", 'abs(i4)', 'round(r)', 'round(n)', 'round(-0.5)', 'round(i4, 2)', 'min(i4, i8)', "max(t, u)", "substr(t, 2)", 'substr(t, -2)', 'substr(t, 0, 2)', 'substr(t, 2, 1)', 'substr(t, -2, 1)', "substr(t, instr(t, 'b'))", 'trim(t)', "trim(t, 'a ')", "replace(t, 'a', 'zz')", "instr(t, 'b')", "instr(t, '')", 'lower(t)', 'upper(t)', 'hex(t)', 'unicode(t)',
  'CAST(i4 AS TEXT)', 'CAST(r AS INTEGER)', 'CAST(i8 AS REAL)', 'CAST(i4 AS TEXT) = 5', "CASE WHEN i4 > 0 THEN 'p' WHEN i4 < 0 THEN 'n' END", 'CASE i4 WHEN 1 THEN 10 ELSE 0 END', 'iif(i4 > 0, t, u)', 'i4 & 3', 'i4 | 8', '~i4', 'i8 << 1', 'i8 >> 1', 'i4 IS NOT DISTINCT FROM i2', 'i4 IS i2', 't IS NOT u', 'NULL', 'NULL IS NULL', 'i4 IN ()', 'NULL NOT IN ()', 'i4 IN (1, NULL)', 'i4 NOT IN (1, NULL)', 'i4 = NULL', 'NULL AND 0', 'NULL OR 1', 'NOT NULL', '(i4 > 0) + (i2 > 0) = 1', 't NOT BETWEEN \'A\' AND \'Z\'', '0x7fffffffffffffff', "'it''s; --' || t", '"i4" = 1', '[i4] = 1', '`i4` = 1', 'i4 COLLATE NOCASE = 1', 'likely(i4 > 0)',
];

const describePg = url === undefined ? describe.skip : describe;

describePg('what is called exact is the same in both engines', () => {
  const sqlite = new Database(':memory:');
  const client = new pg.Client({ connectionString: url });

  beforeAll(async () => {
    sqlite.defaultSafeIntegers(true);
    sqlite.exec(SQLITE);
    const insert = sqlite.prepare(`INSERT INTO s VALUES (${new Array(20).fill('?').join(',')})`);
    await client.connect();
    await client.query("SET TimeZone = 'UTC'");
    await client.query(POSTGRES);
    for (const [id, row] of rows.entries()) {
      insert.run(BigInt(id), ...row);
      await client.query(`INSERT INTO s VALUES (${new Array(20).fill(0).map((_, i) => `$${i + 1}`).join(',')})`, [id, ...row.map(postgresCell)]);
    }
  });
  afterAll(async () => {
    sqlite.close();
    await client.end();
  });

  /** Null: SQLite itself refuses the expression (an overflow in abs, a bad pattern). */
  function inSqlite(expression: string): unknown[] | null {
    try {
      return sqlite.prepare(`SELECT ${expression} FROM s ORDER BY id`).raw().all().map((r) => (r as unknown[])[0]);
    } catch {
      return null;
    }
  }

  async function difference(expression: string): Promise<string | null> {
    const translation = translateExpression(expression, scope);
    if (translation.fidelity !== 'exact') return null;
    const expected = inSqlite(expression);
    if (expected === null) return null;
    let actual: unknown[];
    try {
      actual = (await client.query({ text: `SELECT (${translation.sql}) FROM s ORDER BY id`, rowMode: 'array', types: { getTypeParser: (oid: number) => (oid === 17 ? (v: string) => Buffer.from(v.slice(2), 'hex') : (v: string) => (oid === 16 ? v === 't' : v)) as never } })).rows.map((r) => (r as unknown[])[0]);
    } catch (error) {
      return `${expression}\n  → ${translation.sql}\n  PostgreSQL: ${(error as Error).message}`;
    }
    for (let i = 0; i < rows.length; i += 1) {
      const [a, b] = [shown(translation.kind, expected[i]), shown(translation.kind, actual[i])];
      if (a !== b) return `${expression}\n  → ${translation.sql}\n  row ${rows[i]?.map(String).join(' | ')}\n  SQLite ${a}, PostgreSQL ${b}`;
    }
    return null;
  }

  test.each(BY_HAND)('%s', async (expression) => {
    expect(await difference(expression)).toBeNull();
  });

  test('what CHECKs usually contain is exact', () => {
    const others = BY_HAND.filter((e) => translateExpression(e, scope).fidelity !== 'exact');
    expect(others).toEqual([]);
  });

  test('generated expressions', async () => {
    const failures: string[] = [];
    let exact = 0;
    const sample = fc.sample(arbitraryExpression, { numRuns: runs, seed });
    for (const expression of sample) {
      if (translateExpression(expression, scope).fidelity === 'exact') exact += 1;
      const found = await difference(expression);
      if (found !== null) failures.push(found);
      if (failures.length >= 10) break;
    }
    expect(failures).toEqual([]);
    // A translator that gave everything up would pass the loop above.
    expect(exact).toBeGreaterThan(sample.length / 4);
  });
});
