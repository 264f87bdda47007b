/**
 * The servers that the test run has started (tests/setup), and databases of one's own on them. A test that needs a
 * server says so by its suffix; without the suffix there is none, and these functions say so.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Names of the variables through which the run's setup hands its servers to the test files. */
export const TEST_PG = 'CAUSEWAY_TEST_PG';
export const TEST_BROKERS = 'CAUSEWAY_TEST_BROKERS';

export interface FreshDatabase {
  readonly url: string;
  /** Ends all connections and removes the database. */
  drop(): Promise<void>;
}

/** Address of the maintenance database, with rights to make others. */
export function testPostgresUrl(): string {
  return fromSetup(TEST_PG, 'PostgreSQL', '.pg.test.ts');
}

/** host:port,host:port */
export function testBrokers(): string {
  return fromSetup(TEST_BROKERS, 'Kafka broker', '.kafka.test.ts');
}

/** An empty database with a name of its own, made from template0 in UTF8. */
export async function freshDatabase(prefix = 'test'): Promise<FreshDatabase> {
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const url = new URL(testPostgresUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: testPostgresUrl(), connectionTimeoutMillis: 15_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function fromSetup(variable: string, what: string, suffix: string): string {
  const value = process.env[variable];
  if (value !== undefined && value !== '') return value;
  throw new Error(`this test run has no ${what}: name the file *${suffix} (or *.e2e.test.ts), or set ${variable}`);
}
