/** Kafka and PostgreSQL of the bench, up before any clock runs; a database of its own for every measurement. */
import { join } from 'node:path';
import { startLocalKafka } from '@causeway/runtime/parts/local-kafka';
import { startLocalPostgres } from '@causeway/runtime/parts/local-postgres';
import { createPool } from '@causeway/runtime/postgres-pool';

export interface BenchParts {
  readonly brokers: string;
  /** Makes an empty database and returns its address. */
  freshDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startBenchParts(folder: string): Promise<BenchParts> {
  const options = { environment: process.env, signal: new AbortController().signal };
  const postgres = await startLocalPostgres({ ...options, stateDir: join(folder, 'postgres') });
  const kafka = await startLocalKafka({ ...options, stateDir: join(folder, 'kafka') });
  const pool = createPool({ url: postgres.url, max: 1, applicationName: 'causeway bench' });
  return {
    brokers: kafka.brokers,
    freshDatabase: async (name) => {
      await pool.query(`DROP DATABASE IF EXISTS ${name}`);
      await pool.query(`CREATE DATABASE ${name}`);
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    stop: async () => {
      await pool.end();
      await kafka.stop();
      await postgres.stop();
    },
  };
}
