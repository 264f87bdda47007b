/**
 * The same two parts as containers. `docker run` stays in the foreground under a keeper: it passes the signal on to the
 * container and removes it, so a container ends with its starter like a process does. Data lies in a named volume whose
 * name comes from the state folder.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import pg from 'pg';
import { lockFolder } from './folder-lock.ts';
import type { DockerEngine } from './docker-engine.ts';
import { kafkaVersion } from './kafka-jars.ts';
import { keepProcess } from './keep-process.ts';
import { keptPart } from './kept-part.ts';
import type { LocalKafka } from './local-kafka.ts';
import type { LocalPart, PartOptions } from './local-part.ts';
import type { LocalPostgres } from './local-postgres.ts';
import { freePorts, portAnswers, waitUntil } from './loopback-port.ts';
import { LOCAL_ROLE } from './postgres-cluster.ts';

const POSTGRES_IMAGE = 'postgres:17-alpine';
/** The first start may fetch an image over a slow line. */
const START_DEADLINE_MS = 300_000;
const LOCK_WAIT_MS = 2_000;

export async function startDockerKafka(engine: DockerEngine, options: PartOptions): Promise<LocalKafka> {
  const [port = 0] = await freePorts(1);
  const environment = {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: `BROKER://:${port},CONTROLLER://:9093`,
    KAFKA_ADVERTISED_LISTENERS: `BROKER://127.0.0.1:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_LOG_DIRS: '/var/lib/kafka/data',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_MESSAGE_MAX_BYTES: String(8 * 1024 * 1024),
  };
  const container = await run(engine, options, { name: 'Kafka', image: `apache/kafka:${kafkaVersion()}`, volumeAt: '/var/lib/kafka/data', publish: `127.0.0.1:${port}:${port}`, environment, answers: () => portAnswers(port) });
  return { ...container, brokers: `127.0.0.1:${port}` };
}

export async function startDockerPostgres(engine: DockerEngine, options: PartOptions): Promise<LocalPostgres> {
  const [port = 0] = await freePorts(1);
  const password = storedPassword(options.stateDir);
  const url = `postgres://${LOCAL_ROLE}:${password}@127.0.0.1:${port}/causeway`;
  let version = 'unknown';
  // The image's own first start listens on its socket only, so an answer over TCP means that it is ready.
  const answers = async (): Promise<boolean> => (version = await serverVersion(url)) !== '';
  const environment = { POSTGRES_USER: LOCAL_ROLE, POSTGRES_PASSWORD: password, POSTGRES_DB: 'causeway', POSTGRES_INITDB_ARGS: '--auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8' };
  const container = await run(engine, options, { name: 'PostgreSQL', image: POSTGRES_IMAGE, volumeAt: '/var/lib/postgresql/data', publish: `127.0.0.1:${port}:5432`, environment, answers });
  return { ...container, url, version };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly volumeAt: string;
  readonly publish: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly answers: () => Promise<boolean>;
}

async function run(engine: DockerEngine, options: PartOptions, container: Container): Promise<LocalPart> {
  const folder = resolve(options.stateDir);
  const lock = await lockFolder({ file: join(folder, 'lock'), purpose: `its ${container.name} is running`, signal: options.signal, waitMs: LOCK_WAIT_MS });
  options.log?.(`starting ${container.name} with Docker (${container.image})`);
  const logFile = join(folder, 'container.log');
  const kept = keepProcess(
    { command: engine.command, args: dockerArgs(container, folder), cwd: folder, stop: [{ signal: 'SIGTERM', waitMs: 30_000 }], orphanSignal: 'TERM' },
    { logFile, environment: { ...options.environment, ...container.environment } },
  );
  lock.addKeeper(kept.pid);
  try {
    const ready = await waitUntil(container.answers, { signal: options.signal, deadlineMs: START_DEADLINE_MS, hopeless: () => kept.gone });
    if (!ready) throw new Failure('PART_FAILED', `${container.name} in Docker did not start; its log is ${logFile}`);
  } catch (error) {
    await kept.stop();
    lock.release();
    throw error;
  }
  return keptPart({ name: container.name, process: kept, logFile, onGone: () => lock.release() });
}

/** Values go through the environment of the docker program: its arguments can be read by every user. */
function dockerArgs(container: Container, folder: string): string[] {
  const id = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const variables = Object.keys(container.environment).flatMap((name) => ['--env', name]);
  return ['run', '--rm', '--init', '--name', `causeway-${id}`, '--volume', `causeway-${id}:${container.volumeAt}`, '--publish', container.publish, ...variables, container.image];
}

function storedPassword(stateDir: string): string {
  const file = join(resolve(stateDir), 'password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(resolve(stateDir), { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

async function serverVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  // A server that goes away between two answers reports it here.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? '';
  } catch {
    return '';
  } finally {
    await client.end().catch(() => {});
  }
}
