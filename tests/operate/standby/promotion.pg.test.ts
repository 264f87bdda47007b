/**
 * The primary is killed while it is written, and its standby promoted: with synchronous commit no acknowledged row is
 * lost; services that know both servers go on by themselves, and the migration ends equal.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findPostgres } from '@causeway/runtime/parts/find-postgres';
import { runningPostmaster } from '@causeway/runtime/parts/postmaster-file';
import { postgresHome, type PostgresHome } from '@causeway/runtime/parts/postgres-home';
import { createPool } from '@causeway/runtime/postgres-pool';
import { freePort } from '@causeway/testkit/free-port';
import { type OwnPostgres, ownPostgres, runPsql } from '@causeway/testkit/own-postgres';
import Database from 'better-sqlite3';

const ROOT = resolve(import.meta.dirname, '../../..');
const PASSWORD = "pass:word\\ 'of this' test";
let primary: OwnPostgres;
let home: PostgresHome;
let bin: string;
let standbyPort: number;
let standby: ChildProcess;
let standbyData: string;
let both: string;

beforeAll(async () => {
  primary = await ownPostgres();
  home = postgresHome(join(primary.folder, 'postgres'), process.getuid?.());
  const version = Number.parseInt(readFileSync(join(home.dataDir, 'PG_VERSION'), 'utf8'), 10);
  bin = findPostgres(process.env, version)?.bin as string;
  const secrets = join(dirname(home.dataDir), 'secrets');
  mkdirSync(secrets);
  for (const role of ['migrator', 'app', 'replicator']) writeFileSync(join(secrets, `${role}_password`), PASSWORD);
  expect(runPsql(primary.url, ['-f', join(ROOT, 'ops/postgres/init.sql')], { SECRETS_DIR: secrets })).toMatchObject({ code: 0 });
  standbyPort = await freePort();
  standbyData = join(dirname(home.dataDir), 'standby');
  for (const path of [secrets, ...['migrator', 'app', 'replicator'].map((role) => join(secrets, `${role}_password`))]) if (home.user !== undefined) chownSync(path, home.user.uid, home.user.gid);
  // A standby starts with no lower a limit than its primary's.
  await primary.restart({ max_connections: '120' });
  startStandby(secrets);
  await until('the standby streams', async () => (await ask(primary.url, "SELECT count(*)::int AS n FROM pg_stat_replication WHERE state = 'streaming'")) === 1);
  await ask(primary.url, "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (standby)'");
  await ask(primary.url, 'SELECT pg_reload_conf()');
  await until('commits wait for it', async () => (await ask(primary.url, "SELECT count(*)::int AS n FROM pg_stat_replication WHERE sync_state = 'sync'")) === 1);
  both = `postgres://migrator:${encodeURIComponent(PASSWORD)}@127.0.0.1:${primary.port},127.0.0.1:${standbyPort}/causeway`;
}, 300_000);

afterAll(async () => {
  if (standby !== undefined && standby.exitCode === null) {
    const gone = new Promise((done) => standby.once('exit', done));
    standby.kill('SIGKILL');
    await gone;
  }
  await primary?.stop();
});

/** The script of the replica profile, as the server's user. */
function startStandby(secrets: string): void {
  const folder = dirname(standbyData);
  if (home.user !== undefined) chownSync(folder, home.user.uid, home.user.gid);
  standby = spawn('sh', [join(ROOT, 'ops/postgres/start/standby.sh')], {
    cwd: folder,
    stdio: ['ignore', openSync(join(primary.folder, 'standby.log'), 'a'), openSync(join(primary.folder, 'standby.log'), 'a')],
    env: { PATH: `${bin}:${process.env['PATH']}`, PGDATA: standbyData, PRIMARY_HOST: '127.0.0.1', PRIMARY_PORT: String(primary.port), STANDBY_PORT: String(standbyPort), STANDBY_LISTEN: '127.0.0.1', STANDBY_HBA: join(standbyData, 'pg_hba.conf'), SECRETS_DIR: secrets, PASSFILE: join(folder, 'pgpass'), TLS_DIR: join(folder, 'none') },
    ...(home.user === undefined ? {} : { uid: home.user.uid, gid: home.user.gid }),
  });
}

async function ask(url: string, sql: string): Promise<unknown> {
  const pool = createPool({ url, max: 1, applicationName: 'test' });
  try {
    const { rows } = await pool.query(sql);
    return rows[0] === undefined ? undefined : Object.values(rows[0])[0];
  } finally {
    await pool.end();
  }
}

async function until(what: string, found: () => Promise<boolean>, seconds = 120): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; await sleep(300)) if (await found().catch(() => false)) return;
  throw new Error(`waited ${seconds} s in vain: ${what}; the standby's log ends: ${readFileSync(join(primary.folder, 'standby.log'), 'utf8').slice(-1_500)}`);
}

