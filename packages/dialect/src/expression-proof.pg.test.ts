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
  ]),
};
const SQLITE = 'CREATE TABLE s(id INTEGER PRIMARY KEY, i2 INT, i4 INT, i8 INT, j8 NUMERIC, r REAL, q REAL, n NUMERIC, m NUMERIC, rn REAL, b BOOLEAN, t TEXT, u TEXT, nc TEXT COLLATE NOCASE, rt TEXT COLLATE RTRIM, x BLOB, w, wn NUMERIC)';
const POSTGRES =
  'CREATE TEMP TABLE s(id int, i2 smallint, i4 int, i8 bigint, j8 bigint, r double precision, q double precision, n numeric, m double precision, rn numeric, b boolean, t text, u text, nc text, rt text, x bytea, w text, wn text)';

const TEXTS = ['', ' ', 'a', 'A', 'abc', 'ABC ', ' abc', 'Ünï', 'ÄBC', 'äbc', '5', '5.0', ' 7 ', '-1', '1e3', '0x10', 'a%b', 'a_b', 'a\\b', "it's", 'zz', 'Z', '😀é', 'x\ny', '[a]', 'ß', 'true', '9223372036854775807', '9223372036854775808', '.5', '5.', 'infinity', 'e', 'aé\u0301'];
const INTS = [0n, 1n, -1n, 2n, 3n, 5n, 7n, -5n, 10n, 100n, 32767n, -32768n];
const BIGS = [...INTS, 2147483647n, -2147483648n, 9007199254740992n, 9007199254740993n, -9007199254740993n, 9223372036854775807n, -9223372036854775808n, 4611686018427388404n];
const REALS = [0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, 0.2, 0.30000000000000004, 3.14, 1e15, 1e16, 1e17, 9007199254740992, 9007199254740994, 9223372036854775808, -9223372036854775808, 1e19, 1.7976931348623157e308, 5e-324, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 4503599627370497.5, 2.675, 1e-7, 123456.789];
const BLOBS = ['', '00', '61', '6162', 'ff', '00ff', '41'].map((h) => Buffer.from(h, 'hex'));
const NUMBERS: (number | bigint)[] = [...BIGS.slice(0, 14), 9007199254740992n, ...REALS.filter((r) => Number.isFinite(r) && Math.abs(r) < 1e15 && !Number.isInteger(r))];

type Cell = null | bigint | number | string | Buffer;

function makeRows(count: number): Cell[][] {
  const random = fc.sample(fc.array(fc.nat(1_000_000), { minLength: 17, maxLength: 17 }), { numRuns: count, seed });
  const pick = <T extends Cell>(from: readonly T[], n: number): Cell => (n % 7 === 0 ? null : (from[(n >> 3) % from.length] as Cell));
  const plainText = TEXTS.filter((t) => Number.isNaN(Number(t)) || t.trim() === '');
  const from: readonly (readonly Cell[])[] = [INTS, BIGS.filter((b) => b >= -2147483648n && b <= 2147483647n), BIGS, BIGS, REALS, REALS, NUMBERS, NUMBERS, REALS, [0n, 1n], TEXTS, TEXTS, TEXTS, TEXTS, BLOBS, TEXTS, plainText];
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

const describePg = url === undefined ? describe.skip : describe;

describePg('what is called exact is the same in both engines', () => {
  const sqlite = new Database(':memory:');
  const client = new pg.Client({ connectionString: url });

  beforeAll(async () => {
    sqlite.defaultSafeIntegers(true);
    sqlite.exec(SQLITE);
    const insert = sqlite.prepare(`INSERT INTO s VALUES (${new Array(18).fill('?').join(',')})`);
    await client.connect();
    await client.query("SET TimeZone = 'UTC'");
    await client.query(POSTGRES);
    for (const [id, row] of rows.entries()) {
      insert.run(BigInt(id), ...row);
      await client.query(`INSERT INTO s VALUES (${new Array(18).fill(0).map((_, i) => `$${i + 1}`).join(',')})`, [id, ...row.map(postgresCell)]);
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
