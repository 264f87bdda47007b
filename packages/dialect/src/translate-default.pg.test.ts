/** Defaults: what SQLite stores and what PostgreSQL stores from the translated clause is the same value. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import pg from 'pg';
import type { Affinity, TargetType } from './column-scope.ts';
import { translateDefault } from './translate-default.ts';

const url = process.env['CAUSEWAY_TEST_PG'];
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
});
