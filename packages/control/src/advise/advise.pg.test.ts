import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createPool } from '@causeway/runtime/postgres-pool';
import { freshDatabase, type FreshDatabase } from '@causeway/testkit/test-servers';
import type pg from 'pg';
import type { Advice } from './advice.ts';
import { advise } from './advise.ts';

let database: FreshDatabase;
let pool: pg.Pool;
beforeEach(async () => {
  database = await freshDatabase('advise');
  pool = createPool({ url: database.url, max: 2, applicationName: 'test' });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const SCHEMA = `
  CREATE SCHEMA "odd; DROP";
  CREATE TABLE public.parent (id bigint PRIMARY KEY, name text UNIQUE, other text);
  CREATE TABLE "odd; DROP"."the ""child" (id bigint PRIMARY KEY, parent_id bigint REFERENCES public.parent, "b c" bigint, flag boolean, UNIQUE (parent_id, "b c"));
  CREATE TABLE "odd; DROP".orphan (a bigint, "the key" bigint CONSTRAINT "quote""d" REFERENCES public.parent);
  CREATE INDEX twin_one ON public.parent (other);
  CREATE INDEX twin_two ON public.parent (other);
  CREATE INDEX prefix_of ON "odd; DROP"."the ""child" ("b c");
  CREATE INDEX longer ON "odd; DROP"."the ""child" ("b c", flag);
  CREATE INDEX with_condition ON "odd; DROP"."the ""child" ("b c") WHERE flag;
  CREATE INDEX by_expression ON public.parent (lower(name));
  CREATE INDEX other_order ON public.parent (other DESC);
  INSERT INTO public.parent SELECT n, 'name ' || n, repeat('x', n % 50) || n FROM generate_series(1, 30000) n;
  INSERT INTO "odd; DROP"."the ""child" SELECT n, n, n % 100, n % 2 = 0 FROM generate_series(1, 30000) n;`;

const of = (advice: readonly Advice[], kind: Advice['kind']): string[] => advice.filter((a) => a.kind === kind).map((a) => a.subject);

test('indexes: twins, prefixes, unused ones, and a foreign key without one; the DDL runs as it is', async () => {
  await pool.query(SCHEMA);
  await pool.query('ANALYZE');
  const { advice, statements, notes } = await advise(pool);
  expect(of(advice, 'duplicate_index').toSorted()).toEqual(['"odd; DROP".prefix_of', 'public.twin_two']);
  expect(of(advice, 'missing_index')).toEqual(['"odd; DROP".orphan']);
  expect(of(advice, 'unused_index')).toEqual(expect.arrayContaining(['public.by_expression', 'public.other_order', 'public.twin_one', '"odd; DROP".longer', '"odd; DROP".with_condition']));
  // A promise is kept, used or not.
  expect(advice.some((a) => /_pkey|_key/.test(a.subject))).toBe(false);
  expect(['not_created', 'not_loaded']).toContain(statements);
  expect(notes.join(' ')).toContain('pg_stat_statements');
  for (const { ddl, kind } of advice) if (ddl !== null && kind !== 'setting') await pool.query(ddl);
  const after = await advise(pool);
  expect(after.advice.filter((a) => a.kind !== 'setting')).toEqual([]);
});

test('an index that is used is not advised against; a broken one is', async () => {
  await pool.query('CREATE TABLE public.t AS SELECT n, n % 10 AS twice, repeat(md5(n::text), 3) AS word FROM generate_series(1, 40000) n');
  await pool.query('CREATE INDEX used ON public.t (n)');
  await pool.query('ANALYZE public.t');
  const client = await pool.connect();
  await client.query('SET enable_seqscan = off');
  await client.query('SELECT word FROM public.t WHERE n = 7');
  await client.query("SELECT pg_stat_force_next_flush()").catch(() => {});
  client.release(true);
  await pool.query('CREATE UNIQUE INDEX CONCURRENTLY broken ON public.t (twice)').then(() => expect('made').toBe('refused'), () => {});
  const { advice } = await advise(pool);
  expect(of(advice, 'invalid_index')).toEqual(['public.broken']);
  expect(of(advice, 'unused_index')).toEqual([]);
});

test('an empty database, and a role that may read nothing', async () => {
  expect((await advise(pool)).advice.filter((a) => a.kind !== 'setting')).toEqual([]);
  const role = `reader_${Math.random().toString(36).slice(2)}`;
  await pool.query(`CREATE ROLE ${role}`);
  try {
    await pool.query(`SET ROLE ${role}`);
    expect((await advise(pool)).notes.length).toBeGreaterThan(0);
  } finally {
    await pool.query('RESET ROLE');
    await pool.query(`DROP ROLE ${role}`);
  }
});
