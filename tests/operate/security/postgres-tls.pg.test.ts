/** A real PostgreSQL with certificates and the rules of the tls profile: encrypted and proved, or not at all. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { postgresHome } from '@causeway/runtime/parts/postgres-home';
import { createPool } from '@causeway/runtime/postgres-pool';
import { type OwnPostgres, ownPostgres, runPsql } from '@causeway/testkit/own-postgres';
import pg from 'pg';
import type { TLSSocket } from 'node:tls';

const ROOT = resolve(import.meta.dirname, '../../..');
const PASSWORD = 'of-this-test';
let server: OwnPostgres;
let tls: string;

beforeAll(async () => {
  server = await ownPostgres();
  tls = join(server.folder, 'tls');
  const made = (folder: string): void => expect(spawnSync('sh', [join(ROOT, 'ops/tls/make-certificates.sh'), folder, 'postgres'], { encoding: 'utf8' }).status).toBe(0);
  made(tls);
  made(join(server.folder, 'other'));
  const secrets = join(server.folder, 'secrets');
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'migrator_password'), PASSWORD);
  expect(runPsql(server.url, ['-f', join(ROOT, 'ops/postgres/init.sql')], { SECRETS_DIR: secrets })).toMatchObject({ code: 0 });
  // As ops/postgres/start/primary.sh starts it: the server's user owns the key.
  const home = postgresHome(join(server.folder, 'postgres'), process.getuid?.());
  for (const name of ['server.crt', 'server.key']) {
    const file = join(home.dataDir, name);
    cpSync(join(tls, 'postgres', name), file);
    chmodSync(file, 0o600);
    if (home.user !== undefined) chownSync(file, home.user.uid, home.user.gid);
  }
  await server.restart({ ssl: 'on', ssl_min_protocol_version: 'TLSv1.2' });
  writeFileSync(join(home.dataDir, 'pg_hba.conf'), readFileSync(join(ROOT, 'ops/postgres/start/pg_hba.tls.conf')));
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}, 180_000);
afterAll(() => server.stop());

const url = (query: string, host = '127.0.0.1'): string => `postgres://migrator:${PASSWORD}@${host}:${server.port}/causeway${query}`;

async function encrypted(address: string): Promise<unknown> {
  const pool = createPool({ url: address, max: 1, applicationName: 'test' });
  try {
    const client = await pool.connect();
    const { stream } = (client as unknown as { connection: { stream: TLSSocket } }).connection;
    const found = { ssl: stream.encrypted, version: stream.getProtocol() };
    client.release();
    return found;
  } finally {
    await pool.end();
  }
}

test('verify-full with the authority: encrypted, by address and by name', async () => {
  for (const host of ['127.0.0.1', 'localhost']) expect(await encrypted(url(`?sslmode=verify-full&sslrootcert=${tls}/ca.crt`, host))).toEqual({ ssl: true, version: expect.stringMatching(/^TLSv1\.[23]$/) });
});

test('in clear, with another authority, or for another name: refused', async () => {
  await expect(encrypted(url('?sslmode=disable'))).rejects.toMatchObject({ code: '28000' });
  await expect(encrypted(url(`?sslmode=verify-full&sslrootcert=${server.folder}/other/ca.crt`))).rejects.toThrow(/certificate|signature/);
  await expect(encrypted(url(`?sslmode=verify-full&sslrootcert=${tls}/ca.crt`, '127.0.0.2'))).rejects.toThrow();
});

test('programs of PostgreSQL get the same by their environment, and show no password', () => {
  const run = runPsql(url(`?sslmode=verify-full&sslrootcert=${tls}/ca.crt`), ['-c', '\\conninfo']);
  expect(run).toEqual({ code: 0, output: expect.stringMatching(/SSL/) });
  expect(run?.output).not.toContain(PASSWORD);
  expect(runPsql(url('?sslmode=disable'), ['-c', 'SELECT 1'])?.code).not.toBe(0);
});

test('the rules give the superuser and the replicator no way in from elsewhere, and nobody a weaker method', () => {
  for (const name of ['pg_hba.conf', 'pg_hba.tls.conf']) {
    const rules = readFileSync(join(ROOT, 'ops/postgres/start', name), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(/\s+/));
    expect(new Set(rules.map((rule) => rule.at(-1)))).toEqual(new Set(['scram-sha-256', 'reject']));
    if (name.includes('tls')) expect(new Set(rules.map(([type]) => type))).toEqual(new Set(['local', 'hostssl']));
  }
});
