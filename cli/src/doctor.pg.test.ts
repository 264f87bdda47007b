import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freshDatabase, type FreshDatabase, testPostgresUrl } from '@causeway/testkit/test-servers';
import pg from 'pg';
import { doctor } from './doctor.ts';
import type { DoctorCheck } from './doctor/doctor-check.ts';
import { doctorText } from './doctor/print-doctor.ts';

let database: FreshDatabase;
const environment = { PATH: process.env.PATH, HOME: process.env.HOME };

const run = (options: object) => doctor({ environment, stateFolder: tmpdir(), transport: 'embedded', ...options });
const find = (checks: readonly DoctorCheck[], name: string) => checks.find((check) => check.name === name);

const administer = async (url: string, ...statements: string[]): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
};

beforeAll(async () => {
  database = await freshDatabase('doctor');
});

afterAll(() => database.drop());

test('a target of ours is ready, and every line says so', async () => {
  const result = await run({ targetUrl: database.url });
  expect(result.ready).toBe(true);
  expect(result.checks.filter((check) => check.name.startsWith('Target') || check.name.startsWith('CREATE') || check.name.startsWith('SET')).map((check) => check.verdict)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
});

test('a role without privileges: what is missing comes with the GRANT that mends it, and the GRANT mends it', async () => {
  const role = `doctor_${process.pid}`;
  const url = new URL(database.url);
  await administer(database.url, `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`, `GRANT CONNECT ON DATABASE ${url.pathname.slice(1)} TO ${role}`);
  url.username = role;
  url.password = 'pw';
  try {
    const before = await run({ targetUrl: url.href });
    expect(before.ready).toBe(false);
    const missing = before.checks.filter((check) => ['CREATE on database', 'CREATE on schema', 'SET session_replication_role'].includes(check.name));
    expect(missing.map((check) => check.verdict)).toEqual(['missing', 'missing', 'warn']);
    expect(find(before.checks, 'Extension pg_trgm')).toMatchObject({ verdict: 'warn', remedy: 'a superuser: CREATE EXTENSION pg_trgm' });
    expect(doctorText(before)).not.toContain('pw@');
    await administer(database.url, ...missing.map((check) => check.remedy ?? ''));
    const after = await run({ targetUrl: url.href });
    expect([after.ready, find(after.checks, 'SET session_replication_role')?.verdict]).toEqual([true, 'ok']);
    expect(find(after.checks, 'Extension pg_trgm')?.verdict).toBe('ok');
  } finally {
    await administer(database.url, `DROP OWNED BY ${role}`, `DROP ROLE ${role}`);
  }
});

test('a database in another encoding is not ready', async () => {
  const url = new URL(testPostgresUrl());
  const name = `doctor_latin_${process.pid}`;
  await administer(url.href, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`);
  url.pathname = `/${name}`;
  try {
    const result = await run({ targetUrl: url.href });
    expect([result.ready, find(result.checks, 'Target encoding')]).toMatchObject([false, { verdict: 'missing', found: 'LATIN1' }]);
  } finally {
    await administer(testPostgresUrl(), `DROP DATABASE ${name}`);
  }
});

test('a target that refuses the password and a broker that is not there are told apart from what is there', async () => {
  const listening = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as { port: number };
  const wrong = new URL(database.url);
  wrong.password = 'hunter2';
  const result = await doctor({ environment, stateFolder: tmpdir(), targetUrl: wrong.href, brokers: `127.0.0.1:${port},127.0.0.1:1,nonsense` });
  listening.close();
  expect(result.ready).toBe(false);
  expect(find(result.checks, 'Target')?.verdict).toBe('missing');
  expect(result.checks.filter((check) => check.name === 'Kafka broker').map((check) => check.verdict)).toEqual(['ok', 'missing', 'missing']);
  expect(JSON.stringify(result)).not.toContain('hunter2');
});
