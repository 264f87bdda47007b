/** Looks for the programs of a PostgreSQL server on this machine. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, isProgram } from './find-program.ts';
import type { Environment } from './local-part.ts';

export interface PostgresPrograms {
  /** Folder of initdb and postgres. */
  readonly bin: string;
  /** As the server writes it, for example 15.13. */
  readonly version: string;
  readonly major: number;
}

export const OLDEST_POSTGRES = 15;

/** Distributions keep the server's programs out of PATH, one folder a version. */
const VERSION_FOLDERS = ['/usr/lib/postgresql', '/usr/local/lib/postgresql', '/Library/PostgreSQL', '/opt/postgresql'];
const SINGLE_FOLDERS = ['/usr/local/pgsql/bin', '/Applications/Postgres.app/Contents/Versions/latest/bin'];
const HOMEBREW = ['/opt/homebrew/opt', '/usr/local/opt', '/home/linuxbrew/.linuxbrew/opt'];

/** The newest server that is at least version 15, or undefined. A data folder needs the very version that made it. */
export function findPostgres(environment: Environment, onlyMajor?: number): PostgresPrograms | undefined {
  return candidates(environment)
    .map((bin) => programsIn(bin))
    .filter((programs) => programs !== undefined)
    .filter(({ major }) => (onlyMajor === undefined ? major >= OLDEST_POSTGRES : major === onlyMajor))
    .sort((a, b) => b.major - a.major)[0];
}

/** The programs of one folder, if it holds a whole server. */
export function programsIn(bin: string): PostgresPrograms | undefined {
  if (!isProgram(join(bin, 'initdb')) || !isProgram(join(bin, 'postgres'))) return undefined;
  const run = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8', timeout: 5_000 });
  const version = /(\d+)(?:\.\d+|\w+)?/.exec(run.stdout ?? '');
  if (run.status !== 0 || version === null) return undefined;
  return { bin, version: version[0], major: Number(version[1]) };
}

/** A link on PATH is followed: the server looks for its own files beside its real place. */
function candidates(environment: Environment): string[] {
  const onPath = findProgram('postgres', environment);
  const folders = [
    ...(onPath === undefined ? [] : [dirname(realpathSync(onPath))]),
    ...VERSION_FOLDERS.flatMap((root) => subfolders(root).map((version) => join(root, version, 'bin'))),
    ...HOMEBREW.flatMap((root) => subfolders(root).filter((name) => name.startsWith('postgresql')).map((name) => join(root, name, 'bin'))),
    ...SINGLE_FOLDERS,
    ...subfolders('/usr').filter((name) => name.startsWith('pgsql-')).map((name) => join('/usr', name, 'bin')),
  ];
  return [...new Set(folders)].filter((folder) => existsSync(folder));
}

function subfolders(root: string): string[] {
  try {
    return readdirSync(root);
  } catch {
    return [];
  }
}
