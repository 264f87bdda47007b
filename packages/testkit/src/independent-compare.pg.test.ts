import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import pg from 'pg';
import { comparerMissing, independentCompare } from './independent-compare.ts';
import { type FreshDatabase, freshDatabase } from './test-servers.ts';

const missing = await comparerMissing();
const testWithComparer = missing === undefined ? test : test.skip;

let folder = '';
let target: FreshDatabase;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'compare-test-'));
  target = await freshDatabase('compare');
  const db = new Database(join(folder, 'source.sqlite'));
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, r REAL); INSERT INTO t VALUES (1, 'a', 0.1), (2, 'b ', 1.5), (3, NULL, NULL)");
  db.close();
});
afterAll(async () => {
  await target.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function inTarget(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: target.url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

test('says why it is not available', async () => {
  const verdict = await independentCompare({ source: 'x.sqlite', target: 'postgres://u@localhost/x', python: '/nonexistent/python' });
  expect(verdict).toMatchObject({ available: false });
});

testWithComparer(`sees what is equal, different and quarantined${missing === undefined ? '' : `: ${missing}`}`, async () => {
  const source = join(folder, 'source.sqlite');
  await inTarget("CREATE TABLE t (id bigint, v text, r double precision); INSERT INTO t VALUES (1, 'a', 0.1), (2, 'b ', 1.5), (3, NULL, NULL)");
  expect(await independentCompare({ source, target: target.url })).toMatchObject({ available: true, equal: true, tables: [{ table: 't', status: 'EQUAL', source: 3, target: 3 }] });
  await inTarget("UPDATE t SET v = 'b' WHERE id = 2");
  expect(await independentCompare({ source, target: target.url })).toMatchObject({ equal: false, tables: [{ status: 'DIFFERENT', missing: 1, extra: 1 }] });
  await inTarget('DELETE FROM t WHERE id = 2');
  const quarantine = join(folder, 'quarantine.jsonl');
  writeFileSync(quarantine, '{"table":"t","key":{"id":{"class":"integer","base64":"Mg=="}}}\n');
  expect(await independentCompare({ source, target: target.url })).toMatchObject({ equal: false });
  expect(await independentCompare({ source, target: target.url, quarantine })).toMatchObject({ equal: true, tables: [{ status: 'EQUAL+QUARANTINED' }] });
});

testWithComparer('a comparer that fails is an error, not a verdict', async () => {
  const file = join(folder, 'text.sqlite');
  writeFileSync(file, 'no database at all '.repeat(100));
  await expect(independentCompare({ source: file, target: target.url })).rejects.toThrow('no verdict');
});
