/** The built service as a process: what it reads from the control record, tells its parent, and leaves behind. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { TableContract } from '@causeway/contracts/table-contract';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { insertMigration } from '@causeway/control/record/migration-record';
import { insertContracts } from '@causeway/control/record/table-record';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import Database from 'better-sqlite3';
import pg from 'pg';
import { testDatabase } from './two-sides.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const name = `validator_${process.pid}`;
const url = new URL(testDatabase());
const admin = new pg.Pool({ connectionString: testDatabase(), max: 1 });
const folder = mkdtempSync(join(tmpdir(), 'causeway-validator-'));
const file = join(folder, 'source.sqlite');
let pool: pg.Pool;

const contract: TableContract = {
  table: 0,
  source: 'orders',
  targetSchema: 'public',
  target: 'orders',
  columns: [
    { source: 'id', target: 'id', type: { kind: 'int8' }, form: 'plain', notNull: true },
    { source: 'note', target: 'note', type: { kind: 'text' }, form: 'plain', notNull: false },
  ],
  order: { kind: 'rowid', alias: 'rowid' },
  key: ['id'],
  keyless: false,
  speculative: false,
};
const record = (phase: 'snapshotting' | 'loaded') =>
  ({
    id: 'm1',
    name: 'shop',
    generation: 3,
    phase,
    source: { path: file, readPath: file, copied: 'no', stamp: '', bytes: 0, encoding: 'UTF-8', journalMode: 'delete', pageBytes: 4096, sequences: {} },
    settings: { transport: 'kafka', partitions: 4, targetSchema: 'public', schema: 'create' },
    plan: {},
  }) as const;

beforeAll(async () => {
  await admin.query(`CREATE DATABASE ${name}`);
  url.pathname = `/${name}`;
  pool = new pg.Pool({ connectionString: url.href, max: 2 });
  // Dropping the database ends connections whose farewell the server has not read yet.
  pool.on('error', () => {});
  await ensureControlSchema(pool);
  await pool.query('CREATE TABLE public.orders (id bigint PRIMARY KEY, note text)');
  const db = new Database(file);
  db.exec("CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT); INSERT INTO orders VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  db.close();
});
afterAll(async () => {
  await pool.end();
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await pool.query("DELETE FROM causeway.migration; TRUNCATE public.orders; INSERT INTO public.orders VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  await inTransaction(pool, async (client) => {
    await insertMigration(client, record('loaded'));
    await insertContracts(client, { migration: 'm1', generation: 3 }, [contract]);
  });
});

interface Run {
  readonly code: number | null;
  readonly messages: { type: string; [key: string]: unknown }[];
}

function start(mode: string, onMessage: (messages: Run['messages'], stop: () => void) => void = () => {}): Promise<Run> {
  const child = fork(MAIN, { env: { PATH: process.env['PATH'], CAUSEWAY_MIGRATION: 'm1', DATABASE_URL: url.href, CAUSEWAY_MODE: mode }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const messages: Run['messages'] = [];
  child.on('message', (message) => {
    messages.push(message as Run['messages'][number]);
    onMessage(messages, () => void child.kill('SIGTERM'));
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, messages })));
}

async function stored(): Promise<{ verdict: string; tables: Record<string, unknown>[] }[]> {
  return (await pool.query("SELECT verdict, tables FROM causeway.verification WHERE migration = 'm1' AND generation = 3 ORDER BY run")).rows;
}

test('equal: exit code 0, progress and usage told, result in the record', async () => {
  const run = await start('once');
  expect(run.code).toBe(0);
  expect(run.messages.map((m) => m.type)).toEqual(expect.arrayContaining(['ready', 'progress', 'usage']));
  expect(run.messages).toContainEqual({ type: 'progress', table: 0, rows: 3, bytes: 0, stage: 'verified' });
  expect(await stored()).toMatchObject([{ verdict: 'equal', tables: [{ source: 'orders', target: 'orders', sourceRows: 3, targetRows: 3, quarantinedRows: 0, equal: true, differences: [] }] }]);
});

test('different: exit code 1, key and column in the record', async () => {
  await pool.query("UPDATE public.orders SET note = 'x' WHERE id = 2");
  expect((await start('verify')).code).toBe(1);
  expect(await stored()).toMatchObject([
    { verdict: 'different', tables: [{ equal: false, differenceCount: 1, differences: [{ kind: 'changed', key: [{ column: 'id', class: 'integer', text: '2' }], columns: ['note'] }] }] },
  ]);
});

test('quarantined rows are read from the record', async () => {
  await pool.query('DELETE FROM public.orders WHERE id = 2');
  const key = JSON.stringify({ id: { class: 'integer', base64: Buffer.from('2').toString('base64') } });
  await pool.query("INSERT INTO causeway.quarantine (migration, generation, table_no, range_no, key, column_name, code, reason) VALUES ('m1', 3, 0, 0, $1, 'note', 'X', 'x')", [key]);
  expect((await start('once')).code).toBe(1);
  expect(await stored()).toMatchObject([{ verdict: 'equal_with_quarantine', tables: [{ sourceRows: 3, targetRows: 2, quarantinedRows: 1, equal: true }] }]);
});

test('waits for the load, serves metrics, and ends on a signal', async () => {
  await pool.query("UPDATE causeway.migration SET phase = 'snapshotting'");
  let metrics = '';
  const run = await start('serve', (messages, stop) => {
    const last = messages.at(-1);
    if (last?.type === 'ready') setTimeout(() => void pool.query("UPDATE causeway.migration SET phase = 'loaded'"), 300);
    if (last?.type !== 'usage') return;
    void fetch(`http://127.0.0.1:${messages.find((m) => m.type === 'ready')?.['metricsPort']}/metrics`)
      .then((response) => response.text())
      .then((body) => {
        metrics = body;
        stop();
      });
  });
  expect(run.code).toBe(130);
  expect(metrics).toContain('causeway_validator_equal{table="orders",service="validator",migration="m1"} 1');
  expect(metrics).toContain('causeway_validator_rows_verified_total{service="validator",migration="m1"} 3');
});

test('a source that is gone ends with its code', async () => {
  await pool.query(`UPDATE causeway.migration SET source = jsonb_set(source, '{readPath}', '"/nowhere.sqlite"')`);
  const run = await start('once');
  expect(run.code).toBe(3);
  expect(run.messages).toContainEqual(expect.objectContaining({ type: 'failed', code: 'SOURCE_NOT_FOUND' }));
  expect(await stored()).toEqual([]);
});
