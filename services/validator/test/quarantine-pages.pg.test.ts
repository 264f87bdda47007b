/** More quarantined rows than one page holds: each is read once, in whatever order their numbers would sort as text. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TableContract } from '@causeway/contracts/table-contract';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { insertMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import type pg from 'pg';
import { quarantineOfTable } from '../src/align/quarantine-of-table.ts';

const ROWS = 12_001;
let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase('quarantine');
  pool = createPool({ url: database.url, max: 2, applicationName: 'test' });
  await ensureControlSchema(pool);
  await inTransaction(pool, (client) => insertMigration(client, { id: 'm', name: 'm', generation: 1, phase: 'loaded', source: {}, settings: {}, plan: {} } as unknown as MigrationRecord));
  await pool.query(
    `INSERT INTO causeway.quarantine (migration, generation, table_no, range_no, key, column_name, code, reason)
     SELECT 'm', 1, 0, 0, jsonb_build_object('k', jsonb_build_object('class', 'integer', 'base64', encode(convert_to(i::text, 'UTF8'), 'base64'))), 'v', 'TYPE_MISMATCH', '' FROM generate_series(1, $1) AS i`,
    [ROWS],
  );
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('every key of the quarantine is read once', async () => {
  const keys: string[] = [];
  for await (const [cell] of quarantineOfTable(pool, { migration: 'm', generation: 1 }, { table: 0, key: ['k'] } as unknown as TableContract)) keys.push(Buffer.from(cell?.bytes ?? []).toString());
  expect(keys.length).toBe(ROWS);
  expect(new Set(keys).size).toBe(ROWS);
});
