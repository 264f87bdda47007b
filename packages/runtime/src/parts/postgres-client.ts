/** pg_dump and pg_restore: programs of a client that is at least as new as the server, as older ones refuse it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isProgram } from './find-program.ts';
import type { Environment } from './local-part.ts';

export interface PostgresClient {
  /** Folder with pg_dump, pg_restore and psql. */
  readonly bin: string;
  readonly version: string;
  readonly major: number;
}

/** Distributions keep one folder a version, beside what PATH shows. */
const VERSION_FOLDERS = ['/usr/lib/postgresql', '/usr/local/lib/postgresql', '/Library/PostgreSQL', '/opt/postgresql', '/usr/libexec'];
const HOMEBREW = ['/opt/homebrew/opt', '/usr/local/opt', '/home/linuxbrew/.linuxbrew/opt'];

/** The one nearest above the server's version: its dumps can be restored by the oldest programs. undefined: none is new enough. */
export function findPostgresClient(environment: Environment, serverMajor: number): PostgresClient | undefined {
  return postgresClients(environment).filter(({ major }) => major >= serverMajor).sort((a, b) => a.major - b.major)[0];
}

/** All that this machine has. */
export function postgresClients(environment: Environment): PostgresClient[] {
  const onPath = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const versions = VERSION_FOLDERS.flatMap((root) => inside(root).map((name) => join(root, name, 'bin')));
  const homebrew = HOMEBREW.flatMap((root) => inside(root).filter((name) => /^(postgresql|libpq)/.test(name)).map((name) => join(root, name, 'bin')));
  const single = inside('/usr').filter((name) => name.startsWith('pgsql-')).map((name) => join('/usr', name, 'bin'));
  const folders = new Set([...versions, ...homebrew, ...single, ...onPath].filter((folder) => existsSync(folder)).map((folder) => realpathSync(folder)));
  return [...folders].map(clientIn).filter((client) => client !== undefined);
}

/** A version's own folder comes before PATH: Debian's /usr/bin/pg_dump is a wrapper that picks a version by itself. */
function clientIn(bin: string): PostgresClient | undefined {
  if (!isProgram(join(bin, 'pg_dump')) || !isProgram(join(bin, 'pg_restore'))) return undefined;
  const run = spawnSync(join(bin, 'pg_dump'), ['--version'], { encoding: 'utf8', timeout: 5_000 });
  const version = /(\d+)(?:\.\d+|\w+)?/.exec(run.stdout ?? '');
  if (run.status !== 0 || version === null) return undefined;
  return { bin, version: version[0], major: Number(version[1]) };
}

function inside(root: string): string[] {
  try {
    return readdirSync(root);
  } catch {
    return [];
  }
}
