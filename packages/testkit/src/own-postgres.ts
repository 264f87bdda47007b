/** A PostgreSQL server of one test's own, for what concerns a whole server: roles, settings, certificates, standbys. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalPostgres } from '@causeway/runtime/parts/local-postgres';
import { findPostgresClient } from '@causeway/runtime/parts/postgres-client';
import { removePostgresHome } from '@causeway/runtime/parts/postgres-home';
import { libpqEnvironment } from '@causeway/runtime/postgres-address';

export interface OwnPostgres {
  /** Of the superuser. */
  readonly url: string;
  readonly folder: string;
  readonly port: number;
  restart(settings?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

export async function ownPostgres(settings: Readonly<Record<string, string>> = {}): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-server-'));
  const stateDir = join(folder, 'postgres');
  const start = (more: Readonly<Record<string, string>>): ReturnType<typeof startLocalPostgres> =>
    startLocalPostgres({ stateDir, environment: process.env, signal: new AbortController().signal, settings: { fsync: 'off', ...more } });
  let server = await start(settings);
  return {
    get url() {
      return server.url;
    },
    get port() {
      return Number(new URL(server.url).port);
    },
    folder,
    restart: async (more = settings) => {
      await server.stop();
      server = await start(more);
    },
    stop: async () => {
      await server.stop();
      removePostgresHome(stateDir);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** psql as the image runs it. undefined: this machine has no client. */
export function runPsql(url: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): { code: number | null; output: string } | undefined {
  const client = findPostgresClient(process.env, 15);
  if (client === undefined) return undefined;
  const run = spawnSync(join(client.bin, 'psql'), ['--no-psqlrc', '-v', 'ON_ERROR_STOP=1', ...args], { encoding: 'utf8', env: { ...libpqEnvironment(url, process.env), ...environment } });
  return { code: run.status, output: `${run.stdout}${run.stderr}` };
}
