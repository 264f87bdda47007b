/** The record's version: an older one is brought up, a newer one is left alone. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import type pg from 'pg';
import { CONTROL_VERSION, ensureControlSchema } from './control-schema.ts';

let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase('control_schema');
  pool = createPool({ url: database.url, max: 4, applicationName: 'test' });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const version = async (): Promise<number> => (await pool.query('SELECT version FROM causeway.version')).rows[0].version as number;

test('several commands may make it at once; an older record is brought up and keeps its rows', async () => {
  await Promise.all([1, 2, 3].map(() => ensureControlSchema(pool)));
  expect(await version()).toBe(CONTROL_VERSION);
  await pool.query("INSERT INTO causeway.migration (id, name, generation, phase, source, settings, plan) VALUES ('m', 'm', 1, 'planned', '{}', '{}', '{}')");
  await pool.query('UPDATE causeway.version SET version = version - 1');
  await ensureControlSchema(pool);
  expect([await version(), (await pool.query('SELECT id FROM causeway.migration')).rows]).toEqual([CONTROL_VERSION, [{ id: 'm' }]]);
});

test('a record of a newer version is refused, and nothing of it is replaced', async () => {
  await pool.query('UPDATE causeway.version SET version = version + 1');
  await pool.query("CREATE OR REPLACE FUNCTION causeway.refuse_write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
  const body = "SELECT prosrc FROM pg_proc WHERE oid = 'causeway.refuse_write'::regproc";
  const before = (await pool.query(body)).rows;
  await expect(ensureControlSchema(pool)).rejects.toMatchObject({ code: 'RECORD_NEWER' });
  expect([await version(), (await pool.query(body)).rows]).toEqual([CONTROL_VERSION + 1, before]);
});
