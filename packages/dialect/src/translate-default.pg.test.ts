/** Defaults: what SQLite stores and what PostgreSQL stores from the translated clause is the same value. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import pg from 'pg';
import type { Affinity, TargetType } from './column-scope.ts';
import { translateDefault } from './translate-default.ts';

const url = process.env['CAUSEWAY_TEST_PG'];
/** How SQLite's manuals of several frameworks spell a random uuid. */
const UUID_OF_PARTS = "(lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4' || substr(lower(hex(randomblob(2))),2) || '-' || substr('89ab',abs(random()) % 4 + 1, 1) || substr(lower(hex(randomblob(2))),2) || '-' || lower(hex(randomblob(6))))";

const column = (type: TargetType, affinity: Affinity): { type: TargetType; affinity: Affinity } => ({ type, affinity });

(url === undefined ? describe.skip : describe)('defaults as both engines store them', () => {
  const client = new pg.Client({ connectionString: url });
  beforeAll(() => client.connect());
  afterAll(() => client.end());

  const cases: readonly (readonly [string, string, TargetType, Affinity, string])[] = ["'x'", "'it''s'", '5', '-5', '1.5', "'5'", "' 7 '", "'5.0'", '0x10', "x'61'", '(1+2)', "('a'||'b')", 'NULL', 'TRUE', "'a\\b'", '(7/2)', "(lower('ÄB'))", '-9223372036854775808', '1e3', "'1e3'"].flatMap((text) => [
    [text, 'INTEGER', 'int8', 'integer', 'bigint'] as const,
    [text, 'REAL', 'float8', 'real', 'double precision'] as const,
    [text, 'TEXT', 'text', 'text', 'text'] as const,
    [text, 'BLOB', 'bytea', 'blob', 'bytea'] as const,
    [text, 'NUMERIC', 'numeric', 'numeric', 'numeric'] as const,
  ]);

  test.each(cases)('%s as %s', async (text, declared, type, affinity, target) => {
    const translation = translateDefault(text, column(type, affinity));
    if (translation.fidelity !== 'exact') return;
    const sqlite = new Database(':memory:');
    sqlite.exec(`CREATE TABLE d(id, v ${declared} DEFAULT ${text}); INSERT INTO d(id) VALUES (1)`);
    const expected = (sqlite.prepare("SELECT CASE typeof(v) WHEN 'blob' THEN hex(v) ELSE CAST(v AS TEXT) END FROM d").raw().get() as (string | null)[])[0];
    sqlite.close();
    await client.query(`CREATE TEMP TABLE d(id int, v ${target} DEFAULT ${translation.sql})`);
    await client.query('INSERT INTO d(id) VALUES (1)');
    const shown = target === 'bytea' ? "upper(encode(v, 'hex'))" : 'v::text';
    const actual = (await client.query(`SELECT ${shown} AS v FROM d`)).rows[0].v as string | null;
    await client.query('DROP TABLE d');
    const number = expected !== null && declared !== 'TEXT' && declared !== 'BLOB';
    expect(number ? Number(actual) : actual).toEqual(number ? Number(expected) : expected);
  });

  test('the clock reads the same second in both', async () => {
    for (const text of ['CURRENT_TIMESTAMP', 'CURRENT_DATE', "(strftime('%Y-%m-%dT%H:%M:%SZ','now'))", "(strftime('%s','now'))"]) {
      const sql = translateDefault(text, column('text', 'text')).sql;
      const sqlite = new Database(':memory:');
      const read = (): string => (sqlite.prepare(`SELECT ${text}`).raw().get() as string[])[0] as string;
      const before = read();
      const actual = (await client.query(`SELECT ${sql} AS v`)).rows[0].v as string;
      const after = read();
      expect([before, after].some((t) => t === actual) || (before < actual && actual < after)).toBe(true);
      sqlite.close();
    }
  });

  test.each([
    ["('r'||lower(hex(randomblob(7))))", 'text', 'text', /^r[0-9a-f]{14}$/],
    ['(hex(randomblob(16)))', 'text', 'text', /^[0-9A-F]{32}$/],
    ['(randomblob(8))', 'bytea', 'blob', /^\\x[0-9a-f]{16}$/],
    ['(random())', 'int8', 'integer', /^-?\d{1,19}$/],
    ['(lower(hex(randomblob(16))))', 'uuid', 'text', /^[0-9a-f-]{36}$/],
    [UUID_OF_PARTS, 'uuid', 'text', /^[0-9a-f-]{36}$/],
    [UUID_OF_PARTS, 'text', 'text', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ] as const)('%s is random into %s', async (text, type, affinity, shape) => {
    const { sql, fidelity } = translateDefault(text, column(type, affinity));
    expect(fidelity).toBe('approximated');
    const rows = (await client.query(`SELECT (${sql})::text AS v FROM generate_series(1, 200)`)).rows.map((r) => r.v as string);
    expect(rows.filter((v) => !shape.test(v))).toEqual([]);
    expect(new Set(rows).size).toBe(200);
  });
});
