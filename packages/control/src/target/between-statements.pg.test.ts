/** Changes of tables that the application works with. */
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { betweenStatements } from './between-statements.ts';

let database: FreshDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase('between');
  pool = createPool({ url: database.url, max: 4, applicationName: 'test' });
  await pool.query('CREATE TABLE public.a (id int); CREATE TABLE public.b (id int)');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('a transaction that takes the tables the other way round is never the victim', async () => {
  const application = await pool.connect();
  try {
    await application.query("BEGIN; SET LOCAL deadlock_timeout = '1s'; INSERT INTO public.b VALUES (1)");
    let tries = 0;
    const change = betweenStatements(pool, async (client) => {
      tries++;
      await client.query('ALTER TABLE public.a ADD COLUMN IF NOT EXISTS n int');
      await client.query('ALTER TABLE public.b ADD COLUMN IF NOT EXISTS n int');
    });
    while (tries < 2) await new Promise((next) => setTimeout(next, 20));
    // Goes on between two tries, while the change waits for the other table.
    await application.query('INSERT INTO public.a (id) VALUES (1)');
    await application.query('COMMIT');
    await change;
  } finally {
    application.release(true);
  }
  expect((await pool.query('SELECT count(*)::int AS n FROM public.a, public.b WHERE a.n IS NULL AND b.n IS NULL')).rows[0].n).toBe(1);
});

test('a transaction that does not end is told, and nothing is done', async () => {
  const idle = await pool.connect();
  try {
    await idle.query('BEGIN; SELECT FROM public.a');
    await expect(betweenStatements(pool, (client) => client.query('ALTER TABLE public.a ADD COLUMN late int').then(() => {}), 300)).rejects.toMatchObject({ code: 'TARGET_BUSY' });
  } finally {
    idle.release(true);
  }
  expect((await pool.query("SELECT FROM pg_attribute WHERE attrelid = 'public.a'::regclass AND attname = 'late'")).rowCount).toBe(0);
});

test('what is wrong is told at once', async () => {
  await expect(betweenStatements(pool, (client) => client.query('ALTER TABLE public.nowhere ADD COLUMN n int').then(() => {}))).rejects.toMatchObject({ code: '42P01' });
  await inTransaction(pool, async (client) => expect((await client.query('SHOW lock_timeout')).rows[0].lock_timeout).toBe('0'));
});
