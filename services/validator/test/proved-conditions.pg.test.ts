/** Translated conditions are proved by counting their answers on both sides; a wrong translation shows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { insertMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import { readObjects, recordObject } from '@causeway/control/record/object-record';
import { createLog } from '@causeway/runtime/log';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import Database from 'better-sqlite3';
import type pg from 'pg';
import { proveConditions } from '../src/proof/prove-conditions.ts';
import type { TableVerification } from '../src/report/table-verification.ts';

const g = { migration: 'm', generation: 1 };
let database: FreshDatabase;
let pool: pg.Pool;
let folder: string;
let file: string;
beforeAll(async () => {
  database = await freshDatabase('proof');
  pool = createPool({ url: database.url, max: 2, applicationName: 'test' });
  folder = mkdtempSync(join(tmpdir(), 'causeway-proof-'));
  file = join(folder, 'source.sqlite');
  const db = new Database(file);
  db.exec("create table t (id integer primary key, s text); insert into t (s) values ('Abc'), ('xyz'), (null), ('ABZ')");
  db.close();
  await pool.query("CREATE TABLE public.t (id bigint, s text); INSERT INTO public.t VALUES (1, 'Abc'), (2, 'xyz'), (3, NULL), (4, 'ABZ')");
  await ensureControlSchema(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const counts = (condition: string): string => `SELECT count(*) FILTER (WHERE ${condition}) AS holds, count(*) FILTER (WHERE NOT (${condition})) AS fails, count(*) FILTER (WHERE (${condition}) IS NULL) AS unknown FROM`;

async function outcomes(verified: Partial<TableVerification>, ...conditions: [string, string][]): Promise<[string, string][]> {
  await inTransaction(pool, async (client) => {
    await client.query('DELETE FROM causeway.migration');
    await insertMigration(client, { id: 'm', name: 'm', generation: 1, phase: 'built', source: {}, settings: {}, plan: {} } as unknown as MigrationRecord);
    for (const [sqlite, postgres] of conditions) {
      const proof = { sqlite: `${counts(sqlite)} "t"`, postgres: `${counts(postgres)} "public"."t"` };
      await recordObject(client, g, { kind: 'check', table: 0, name: sqlite, fidelity: 'exact', sourceSql: sqlite, targetSql: postgres, notes: 'a; b', state: 'made', proof });
    }
  });
  const table = { table: 0, equal: true, quarantinedRows: 0, ...verified } as TableVerification;
  // Twice: a verification may be repeated, its notes are not.
  for (let i = 0; i < 2; i++) await proveConditions(pool, g, file, [table], createLog('validator', 'silent'));
  return (await readObjects(pool, g)).map((o) => [o.fidelity, o.notes]);
}

test('a condition that answers alike on every row is proved, one that does not needs a decision', async () => {
  expect(await outcomes({}, ["s LIKE 'ab%'", "s ILIKE 'ab%'"], ["s LIKE 'ab%'", "s LIKE 'ab%'"])).toEqual([
    ['exact', 'a; b; proof: same answer on all 4 rows'],
    ['needs_decision', 'a; b; proof: holds on 2 rows in SQLite and on 0 in PostgreSQL, of 4'],
  ]);
});

test('what cannot be compared says so', async () => {
  expect(await outcomes({ quarantinedRows: 2 }, ['1', 'true'])).toEqual([['exact', 'a; b; proof: left out, 2 row(s) of the table are in the quarantine']]);
  expect(await outcomes({}, ['nosuch(s)', 'true'])).toEqual([['exact', 'a; b; proof: not possible, no such function: nosuch']]);
  expect(await outcomes({ equal: false }, ['1', 'true'])).toEqual([['exact', 'a; b']]);
});
