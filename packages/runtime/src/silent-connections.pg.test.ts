/** Connections that nobody has closed and nobody answers on. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '@causeway/testkit/fault-proxy';
import { testPostgresUrl } from '@causeway/testkit/test-servers';
import pg from 'pg';
import { endSilentConnections } from './silent-connections.ts';

const TIMES = { silentMs: 400, lookMs: 100, unreachableMs: 800 };

let proxy: FaultProxy;
let pool: pg.Pool;

beforeEach(async () => {
  const url = new URL(testPostgresUrl());
  proxy = await FaultProxy.start({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const backends = new WeakMap<pg.ClientBase, number>();
  pool = new pg.Pool({
    connectionString: url.href,
    max: 3,
    ...({ onConnect: async (client: pg.ClientBase) => void backends.set(client, (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid) } as object),
  });
  pool.on('error', () => {});
  endSilentConnections(pool, (client) => backends.get(client), TIMES);
});

afterEach(async () => {
  proxy.cut();
  await pool.end();
  await proxy.close();
});

test('a statement of a forgotten connection fails, and the next one gets a new connection', async () => {
  await pool.query('SELECT 1');
  expect(proxy.forgetConnections(300)).toBe(1);
  await expect(pool.query('SELECT 2')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  expect((await pool.query('SELECT 3 AS n')).rows).toEqual([{ n: 3 }]);
});

test('a statement that takes long is left alone, and so is a connection that has nothing to do', async () => {
  const client = await pool.connect();
  const pid = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number;
  await client.query('SELECT pg_sleep(1.5)');
  await client.query('BEGIN');
  await sleep(1_500);
  expect((await client.query('SELECT pg_backend_pid() AS pid')).rows).toEqual([{ pid }]);
  await client.query('ROLLBACK');
  client.release();
});

test('a server that nobody can reach any more is given up after a while', async () => {
  const client = await pool.connect();
  client.on('error', () => {});
  proxy.forgetConnections(60_000);
  const waiting = client.query('SELECT 1');
  proxy.refuse();
  await expect(waiting).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  client.release(true);
});
