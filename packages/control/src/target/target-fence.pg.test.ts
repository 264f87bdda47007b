/** The fence of PostgreSQL against writers of every kind, and what opening gives back. */
import { ensureControlSchema } from '../record/control-schema.ts';
import { insertLive } from '../live/live-record.ts';
import { insertMigration, type MigrationRecord } from '../record/migration-record.ts';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type pg from 'pg';
import { revokeFromOthers } from './revoked-privileges.ts';
import { closeTarget, openTarget, PASS_SETTING, removeTargetFence, targetFenceState } from './target-fence.ts';

const g = { migration: 'm', generation: 1 };
const contracts = ['a', 'b "x"'].map((target, table) => ({ table, targetSchema: 'public', target }));
const REFUSED = { code: '25006' };
let database: FreshDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase('fence');
  pool = createPool({ url: database.url, max: 6, applicationName: 'test' });
  await ensureControlSchema(pool);
  await inTransaction(pool, async (client) => {
    await insertMigration(client, { id: 'm', name: 'm', generation: 1, phase: 'planned', source: {}, settings: {}, plan: {} } as unknown as MigrationRecord);
    await insertLive(client, { ...g, token: 'secret', startedAtId: 0n });
  });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('DROP TABLE IF EXISTS public.a, public."b ""x"""; CREATE TABLE public.a (id int PRIMARY KEY, n int); CREATE TABLE public."b ""x""" (id int); INSERT INTO public.a VALUES (1, 1)');
});

const close = (): Promise<void> => inTransaction(pool, (client) => closeTarget(client, g, contracts));
const open = (): Promise<void> => inTransaction(pool, (client) => openTarget(client, g, contracts));

// Invariant: I47
test('every write is refused while closed, every one goes through once opened, again and again', async () => {
  const writes = ['INSERT INTO public.a VALUES (2, 2) ON CONFLICT DO NOTHING', 'UPDATE public.a SET n = 3', 'MERGE INTO public.a USING (SELECT 1 AS id) s ON s.id = a.id WHEN MATCHED THEN UPDATE SET n = 9', 'DELETE FROM public.a', 'TRUNCATE public.a', 'INSERT INTO public."b ""x""" VALUES (1)'];
  for (let round = 0; round < 2; round++) {
    await close();
    await close();
    expect(await targetFenceState(pool, contracts)).toBe('closed');
    for (const write of round === 0 ? writes : [writes[5] as string]) await expect(pool.query(write)).rejects.toMatchObject(REFUSED);
    await open();
    await open();
    expect(await targetFenceState(pool, contracts)).toBe('open');
    for (const write of writes) await pool.query(write);
  }
  await inTransaction(pool, (client) => removeTargetFence(client, g, contracts));
  expect((await pool.query("SELECT 1 FROM pg_trigger WHERE NOT tgisinternal")).rowCount).toBe(0);
});

test('the loader passes by replica role, or by the token; another token does not', async () => {
  await close();
  const attempt = (setting: string): Promise<unknown> =>
    inTransaction(pool, async (client) => {
      await client.query(setting);
      await client.query('UPDATE public.a SET n = n + 1');
    });
  await attempt('SET LOCAL session_replication_role = replica');
  await attempt(`SET LOCAL ${PASS_SETTING} = 'secret'`);
  await expect(attempt(`SET LOCAL ${PASS_SETTING} = 'guess'`)).rejects.toMatchObject(REFUSED);
  expect((await pool.query("SELECT string_agg(pg_get_triggerdef(oid), '') AS text FROM pg_trigger WHERE NOT tgisinternal")).rows[0].text).not.toContain('secret');
});

// Invariant: I47
test('closing waits for a writer in flight, and one that began before cannot write after', async () => {
  const writer = await pool.connect();
  const late = await pool.connect();
  try {
    await writer.query('BEGIN; UPDATE public.a SET n = 7');
    await late.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM public.a');
    let closed = false;
    const closing = close().then(() => {
      closed = true;
    });
    await new Promise((next) => setTimeout(next, 200));
    expect(closed).toBe(false);
    await writer.query('COMMIT');
    await closing;
    await expect(late.query('INSERT INTO public.a VALUES (8, 8)')).rejects.toMatchObject(REFUSED);
    await late.query('ROLLBACK');
  } finally {
    writer.release(true);
    late.release(true);
  }
});

test('a deadlock with a writer is tried again inside the caller\'s transaction', async () => {
  const writer = await pool.connect();
  try {
    await writer.query('BEGIN; INSERT INTO public."b ""x""" VALUES (1)');
    const closing = inTransaction(pool, async (client) => {
      await client.query("SET LOCAL deadlock_timeout = '100ms'; CREATE TEMP TABLE mine (x int) ON COMMIT DROP");
      await closeTarget(client, g, contracts);
      await client.query('SELECT * FROM mine');
    });
    await new Promise((next) => setTimeout(next, 50));
    await writer.query('UPDATE public.a SET n = 2');
    await writer.query('COMMIT');
    await closing;
    expect(await targetFenceState(pool, contracts)).toBe('closed');
  } finally {
    writer.release(true);
  }
});

test('opening gives back what was taken from others when the tables were made', async () => {
  const role = `guest_${database.url.split('_').at(-1)}`;
  await pool.query(`CREATE ROLE ${role}`);
  try {
    await pool.query(`GRANT SELECT, INSERT, UPDATE ON public.a TO ${role}; GRANT INSERT ON public.a TO PUBLIC`);
    const may = async (what: string): Promise<boolean> => (await pool.query('SELECT has_table_privilege($1, $2, $3) AS may', [role, 'public.a', what])).rows[0].may;
    await inTransaction(pool, (client) => revokeFromOthers(client, g, { targetSchema: 'public', target: 'a' }));
    await close();
    expect([await may('SELECT'), await may('INSERT'), await may('UPDATE')]).toEqual([true, false, false]);
    await open();
    expect([await may('INSERT'), await may('UPDATE'), await may('DELETE')]).toEqual([true, true, false]);
  } finally {
    await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});

test('triggers of the application stand aside while closed, and come back as they were', async () => {
  await pool.query(`CREATE OR REPLACE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER plain AFTER INSERT ON public.a EXECUTE FUNCTION public.f(); CREATE TRIGGER always AFTER INSERT ON public.a EXECUTE FUNCTION public.f();
    CREATE TRIGGER off AFTER INSERT ON public.a EXECUTE FUNCTION public.f(); CREATE TRIGGER causeway_back AFTER INSERT ON public.a EXECUTE FUNCTION public.f();
    ALTER TABLE public.a ENABLE ALWAYS TRIGGER always, DISABLE TRIGGER off`);
  const states = async (): Promise<string> => (await pool.query("SELECT string_agg(tgname || '=' || tgenabled::text, ' ' ORDER BY tgname) AS s FROM pg_trigger WHERE NOT tgisinternal AND tgname !~ '^!'")).rows[0].s;
  const before = await states();
  for (let round = 0; round < 2; round++) {
    await close();
    await close();
    expect(await states()).toBe('always=D causeway_back=O off=D plain=D');
    await open();
    await open();
    expect(await states()).toBe(before);
  }
});
