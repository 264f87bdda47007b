/** A PostgreSQL and a broker for one run of a command, named to the tests' parts as those of the test suite are. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalKafka } from '@causeway/runtime/parts/local-kafka';
import { startLocalPostgres } from '@causeway/runtime/parts/local-postgres';
import { removePostgresHome } from '@causeway/runtime/parts/postgres-home';
import { TEST_BROKERS, TEST_PG } from './test-servers.ts';

/** Both are ended, and their folder is removed, when `work` has ended. */
export async function withOwnServers<T>(name: string, work: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `causeway-${name}-`));
  const stops: (() => Promise<void>)[] = [];
  try {
    const options = { environment: process.env, signal: new AbortController().signal };
    const postgres = await startLocalPostgres({ ...options, stateDir: join(folder, 'postgres'), settings: { fsync: 'off' } });
    stops.push(() => postgres.stop());
    const kafka = await startLocalKafka({ ...options, stateDir: join(folder, 'kafka') });
    stops.push(() => kafka.stop());
    process.env[TEST_PG] = postgres.url;
    process.env[TEST_BROKERS] = kafka.brokers;
    return await work();
  } finally {
    for (const stop of stops.reverse()) await stop();
    removePostgresHome(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  }
}
