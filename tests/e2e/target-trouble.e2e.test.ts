/** PostgreSQL in trouble, or set up in odd ways: the migration ends equal, or with the right code, and goes on afterwards. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { startLocalPostgres } from '@causeway/runtime/parts/local-postgres';
import { removePostgresHome } from '@causeway/runtime/parts/postgres-home';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import { FaultProxy, commitAnswer } from '@causeway/testkit/fault-proxy';
import { testPostgresUrl } from '@causeway/testkit/test-servers';
import Database from 'better-sqlite3';
import pg from 'pg';

function makeSource(bench: Bench, rows: number, more = ''): string {
  const file = join(bench.folder, 'app.sqlite');
  const db = new Database(file);
  db.exec(`CREATE TABLE thing (id INTEGER PRIMARY KEY, at DATETIME, d DATE, price DECIMAL(10,2), r REAL, note TEXT, data BLOB);
    WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < ${rows}) INSERT INTO thing SELECT i, datetime('2024-03-01', i || ' minutes'), date('2024-03-01', (i % 900) || ' days'), i / 4.0, i / 3.0, 'back\\slash ''quote'' ' || i, zeroblob(i % 40) FROM k;${more}`);
  db.close();
  return file;
}

async function asked<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function withBench(name: string, work: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await openBench(name);
  try {
    await work(bench);
  } finally {
    await bench.close();
  }
}

const ODD_SETTINGS = [
  "DateStyle = 'SQL, DMY'",
  "TimeZone = 'Asia/Kolkata'",
  "IntervalStyle = 'iso_8601'",
  "search_path = 'nowhere'",
  'standard_conforming_strings = off',
  "bytea_output = 'escape'",
  'extra_float_digits = -15',
  'statement_timeout = 20',
  'lock_timeout = 5',
  'idle_in_transaction_session_timeout = 20',
  'idle_session_timeout = 50',
  "default_transaction_isolation = 'serializable'",
  'default_transaction_read_only = on',
  'synchronous_commit = off',
  'array_nulls = off',
  'transform_null_equals = on',
];

test('118, 124, 128: settings of the database, timeouts among them, change no value and end no session', () =>
  withBench('odd_settings', async (bench) => {
    const name = new URL(bench.database.url).pathname.slice(1);
    await asked(testPostgresUrl(), async (client) => {
      for (const setting of ODD_SETTINGS) await client.query(`ALTER DATABASE ${name} SET ${setting}`);
    });
    const result = await bench.run(['migrate', makeSource(bench, 20_000), '--json', '--name', 'odd']);
    expect(result.outcome).toMatchObject({ verdict: 'equal', tables: [{ targetRows: 20_000 }] });
  }));

test('116: the connection is cut at COMMIT, so that nobody knows whether it happened: no row is lost or doubled', () =>
  withBench('cut_commit', async (bench) => {
    const url = new URL(bench.database.url);
    const proxy = await FaultProxy.start({ host: url.hostname, port: Number(url.port) });
    try {
      url.port = String(proxy.port);
      const environment = { DATABASE_URL: url.href };
      const cut = proxy.loseAnswer(commitAnswer, 'causeway loader').then(() => true);
      const file = makeSource(bench, 30_000);
      let result = await bench.run(['migrate', file, '--json', '--name', 'cut'], environment);
      // A command that could not go on says so; the same command then does.
      if (result.code === 3) result = await bench.run(['migrate', file, '--json', '--name', 'cut'], environment);
      expect(await Promise.race([cut, sleep(100, false)])).toBe(true);
      expect(result.outcome).toMatchObject({ verdict: 'equal', tables: [{ sourceRows: 30_000, targetRows: 30_000 }] });
    } finally {
      await proxy.close();
    }
  }));

test('115: the postmaster is killed in the middle of the load: no part of a batch stays, and the same command finishes', () =>
  withBench('postmaster', async (bench) => {
    const options = { stateDir: join(bench.folder, 'own-postgres'), environment: process.env, signal: new AbortController().signal };
    let server = await startLocalPostgres(options);
    try {
      const file = makeSource(bench, 150_000);
      const first = bench.start(['migrate', file, '--json', '--name', 'killed'], { DATABASE_URL: server.url });
      await untilBlocks(server.url, first.done);
      const data = await asked(server.url, async (client) => (await client.query('SHOW data_directory')).rows[0].data_directory as string);
      const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
      process.kill(pid, 'SIGKILL');
      const ended = await first.done;
      await server.stop().catch(() => {});
      server = await startLocalPostgres(options);
      const result = ended.code === 0 ? ended : await bench.run(['migrate', file, '--json', '--name', 'killed'], { DATABASE_URL: server.url });
      expect(result.outcome).toMatchObject({ verdict: 'equal', tables: [{ sourceRows: 150_000, targetRows: 150_000 }] });
    } finally {
      await server.stop().catch(() => {});
      removePostgresHome(options.stateDir);
    }
  }));

async function untilBlocks(url: string, done: Promise<unknown>): Promise<void> {
  let over = false;
  void done.then(() => {
    over = true;
  });
  while (!over) {
    const blocks = await asked(url, (client) => client.query('SELECT count(*)::int AS n FROM causeway.block')).then((r) => r.rows[0].n as number, () => 0);
    if (blocks > 0) return;
    await sleep(20);
  }
}

const tablespaceFolder = mkdtempSync(join(tmpdir(), 'causeway-small-disk-'));
const canMount = process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', tablespaceFolder]).status === 0;
if (canMount) spawnSync('umount', [tablespaceFolder]);
else rmSync(tablespaceFolder, { recursive: true });

(canMount ? test : test.skip)(`117: the disk is full, and has room again later: the same command finishes${canMount ? '' : ' (needs the right to mount a small disk)'}`, () =>
  withBench('disk_full', async (bench) => {
    const name = new URL(bench.database.url).pathname.slice(1);
    const data = await asked(testPostgresUrl(), async (client) => (await client.query('SHOW data_directory')).rows[0].data_directory as string);
    const owner = statSync(data);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', `size=3m,uid=${owner.uid},gid=${owner.gid},mode=700`, 'tmpfs', tablespaceFolder]).status).toBe(0);
    const space = `small_${process.pid}`;
    try {
      const inside = join(tablespaceFolder, 'space');
      mkdirSync(inside);
      spawnSync('chown', [`${owner.uid}:${owner.gid}`, inside]);
      await asked(testPostgresUrl(), async (client) => {
        await client.query(`CREATE TABLESPACE ${space} LOCATION '${inside}'`);
        await client.query(`ALTER DATABASE ${name} SET default_tablespace = '${space}'`);
      });
      const file = makeSource(bench, 60_000);
      const full = await bench.run(['migrate', file, '--json', '--name', 'full']);
      expect(full).toMatchObject({ code: 3, outcome: { verdict: 'failed' } });
      expect(full.stderr).toMatch(/No space left|could not extend/i);
      expect(spawnSync('mount', ['-o', 'remount,size=200m', tablespaceFolder]).status).toBe(0);
      const result = await bench.run(['migrate', file, '--json', '--name', 'full']);
      expect(result.outcome).toMatchObject({ verdict: 'equal', tables: [{ sourceRows: 60_000, targetRows: 60_000 }] });
    } finally {
      await bench.database.drop();
      await asked(testPostgresUrl(), (client) => client.query(`DROP TABLESPACE IF EXISTS ${space}`)).catch(() => {});
      spawnSync('umount', [tablespaceFolder]);
      rmSync(tablespaceFolder, { recursive: true, force: true });
    }
  }));

test('120: a constraint of the application refuses some rows: exactly those are quarantined', () =>
  withBench('constraint', async (bench) => {
    await asked(bench.database.url, (client) => client.query("CREATE TABLE thing (id bigint PRIMARY KEY, at timestamptz, d date, price numeric CHECK (price <> 250), r double precision, note text, data bytea, CONSTRAINT no_bad CHECK (note NOT LIKE '%777'))"));
    const file = makeSource(bench, 5_000);
    const out = join(bench.folder, 'q.jsonl');
    const result = await bench.run(['migrate', file, '--schema', 'existing', '--json', '--name', 'c', '--quarantine-out', out]);
    expect(result.outcome).toMatchObject({ verdict: 'equal_with_quarantine' });
    const rows = readFileSync(out, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { code: string; key: { id: { base64: string } } });
    expect(rows.map((row) => Number(Buffer.from(row.key.id.base64, 'base64').toString())).sort((a, b) => a - b)).toEqual([777, 1_000, 1_777, 2_777, 3_777, 4_777]);
    expect(new Set(rows.map((row) => row.code))).toEqual(new Set(['SQLSTATE_23514']));
  }));

test('121: a role without rights is told which it lacks, before anything is made', () =>
  withBench('role', async (bench) => {
    const url = new URL(bench.database.url);
    const name = url.pathname.slice(1);
    const role = `poor_${process.pid}`;
    await asked(bench.database.url, (client) => client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'poor'; REVOKE ALL ON DATABASE ${name} FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO ${role}`));
    try {
      url.username = role;
      url.password = 'poor';
      const result = await bench.run(['migrate', makeSource(bench, 10), '--json', '--name', 'r'], { DATABASE_URL: url.href });
      expect(result).toMatchObject({ code: 3, outcome: { verdict: 'failed', code: 'TARGET_PRIVILEGE' } });
      const made = await asked(bench.database.url, (client) => client.query("SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"));
      expect(made.rowCount).toBe(0);
    } finally {
      await asked(bench.database.url, (client) => client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
    }
  }));

test('126: somebody writes into the target: the verification names the rows', () =>
  withBench('rogue', async (bench) => {
    const file = makeSource(bench, 2_000);
    expect((await bench.run(['migrate', file, '--json', '--name', 'rogue'])).code).toBe(0);
    await asked(bench.database.url, (client) => client.query("UPDATE thing SET note = note || ' ' WHERE id = 77; DELETE FROM thing WHERE id = 78; INSERT INTO thing (id) VALUES (9999)"));
    const result = await bench.run(['verify', '--name', 'rogue']);
    expect(result.code).toBe(1);
    for (const id of ['77', '78', '9999']) expect(result.stdout).toContain(`"text":"${id}"`);
  }));

test('129: an identity that is GENERATED ALWAYS takes the numbers of the source, and goes on behind them', () =>
  withBench('always', async (bench) => {
    await asked(bench.database.url, (client) => client.query('CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz, d date, price numeric, r double precision, note text, data bytea)'));
    const result = await bench.run(['migrate', makeSource(bench, 500), '--schema', 'existing', '--json', '--name', 'always']);
    expect(result.outcome).toMatchObject({ verdict: 'equal', tables: [{ targetRows: 500 }] });
    const next = await asked(bench.database.url, (client) => client.query('INSERT INTO thing (note) VALUES ($1) RETURNING id', ['new']));
    expect(Number(next.rows[0].id)).toBe(501);
  }));
