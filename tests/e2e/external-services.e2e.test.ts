/** The services as containers run them: started by somebody else, under an id that was agreed on beforehand. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import Database from 'better-sqlite3';

const root = resolve(import.meta.dirname, '../..');
const ID = 'agreed-beforehand';
const running: ChildProcess[] = [];
let database: FreshDatabase;
let folder: string;

beforeAll(async () => {
  database = await freshDatabase('external');
  folder = mkdtempSync(join(tmpdir(), 'causeway-external-'));
  const db = new Database(join(folder, 'app.sqlite'));
  db.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price DECIMAL(8,2))');
  const insert = db.prepare('INSERT INTO item VALUES (?, ?, ?)');
  db.transaction(() => {
    for (let id = 1; id <= 5_000; id += 1) insert.run(id, `item ${id}`, id / 100);
  })();
  db.close();
});

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  DATABASE_URL: database.url,
  CAUSEWAY_MIGRATION: ID,
  CAUSEWAY_TRANSPORT: 'embedded',
  CAUSEWAY_EMBEDDED_FILE: join(folder, 'state', 'transport.sqlite'),
  CAUSEWAY_METRICS_PORT: '0',
});

function start(service: string): Promise<number | null> {
  const child = spawn(process.execPath, [join(root, 'services', service, 'dist', 'main.js')], { env: environment(), stdio: 'ignore' });
  running.push(child);
  return new Promise((ended) => child.once('exit', (code) => ended(code)));
}

/** Not spawnSync: the exits of the services must be seen meanwhile. */
function migrate(...more: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const args = ['migrate', join(folder, 'app.sqlite'), '--services', 'external', '--transport', 'embedded', '--state', join(folder, 'state'), '--json', ...more];
  const child = spawn(process.execPath, [join(root, 'cli', 'dist', 'main.js'), ...args], { env: { PATH: process.env.PATH ?? '', DATABASE_URL: database.url }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  return new Promise((ended) => child.once('close', (code) => ended({ code, out, err })));
}

const lastLine = (out: string): { verdict: string; code?: string; tables: { sourceRows: number }[] } => JSON.parse(out.trim().split('\n').at(-1) ?? '');

test('services that run elsewhere do the work, the command only writes the record and follows it', async () => {
  const extractor = start('extractor');
  const loader = start('loader');
  void start('validator');
  const run = await migrate('--id', ID);
  expect({ code: run.code, err: run.code === 0 ? '' : run.err }).toEqual({ code: 0, err: '' });
  expect(lastLine(run.out)).toMatchObject({ verdict: 'equal', tables: [{ sourceRows: 5_000 }] });
  // Extractor and loader end with their migration; the validator stays for its metrics.
  expect(await extractor).toBe(0);
  expect(await loader).toBe(0);
});

// Invariant: I14
test('an id of another migration is refused: a new generation would drop its tables', async () => {
  const run = await migrate('--id', ID, '--name', 'another');
  expect(run.code).toBe(2);
  expect(lastLine(run.out)).toMatchObject({ verdict: 'failed', code: 'USAGE' });
});

test('a service that is started once more after the end has nothing to do', () => {
  const again = spawnSync(process.execPath, [join(root, 'services', 'extractor', 'dist', 'main.js')], { env: environment(), timeout: 30_000 });
  expect(again.status).toBe(0);
});
