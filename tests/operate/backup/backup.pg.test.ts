/** What a backup does while others write, with a key, over time, and for a role with few rights. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type BackupBench, openBackupBench, sql } from '@causeway/testkit/backup-bench';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import pg from 'pg';

let bench: BackupBench;
let folder: string;
let database: FreshDatabase;
let causeway: BackupBench['causeway'];

beforeEach(async () => {
  bench = await openBackupBench();
  ({ folder, database, causeway } = bench);
});
afterEach(() => bench.close());

test('a backup under writes is one state, and proved as that state', async () => {
  await sql(database.url, 'CREATE TABLE pair (id bigserial PRIMARY KEY, a int, b int)', 'INSERT INTO pair (a, b) SELECT g, g FROM generate_series(1, 20000) g');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  let writing = true;
  let written = 0;
  const writer = (async () => {
    while (writing) {
      await client.query('INSERT INTO pair (a, b) SELECT 1, 1 FROM generate_series(1, 10)');
      await client.query('UPDATE pair SET a = a + 1, b = b + 1 WHERE id % 100 = 7');
      written++;
    }
  })();
  const made = await causeway('backup', '--format', 'custom');
  writing = false;
  await writer;
  await client.end();
  expect([made.code, made.code === 0 ? '' : made.err]).toEqual([0, '']);
  expect(written).toBeGreaterThan(0);
  expect(made.json['verified']).toMatchObject({ at: expect.any(String) });
});

test('encrypted: opens with its key alone, and holds no row in clear', async () => {
  await sql(database.url, 'CREATE TABLE t (v text)', "INSERT INTO t SELECT 'very-secret-value' FROM generate_series(1, 1000)");
  const [key, wrong] = [join(folder, 'key'), join(folder, 'wrong')];
  writeFileSync(key, randomBytes(32).toString('hex'));
  writeFileSync(wrong, randomBytes(32));
  const made = await causeway('backup', '--key-file', key, '--format', 'custom');
  expect(made.json).toMatchObject({ encrypted: true, verified: { at: expect.any(String) } });
  const backup = String(made.json['backup']);
  expect(readdirSync(backup).sort()).toEqual(['dump.sealed', 'manifest.json', 'manifest.json.sha256']);
  expect(statSync(join(backup, 'dump.sealed')).mode & 0o077).toBe(0);
  const other = await freshDatabase('restored');
  try {
    expect((await causeway('restore', backup, '--to', other.url)).json).toMatchObject({ code: 'USAGE' });
    expect((await causeway('restore', backup, '--to', other.url, '--key-file', wrong)).json).toMatchObject({ code: 'BACKUP_DAMAGED' });
    expect(await causeway('restore', backup, '--to', other.url, '--key-file', key)).toMatchObject({ code: 0 });
  } finally {
    await other.drop();
  }
});

test('rotation keeps the newest and the last proved one', async () => {
  await sql(database.url, 'CREATE TABLE t (v text)');
  const proved = String((await causeway('backup')).json['id']);
  for (let n = 0; n < 3; n++) await causeway('backup', '--no-verify', '--keep', '2', '--metrics-file', join(folder, 'm.prom'));
  const kept = readdirSync(join(folder, 'state', 'backups'));
  expect(kept).toHaveLength(3);
  expect(kept).toContain(proved);
  const metrics = readFileSync(join(folder, 'm.prom'), 'utf8');
  expect(metrics).toMatch(/causeway_backup_last_verified 0/);
  expect(metrics).toMatch(/causeway_backups_kept 3/);
});

test('a role that may not make databases is told so, and nothing half made stays', async () => {
  const role = `backup_${randomBytes(4).toString('hex')}`;
  await sql(database.url, `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`, 'CREATE TABLE t (v text)', `GRANT pg_read_all_data TO ${role}`);
  const url = new URL(database.url);
  [url.username, url.password] = [role, 'pw'];
  try {
    const refused = await causeway('backup', '--to', url.href);
    expect(refused.json).toMatchObject({ code: 'BACKUP_FAILED', message: expect.stringContaining('CREATEDB') });
    expect(readdirSync(join(folder, 'state', 'backups'))).toEqual([]);
    expect(await causeway('backup', '--to', url.href, '--no-verify')).toMatchObject({ code: 0 });
  } finally {
    await sql(database.url, `DROP OWNED BY ${role}`, `DROP ROLE ${role}`);
  }
});
