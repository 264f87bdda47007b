/** The roles of init.sql are enough for what they are for: a migration, the application afterwards, a proved backup. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OwnPostgres, ownPostgres, runPsql } from '@causeway/testkit/own-postgres';
import Database from 'better-sqlite3';
import pg from 'pg';

const ROOT = resolve(import.meta.dirname, '../../..');
const PASSWORD = 'of-this-test';
let server: OwnPostgres;

beforeAll(async () => {
  server = await ownPostgres();
  const secrets = join(server.folder, 'secrets');
  mkdirSync(secrets);
  for (const role of ['app', 'migrator', 'backup']) writeFileSync(join(secrets, `${role}_password`), PASSWORD);
  const init = (): unknown => runPsql(server.url, ['-f', join(ROOT, 'ops/postgres/init.sql')], { SECRETS_DIR: secrets });
  expect(init()).toMatchObject({ code: 0 });
  await server.restart({});
  // Again on a server that has taken the settings.
  expect(init()).toMatchObject({ code: 0 });
});
afterAll(() => server.stop());

function urlOf(role: string): string {
  const url = new URL(server.url);
  [url.username, url.password] = [role, PASSWORD];
  return url.href;
}

function causeway(role: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [join(ROOT, 'cli/dist/main.js'), ...args, '--json'], {
    cwd: server.folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: urlOf(role), CAUSEWAY_STATE: join(server.folder, 'state') },
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

test('the migrator migrates, the application works, the backup role backs up and proves it', async () => {
  const file = join(server.folder, 'app.sqlite');
  const db = new Database(file);
  db.exec("CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE); INSERT INTO item (name) VALUES ('a'), ('b'); CREATE TABLE part (id INTEGER PRIMARY KEY, item INTEGER REFERENCES item (id), note TEXT); INSERT INTO part VALUES (1, 1, 'x')");
  db.close();
  const moved = causeway('migrator', 'migrate', file, '--transport', 'embedded');
  expect([moved.code, moved.code === 0 ? '' : moved.err]).toEqual([0, '']);
  // The backup of the source was taken by itself.
  expect(moved.err + moved.out).not.toContain(PASSWORD);
  const app = new pg.Client({ connectionString: urlOf('app') });
  await app.connect();
  app.on('error', () => {});
  await app.query("INSERT INTO item (name) VALUES ('c'); UPDATE part SET note = 'y'; DELETE FROM part");
  await app.end();
  const made = causeway('backup', 'backup');
  expect([made.code, made.code === 0 ? '' : made.err]).toEqual([0, '']);
  expect(JSON.parse(made.out)).toMatchObject({ verified: { at: expect.any(String) } });
  expect(causeway('app', 'backup').code).toBe(3);
});
