/** Key columns may be called like anything that stands in our own statements about them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TableContract } from '@causeway/contracts/table-contract';
import { insertLive } from '@causeway/control/live/live-record';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { insertMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import { installReverseCapture } from '@causeway/control/target/reverse-capture';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import type pg from 'pg';
import { changedSince, matchesOf, problemsOf, rowsOf } from '../src/live/target/back-snapshot.ts';

const NAMES = ['n', 'k', 'a', 't', 'q', 'w', 'm', 'd', 'e', 'key', 'k0'];
let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase('back_key_names');
  pool = createPool({ url: database.url, max: 1, applicationName: 'test' });
  await ensureControlSchema(pool);
  await inTransaction(pool, async (client) => {
    await insertMigration(client, { id: 'm', name: 'm', generation: 1, phase: 'built', source: {}, settings: {}, plan: {} } as unknown as MigrationRecord);
    await insertLive(client, { migration: 'm', generation: 1, token: 't', startedAtId: 1n });
    await installReverseCapture(client, { migration: 'm', generation: 1 }, []);
  });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test.each(NAMES)('rows of a table whose key is called %s are found', async (name) => {
  const table = `t_${name}`;
  await pool.query(`CREATE TABLE public."${table}" ("${name}" int8 PRIMARY KEY, v text)`);
  await pool.query(`INSERT INTO public."${table}" VALUES (3, 'c'), (1, 'a')`);
  const column = (source: string, kind: string): unknown => ({ source, target: source, type: { kind }, form: 'plain', notNull: false });
  const contract = { table: 0, source: table, targetSchema: 'public', target: table, columns: [column(name, 'int8'), column('v', 'text')], order: { kind: 'rowid', alias: name }, key: [name], keyless: false, speculative: false } as unknown as TableContract;
  const client = await pool.connect();
  try {
    const matches = await matchesOf(client, contract, [['3'], ['2'], ['1']]);
    const rows = await rowsOf(client, contract, [['3'], ['2'], ['1']], true);
    expect(matches.map((match) => rows.get(match)?.length ?? 0)).toEqual([1, 0, 1]);
    const g = { migration: 'm', generation: 1 };
    expect([(await changedSince(client, g, contract, 0n)).size, (await problemsOf(client, g, contract)).size]).toEqual([0, 0]);
  } finally {
    client.release();
  }
});
