// Starts one PostgreSQL and one Kafka for the whole test run, only if selected files need them, in a temporary folder.
// CAUSEWAY_TEST_PG and CAUSEWAY_TEST_BROKERS name running servers that are used instead. Jest gives its setup no
// transform in ESM mode, so this is JavaScript and uses the built runtime.
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neededServers } from './needed-servers.mjs';

const PARTS = new URL('../../packages/runtime/dist/parts/', import.meta.url);

async function part(name) {
  const file = new URL(`${name}.js`, PARTS);
  if (!existsSync(file)) throw new Error('the tests need the built runtime: run `npm run build` first');
  return import(file.href);
}

export default async function startServers(globalConfig, projectConfig) {
  const needed = neededServers(globalConfig, projectConfig);
  const running = { folder: undefined, stops: [] };
  globalThis.__causewayTestServers = running;
  const wanted = [
    needed.has('postgres') && !process.env.CAUSEWAY_TEST_PG && startPostgres,
    needed.has('kafka') && !process.env.CAUSEWAY_TEST_BROKERS && startKafka,
  ].filter(Boolean);
  if (wanted.length === 0) return;
  running.folder = mkdtempSync(join(tmpdir(), 'causeway-test-'));
  const results = await Promise.allSettled(wanted.map((start) => start(running)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function options(running, name) {
  return { stateDir: join(running.folder, name), environment: process.env, signal: new AbortController().signal };
}

async function startPostgres(running) {
  const { startLocalPostgres } = await part('local-postgres');
  const { removePostgresHome } = await part('postgres-home');
  // What is thrown away at the end need not survive a power cut.
  const settings = { fsync: 'off', max_connections: '200' };
  const server = await startLocalPostgres({ ...options(running, 'postgres'), settings });
  running.stops.push(async () => {
    await server.stop();
    removePostgresHome(join(running.folder, 'postgres'));
  });
  process.env.CAUSEWAY_TEST_PG = server.url;
}

async function startKafka(running) {
  const { chooseTransport } = await part('choose-parts');
  const choice = chooseTransport({ environment: process.env }, undefined);
  // A test that needs the broker then fails with what testBrokers() says: a green run has run everything it was asked for.
  if (choice.kind !== 'local') {
    process.stderr.write(`tests that need Kafka have none: ${choice.why}\n`);
    return;
  }
  const { startLocalKafka } = await part('local-kafka');
  const broker = await startLocalKafka(options(running, 'kafka'));
  running.stops.push(() => broker.stop());
  process.env.CAUSEWAY_TEST_BROKERS = broker.brokers;
}
