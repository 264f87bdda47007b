import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { makeSampleErp } from './make-sample-erp.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sample-erp-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything in the file: schema, and each row with the storage class of each value. */
function digest(file: string): string {
  const db = new Database(file, { readonly: true });
  const hash = createHash('sha256');
  const objects = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').raw().all();
  hash.update(JSON.stringify(objects));
  for (const name of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'document\\_search\\_%' ESCAPE '\\' ORDER BY name").pluck().all() as string[]) {
    for (const row of db.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}"`).safeIntegers().raw().iterate() as Iterable<unknown[]>) {
      for (const value of row) hash.update(`${typeof value}:`).update(Buffer.isBuffer(value) ? value : Object.is(value, null) ? 'null' : String(value));
    }
  }
  db.close();
  return hash.digest('hex');
}

function query<T>(file: string, sql: string): T[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).safeIntegers().pluck().all() as T[];
  } finally {
    db.close();
  }
}

describe('sample ERP at full size', () => {
  test('has tables of every shape, enough rows, and satisfies its own constraints', () => {
    const file = join(folder, 'full.sqlite');
    const made = makeSampleErp(file);
    expect(made.tables).toBeGreaterThanOrEqual(30);
    expect(made.rows).toBeGreaterThanOrEqual(200_000);
    expect(query(file, 'SELECT "table" FROM pragma_foreign_key_check')).toEqual([]);
    expect(query(file, 'PRAGMA integrity_check')).toEqual(['ok']);
    expect(query(file, 'SELECT max(length(data)) FROM attachment')).toEqual([BigInt(6 * 1024 * 1024)]);
    expect(query(file, "SELECT seq FROM sqlite_sequence WHERE name = 'archive_2019'")).toEqual([48_211n]);
    expect(query(file, 'SELECT sum(round(debit * 10000)) - sum(round(credit * 10000)) FROM ledger_entry')).toEqual([0]);
    expect(query<bigint>(file, 'SELECT count(*) FROM stock_move WHERE id <= 0')[0]).toBeGreaterThan(0n);
    expect(query(file, 'SELECT count(*) FROM shipment_line GROUP BY shipment_id, order_id, line, quantity HAVING count(*) > 1').length).toBeGreaterThan(0);
  });

  test('holds no value that its column could not hold in PostgreSQL', () => {
    const file = join(folder, 'full.sqlite');
    const bad = (sql: string): bigint => query<bigint>(file, sql)[0] ?? 0n;
    expect(bad("SELECT count(*) FROM note WHERE instr(CAST(body AS BLOB), x'00') > 0")).toBe(0n);
    expect(bad("SELECT count(*) FROM sales_order WHERE typeof(placed_at) <> 'text' OR datetime(placed_at) IS NULL")).toBe(0n);
    expect(bad("SELECT count(*) FROM ledger_entry WHERE typeof(debit) NOT IN ('integer', 'real') OR typeof(credit) NOT IN ('integer', 'real')")).toBe(0n);
    expect(bad("SELECT count(*) FROM product WHERE length(id) <> 32 OR id GLOB '*[^0-9a-f]*'")).toBe(0n);
    expect(bad('SELECT count(*) FROM company WHERE is_customer NOT IN (0, 1)')).toBe(0n);
  });
});

describe('sample ERP in small', () => {
  test('the same seed gives the same contents, another seed others', () => {
    const at = (name: string, seed: number): string => {
      makeSampleErp(join(folder, name), { rows: 5_000, seed });
      return digest(join(folder, name));
    };
    const first = at('a.sqlite', 7);
    expect(at('b.sqlite', 7)).toBe(first);
    expect(at('c.sqlite', 8)).not.toBe(first);
  });

  test.each([1, 500, 20_000])('%i rows satisfy the foreign keys', (rows) => {
    const file = join(folder, `rows-${rows}.sqlite`);
    makeSampleErp(file, { rows });
    expect(query(file, 'SELECT "table" FROM pragma_foreign_key_check')).toEqual([]);
  });

  test('the number of rows follows the option', () => {
    const made = makeSampleErp(join(folder, 'asked.sqlite'), { rows: 50_000 });
    expect(Math.abs(made.rows - 50_000)).toBeLessThan(5_000);
  });

  test('problems are planted only when asked for', () => {
    const seen: string[] = [];
    const file = join(folder, 'problems.sqlite');
    makeSampleErp(file, { rows: 5_000, withProblems: true, onProgress: ({ department }) => seen.push(department) });
    expect(query(file, "SELECT count(*) FROM note WHERE instr(CAST(body AS BLOB), x'00') > 0")).toEqual([1n]);
    expect(query(file, "SELECT typeof(quantity) FROM stock_move WHERE id = -900")).toEqual(['text']);
    expect(seen).toContain('finance');
  });
});
