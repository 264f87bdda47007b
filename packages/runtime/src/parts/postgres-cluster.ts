/** Makes the data folder of a local server, once: SCRAM for everybody, UTF8, a random password. */
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import type { PostgresPrograms } from './find-postgres.ts';
import type { Environment } from './local-part.ts';
import { partialFolder, removeFolder } from './partial-folder.ts';
import type { PostgresHome } from './postgres-home.ts';
import { lastLines, runProgram } from './run-program.ts';

export const LOCAL_ROLE = 'postgres';
/** Tells our folders from those of others. */
const MARKER = 'causeway.json';

export interface ClusterOptions {
  readonly home: PostgresHome;
  readonly programs: PostgresPrograms;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly log?: (sentence: string) => void;
}

/** The version that made the data; undefined: there is none yet. Throws where the folder belongs to somebody else. */
export function clusterMajor(home: PostgresHome): number | undefined {
  if (!existsSync(home.dataDir)) return undefined;
  if (!existsSync(join(home.dataDir, MARKER))) {
    throw new Failure('STATE_UNUSABLE', `${home.dataDir} was not made by causeway, and is left alone`);
  }
  return Number.parseInt(readFileSync(join(home.dataDir, 'PG_VERSION'), 'utf8'), 10);
}

export function clusterPassword(home: PostgresHome): string {
  const file = passwordFile(home);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new Failure('STATE_UNUSABLE', `the password of the local database, ${file}, cannot be read`, { cause });
  }
}

/** Beside the data first, then renamed: a folder with our name is complete. The caller holds the folder's lock. */
export async function makeCluster(options: ClusterOptions): Promise<void> {
  const { home, log } = options;
  log?.('preparing a PostgreSQL database on this machine');
  const partial = partialFolder(home.dataDir, 0o700);
  giveTo(home, partial);
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile(home), `${password}\n`, { mode: 0o600 });
  await initialise(options, partial, password);
  const marker = join(partial, MARKER);
  writeFileSync(marker, `${JSON.stringify({ madeBy: 'causeway', server: options.programs.version })}\n`, { mode: 0o600 });
  giveTo(home, marker);
  renameSync(partial, home.dataDir);
}

/**
 * Texts sort by their bytes, as in SQLite, which is also several times as fast as by any other collation; C.UTF-8 knows the
 * case of letters beyond ASCII, and not every system has it.
 */
async function initialise(options: ClusterOptions, folder: string, password: string): Promise<void> {
  const { home, programs, environment, signal } = options;
  const secret = join(dirname(home.dataDir), '.initial-password');
  let output = '';
  for (const locale of ['C.UTF-8', 'C']) {
    const args = ['-D', folder, '-U', LOCAL_ROLE, `--pwfile=${secret}`, '--auth=scram-sha-256', '--encoding=UTF8', `--locale=${locale}`, '--lc-collate=C', '--no-instructions'];
    // initdb reads the password as the server's user, from a file that only this user can read.
    writeFileSync(secret, password, { mode: 0o600 });
    giveTo(home, secret);
    const run = await runProgram({ command: join(programs.bin, 'initdb'), args, environment, signal, cwd: folder, ...asUser(home) }).finally(() => rmSync(secret, { force: true }));
    if (run.code === 0) return;
    output = run.output;
  }
  removeFolder(folder);
  throw new Failure('PART_FAILED', `initdb failed: ${lastLines(output)}`);
}

export function asUser(home: PostgresHome): { uid?: number; gid?: number } {
  return home.user === undefined ? {} : { uid: home.user.uid, gid: home.user.gid };
}

function giveTo(home: PostgresHome, path: string): void {
  if (home.user !== undefined) chownSync(path, home.user.uid, home.user.gid);
}

function passwordFile(home: PostgresHome): string {
  return join(home.partDir, 'password');
}