function killPrimaryAndPromote(): void {
  const postmaster = runningPostmaster(home.dataDir);
  process.kill(postmaster?.pid as number, 'SIGKILL');
  const promoted = spawnSync(join(bin, 'pg_ctl'), ['promote', '-D', standbyData, '-w', '-t', '60'], { encoding: 'utf8', ...(home.user === undefined ? {} : { uid: home.user.uid, gid: home.user.gid }) });
  expect([promoted.status, promoted.stderr]).toEqual([0, '']);
}

/** Commits rows one by one, and remembers those that were acknowledged. */
async function writeAcknowledged(stopped: () => boolean): Promise<number[]> {
  const pool = createPool({ url: both.replace('migrator:', 'app:'), max: 2, applicationName: 'writer' });
  const acknowledged: number[] = [];
  for (let id = 1; !stopped(); id++) {
    try {
      await pool.query('INSERT INTO public.ledger (id) VALUES ($1)', [id]);
      acknowledged.push(id);
    } catch {
      // Not acknowledged: it may be there or not.
      await sleep(50);
    }
  }
  await pool.end();
  return acknowledged;
}

test('0 acknowledged rows are lost; a live migration goes on with the promoted server and ends equal', async () => {
  await ask(both, 'CREATE TABLE public.ledger (id int PRIMARY KEY)');
  const file = join(primary.folder, 'app.sqlite');
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, n INTEGER); WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 2000) INSERT INTO item SELECT x, 'item ' || x, x FROM i");
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: both, CAUSEWAY_STATE: join(primary.folder, 'state') };
  const main = join(ROOT, 'cli/dist/main.js');
  let told = '';
  let stopped = false;
  let migration: ChildProcess;
  // What `restart: on-failure` does in the compose file: the same command again, with the same address.
  const keep = (): Promise<void> =>
    new Promise((done) => {
      migration = spawn(process.execPath, [main, 'migrate', file, '--live', '--yes', '--transport', 'embedded', '--no-backup'], { cwd: primary.folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [migration.stdout, migration.stderr]) stream?.on('data', (text) => (told += text));
      migration.once('exit', () => (stopped ? done() : setTimeout(() => done(keep()), 500)));
    });
  const ended = keep();
  const status = async (): Promise<{ phase?: string; [key: string]: unknown }> => {
    const run = spawnSync(process.execPath, [main, 'status', '--json'], { encoding: 'utf8', cwd: primary.folder, env: environment });
    const all = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}');
    return all.migrations?.[0]?.live ?? all.migrations?.[0] ?? all[0] ?? {};
  };
  const insert = db.prepare("INSERT INTO item (name, n) VALUES ('new', ?)");
  const change = db.prepare('UPDATE item SET n = n + 1 WHERE id % 97 = ?');
  let turn = 0;
  const timer = setInterval(() => {
    insert.run(turn);
    change.run(turn++ % 97);
  }, 50);
  let stop = false;
  try {
    await until(`following; ${told}`, async () => /following/.test(JSON.stringify(await status())));
    const writing = writeAcknowledged(() => stop);
    await sleep(3_000);
    killPrimaryAndPromote();
    await sleep(5_000);
    stop = true;
    const acknowledged = await writing;
    expect(acknowledged.length).toBeGreaterThan(20);
    const there = await ask(both, `SELECT array_agg(id) FROM public.ledger WHERE id = ANY (ARRAY[${acknowledged.join(',')}])`);
    expect(acknowledged.length - (there as number[]).length).toBe(0);
    // Writes went on after the promotion.
    expect(await ask(`postgres://postgres:${new URL(primary.url).password}@127.0.0.1:${standbyPort}/causeway`, 'SELECT pg_is_in_recovery()')).toBe(false);
    clearInterval(timer);
    // The gates of a cutover are the validator's word: everything compared, nothing different.
    await until(`the cutover; ${told}`, async () => {
      const run = spawnSync(process.execPath, [main, 'cutover', '--json', '--no-backup'], { encoding: 'utf8', cwd: primary.folder, env: environment });
      told += run.stderr;
      return run.status === 0;
    }, 180);
    const rows = db.prepare('SELECT count(*) AS n, sum(n) AS s FROM item').get() as { n: number; s: number };
    expect(await ask(both, "SELECT count(*) || '/' || sum(n) FROM public.item")).toBe(`${rows.n}/${rows.s}`);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${told.slice(-4_000)}`, { cause: error });
  } finally {
    stop = true;
    clearInterval(timer);
    stopped = true;
    (migration as unknown as ChildProcess).kill('SIGTERM');
    await ended;
    db.close();
  }
}, 600_000);
