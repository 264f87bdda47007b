import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { startLocalPostgres, type LocalPostgres } from './local-postgres.ts';
import { removePostgresHome } from './postgres-home.ts';
import { runningPostmaster } from './postmaster-file.ts';
import { startAndHang, waitFor } from './parts-process.fixture.ts';

let stateDir: string;
const started: LocalPostgres[] = [];
const children: ChildProcess[] = [];

const start = async (): Promise<LocalPostgres> => {
  const server = await startLocalPostgres({ stateDir, environment: process.env, signal: new AbortController().signal });
  started.push(server);
  return server;
};

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

/** Where the data really is: not in the part's folder when the tests run as root. */
const dataDir = (): string => {
  const location = join(stateDir, 'location.json');
  return join(existsSync(location) ? (JSON.parse(readFileSync(location, 'utf8')) as { home: string }).home : stateDir, 'data');
};

beforeEach(() => {
  stateDir = join(mkdtempSync(join(tmpdir(), 'causeway-pg-')), 'postgres');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of started.splice(0)) await server.stop();
  await waitFor(() => runningPostmaster(dataDir()) === undefined);
  removePostgresHome(stateDir);
  rmSync(join(stateDir, '..'), { recursive: true, force: true });
});

test('starts, asks for the password by SCRAM, keeps it to its owner, and leaves no process', async () => {
  const server = await start();
  expect(await query(server.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  expect(await query(server.url, "SELECT DISTINCT auth_method FROM pg_hba_file_rules")).toEqual([{ auth_method: 'scram-sha-256' }]);
  expect(await query(server.url, "SELECT left(rolpassword, 14) AS kind FROM pg_authid WHERE rolname = 'postgres'")).toEqual([{ kind: 'SCRAM-SHA-256$' }]);
  const wrong = new URL(server.url);
  wrong.password = 'guess';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  expect(statSync(join(stateDir, 'password')).mode & 0o077).toBe(0);
  const pid = runningPostmaster(dataDir())?.pid ?? 0;
  expect(pid).toBeGreaterThan(0);
  await server.stop();
  expect(() => process.kill(pid, 0)).toThrow();
});

test('data survive a restart; a second starter uses the running server and leaves it running', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS n');
  const second = await start();
  expect([second.attached, second.url]).toEqual([true, first.url]);
  await second.stop();
  expect(await query(first.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
  await first.stop();
  const third = await start();
  expect(third.attached).toBe(false);
  expect(await query(third.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
});

test('two starters at once: one starts the server, the other uses it', async () => {
  const both = await Promise.all([start(), start()]);
  expect(both.map((server) => server.attached).sort()).toEqual([false, true]);
  expect(both[0]?.url).toBe(both[1]?.url);
});

test('a starter that is killed with -9 leaves no server', async () => {
  const child = startAndHang('local-postgres', 'startLocalPostgres', stateDir);
  children.push(child);
  await waitFor(() => runningPostmaster(dataDir())?.status === 'ready', 30_000);
  child.kill('SIGKILL');
  await waitFor(() => runningPostmaster(dataDir()) === undefined);
  expect(runningPostmaster(dataDir())).toBeUndefined();
});

test('a keeper that is killed with -9 leaves no server where the kernel can tell it', async () => {
  if (process.platform !== 'linux') return;
  await start();
  const pid = runningPostmaster(dataDir())?.pid ?? 0;
  const keeper = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  expect(keeper).not.toBe(1);
  process.kill(keeper, 'SIGKILL');
  await waitFor(() => runningPostmaster(dataDir()) === undefined);
  expect(runningPostmaster(dataDir())).toBeUndefined();
});

test('a server that ends by itself is reported as lost, with its log', async () => {
  const server = await start();
  process.kill(runningPostmaster(dataDir())?.pid ?? 0, 'SIGINT');
  expect(await server.lost).toMatchObject({ code: 'PART_FAILED', message: expect.stringContaining(server.logFile) });
});

test('a data folder of somebody else is refused and left as it was', async () => {
  const first = await start();
  await first.stop();
  const marker = join(dataDir(), 'causeway.json');
  rmSync(marker);
  await expect(start()).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
  expect(existsSync(join(dataDir(), 'PG_VERSION'))).toBe(true);
  rmSync(dataDir(), { recursive: true });
  mkdirSync(dataDir());
  writeFileSync(join(dataDir(), 'precious.txt'), 'precious');
  await expect(start()).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
  expect(readFileSync(join(dataDir(), 'precious.txt'), 'utf8')).toBe('precious');
});

test('an abort at any moment of the start leaves nothing behind', async () => {
  // From the first files of initdb to the server's first breath.
  for (const ms of [20, 150, 400, 700]) {
    const abort = new AbortController();
    const starting = startLocalPostgres({ stateDir, environment: process.env, signal: abort.signal, log: () => setTimeout(() => abort.abort(new Error('stop')), ms) });
    await starting.then(
      (server) => server.stop(),
      (error: Error) => expect(error.message).toMatch(/stop|abort/),
    );
    expect(runningPostmaster(dataDir())).toBeUndefined();
  }
  expect((await start()).attached).toBe(false);
  expect(readdirSync(join(dataDir(), '..')).filter((name) => /partial|password$/.test(name) && name !== 'password')).toEqual([]);
});
