/** A generated column's trigger is made where it gives the values that are there, and is not in force while changes follow. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { enableApplicationTriggers } from '@causeway/control/target/application-triggers';
import { computedColumnSql, computedColumns } from '@causeway/control/target/computed-column';
import type { TableContract } from '@causeway/contracts/table-contract';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import type pg from 'pg';
import { makeComputed } from './make-computed.ts';

const g = { migration: 'm', generation: 1 };
const contracts = [{ targetSchema: 'public', target: 't' }] as unknown as TableContract[];
let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase('computed');
  pool = createPool({ url: database.url, max: 2, applicationName: 'test' });
  await ensureControlSchema(pool);
  await pool.query("INSERT INTO causeway.migration (id, name, generation, phase, source, settings, plan) VALUES ('m', 'm', 1, 'loaded', '{}', '{}', '{}')");
  await pool.query('CREATE TABLE public.t (id int PRIMARY KEY, v int, twice int, text text); INSERT INTO public.t SELECT i, i, 2 * i FROM generate_series(1, 9) AS i');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const proof = (sql: string): { sqlite: string; postgres: string } => ({
  sqlite: '',
  postgres: `SELECT count(*) FILTER (WHERE twice = ${sql}) AS holds, count(*) FILTER (WHERE twice <> ${sql}) AS fails, 0 AS unknown, (SELECT string_agg(id::text, '; ') FROM public.t WHERE twice <> ${sql}) AS examples FROM public.t`,
});
const made = (sql: string, live: boolean): Promise<string | null> =>
  makeComputed({ pool, g, contracts, live }, { targetSql: computedColumnSql({ schema: 'public', table: 't', column: 'twice', notNull: false, sql, depth: 0, after: [] }), proof: proof(sql.replace('NEW.', '')) });
const present = (): Promise<unknown[]> => inTransaction(pool, (client) => computedColumns(client, 'public.t'));
const written = async (id: number): Promise<unknown> => (await pool.query(`INSERT INTO public.t (id, v) VALUES (${id}, ${id}) RETURNING twice`)).rows[0].twice;

test('one that gives other values is not made, and told with rows; nothing is left of it', async () => {
  await pool.query('UPDATE public.t SET twice = 0 WHERE id IN (3, 4)');
  expect(await made('(NEW.v * 2)', false)).toBe('not made: the translated expression gives another value on 2 of 9 rows, for example in row 3; 4; nothing computes the column in PostgreSQL');
  await pool.query('UPDATE public.t SET twice = 2 * v');
  // PostgreSQL cannot evaluate it on these rows.
  await expect(made('(NEW.v / (NEW.v - 3))', false)).rejects.toThrow();
  expect(await present()).toEqual([]);
});

test('while changes follow it stands aside from the moment on that it is there, also when it is made again', async () => {
  for (const id of [20, 21]) {
    expect(await made('(NEW.v * 2)', true)).toBeNull();
    expect(await present()).toHaveLength(1);
    expect(await written(id)).toBeNull();
    await pool.query('DELETE FROM public.t WHERE id > 9');
  }
  await inTransaction(pool, (client) => enableApplicationTriggers(client, g));
  expect(await written(22)).toBe(44);
});

test('without changes it is in force at once', async () => {
  expect(await made('(NEW.v * 2)', false)).toBeNull();
  expect(await written(23)).toBe(46);
});
