/** Conflicts that PostgreSQL ends by choosing a loser: the whole transaction is tried again, and nothing of the first try stays. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import type pg from 'pg';
import { createPool, inTransaction } from './postgres-pool.ts';

let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase('conflicts');
  pool = createPool({ url: database.url, max: 4, applicationName: 'causeway test' });
  await pool.query('CREATE TABLE public.account (id int PRIMARY KEY, n int NOT NULL); INSERT INTO public.account VALUES (1, 0), (2, 0)');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const sum = async (): Promise<number> => Number((await pool.query('SELECT sum(n)::int AS n FROM public.account')).rows[0].n);

test('119: two transactions that lock each other out both end committed, once each', async () => {
  let waiting: (() => void)[] = [];
  const both = new Promise<void>((ready) => {
    waiting = [ready];
  });
  let first = 0;
  const cross = (mine: number, other: number): Promise<void> =>
    inTransaction(pool, async (client) => {
      await client.query("SET LOCAL deadlock_timeout = '50ms'");
      await client.query('UPDATE public.account SET n = n + 1 WHERE id = $1', [mine]);
      // Only the first tries meet: the loser's second finds the way free.
      if (++first === 2) for (const ready of waiting) ready();
      if (first <= 2) await both;
      await client.query('UPDATE public.account SET n = n + 1 WHERE id = $1', [other]);
    });
  await Promise.all([cross(1, 2), cross(2, 1)]);
  expect(first).toBeGreaterThan(2);
  expect(await sum()).toBe(4);
});

test('119: a serialization failure is tried again', async () => {
  const before = await sum();
  let tries = 0;
  await inTransaction(pool, async (client) => {
    tries++;
    await client.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
    await client.query('SELECT sum(n) FROM public.account');
    if (tries === 1) await pool.query('UPDATE public.account SET n = n + 10 WHERE id = 1');
    await client.query('UPDATE public.account SET n = n + 1 WHERE id = 1');
  });
  expect(tries).toBe(2);
  expect(await sum()).toBe(before + 11);
});
