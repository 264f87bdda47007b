/** What this machine has, asked without starting any server. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DockerEngine } from '@causeway/runtime/parts/docker-engine';
import { findPostgres, OLDEST_POSTGRES } from '@causeway/runtime/parts/find-postgres';
import { findProgram } from '@causeway/runtime/parts/find-program';
import { findJava, OLDEST_JAVA } from '@causeway/runtime/parts/java-runtime';
import { DEFAULT_CACHE, jarsArePresent } from '@causeway/runtime/parts/kafka-jars';
import type { Environment } from '@causeway/runtime/parts/local-part';
import { postgresClients } from '@causeway/runtime/parts/postgres-client';
import { npmPostgresPackage } from '@causeway/runtime/parts/npm-postgres';
import type { DoctorCheck } from './doctor-check.ts';
import { type Installable, installCommand } from './install-command.ts';

export interface Machine {
  readonly environment: Environment;
  readonly isRoot: boolean;
  readonly nodeVersion: string;
  readonly stateFolder: string;
}

/** zstd in node:zlib, and the Node-API version that better-sqlite3 needs. */
const NODE_FLOOR = [22, 15] as const;
/** Below this even a small migration may fill the disk. */
const LITTLE_DISK = 1024 ** 3;

export function machineChecks(machine: Machine, engine: DockerEngine | undefined): DoctorCheck[] {
  return [node(machine), docker(machine, engine), java(machine), maven(machine), postgres(machine), pgDump(machine), disk(machine)];
}

function node(machine: Machine): DoctorCheck {
  const [major = 0, minor = 0] = machine.nodeVersion.replace('v', '').split('.').map(Number);
  const fits = major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1]);
  return check(machine, { name: 'Node.js', found: machine.nodeVersion, verdict: fits ? 'ok' : 'missing', usedFor: `every command (${NODE_FLOOR.join('.')} or newer; ./causeway fetches one by itself)`, required: true }, 'node');
}

function docker(machine: Machine, engine: DockerEngine | undefined): DoctorCheck {
  const program = findProgram('docker', machine.environment) !== undefined;
  const found = engine === undefined ? (program ? 'the docker program, but no engine answers' : '') : `engine ${engine.version}`;
  const base = { name: 'Docker engine', found, verdict: engine === undefined ? 'missing' : 'ok', usedFor: 'Kafka and PostgreSQL in containers, where none are given', required: false } as const;
  if (engine === undefined && program) return { ...base, remedy: process.platform === 'darwin' ? 'open -a Docker' : `${machine.isRoot ? '' : 'sudo '}systemctl start docker` };
  return check(machine, base, 'docker');
}

function java(machine: Machine): DoctorCheck {
  const found = findJava(machine.environment);
  const verdict = found === undefined ? 'missing' : found.major < OLDEST_JAVA ? 'warn' : 'ok';
  return check(machine, { name: 'Java', found: found?.version ?? '', verdict, usedFor: `a Kafka broker on this machine without Docker (${OLDEST_JAVA} or newer)`, required: false }, 'java');
}

function maven(machine: Machine): DoctorCheck {
  const program = findProgram('mvn', machine.environment);
  const fetched = jarsArePresent(DEFAULT_CACHE);
  const found = [...(program === undefined ? [] : [program]), ...(fetched ? ['Kafka is fetched already'] : [])].join('; ');
  return check(machine, { name: 'Maven', found, verdict: found === '' ? 'missing' : 'ok', usedFor: 'fetching Kafka once, where it runs without Docker', required: false }, 'maven');
}

function postgres(machine: Machine): DoctorCheck {
  const found = findPostgres(machine.environment);
  const npm = npmPostgresPackage();
  const usedFor = `a target on this machine, where none is given (${OLDEST_POSTGRES} or newer${npm === undefined ? '' : '; else npm brings one'})`;
  return check(machine, { name: 'PostgreSQL server', found: found === undefined ? '' : `${found.version} in ${found.bin}`, verdict: found === undefined ? 'missing' : 'ok', usedFor, required: false }, 'postgres');
}

/** A client that is older than the server cannot dump it; which server that is, only a given target tells. */
function pgDump(machine: Machine): DoctorCheck {
  const clients = postgresClients(machine.environment);
  const newest = clients.toSorted((a, b) => b.major - a.major)[0];
  const verdict = newest === undefined ? 'missing' : newest.major < OLDEST_POSTGRES ? 'warn' : 'ok';
  const found = clients.map(({ version, bin }) => `${version} in ${bin}`).join(', ');
  return check(machine, { name: 'pg_dump', found, verdict, usedFor: 'backups of the target: causeway backup, and after a cutover and before complete', required: false }, 'pg_dump');
}

/** The folder need not exist yet: then the nearest one above it tells. */
function disk(machine: Machine): DoctorCheck {
  let folder = machine.stateFolder;
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  const usedFor = 'logs, copies of sources, reports, and the data of servers that causeway starts';
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return { name: 'State folder', found: `${machine.stateFolder} cannot be written`, verdict: 'missing', usedFor, required: true, remedy: 'give a writable folder with --state or CAUSEWAY_STATE' };
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const base = { name: 'State folder', found: `${(free / 1024 ** 3).toFixed(1)} GiB free for ${machine.stateFolder}`, usedFor, required: true } as const;
  return free < LITTLE_DISK ? { ...base, verdict: 'warn', remedy: 'free space there, or give another folder with --state' } : { ...base, verdict: 'ok' };
}

function check(machine: Machine, base: Omit<DoctorCheck, 'remedy'>, what: Installable): DoctorCheck {
  return base.verdict === 'ok' ? base : { ...base, remedy: installCommand(what, machine) };
}
