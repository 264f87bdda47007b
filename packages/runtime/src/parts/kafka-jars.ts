/** The broker's jars: fetched once by Maven into a folder that all starters share. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '@causeway/contracts/failures';
import { findProgram } from './find-program.ts';
import { lockFolder } from './folder-lock.ts';
import type { Environment } from './local-part.ts';
import { partialFolder, removeFolder } from './partial-folder.ts';
import { lastLines, runProgram } from './run-program.ts';

const POM = fileURLToPath(new URL('../../../../ops/kafka/pom.xml', import.meta.url));
/** Another command's fetch is waited for; a slow line may need minutes for 44 MB. */
const FETCH_WAIT_MS = 600_000;

/** Cache of fetched programs; beside the checkout, because nothing in it belongs to one migration. */
export const DEFAULT_CACHE = fileURLToPath(new URL('../../../../.causeway/cache', import.meta.url));

export interface JarsOptions {
  readonly cacheDir: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly log?: (sentence: string) => void;
}

/** The folder of a complete set, whether it exists or not: another pom is another folder. */
export function jarsFolder(cacheDir: string): string {
  return join(cacheDir, `kafka-${createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12)}`);
}

export function kafkaVersion(): string {
  return /<kafka\.version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1] ?? 'unknown';
}

export function jarsArePresent(cacheDir: string): boolean {
  return existsSync(jarsFolder(cacheDir));
}

export async function kafkaJars(options: JarsOptions): Promise<string> {
  const folder = jarsFolder(options.cacheDir);
  if (existsSync(folder)) return folder;
  const lock = await lockFolder({ file: `${folder}.lock`, purpose: 'it is fetching Kafka', signal: options.signal, waitMs: FETCH_WAIT_MS });
  try {
    if (!existsSync(folder)) await fetchInto(folder, options);
    return folder;
  } finally {
    lock.release();
  }
}

/** Into a folder beside it, then renamed: a set of jars is complete or absent. */
async function fetchInto(folder: string, options: JarsOptions): Promise<void> {
  const maven = findProgram('mvn', options.environment);
  if (maven === undefined) throw new Failure('TRANSPORT_UNAVAILABLE', 'Maven (mvn) is not on PATH, and Kafka has not been fetched yet');
  options.log?.(`fetching Kafka ${kafkaVersion()} (44 MB, once)`);
  const partial = partialFolder(folder, 0o755);
  const run = await runProgram({
    command: maven,
    args: ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`, ...ownRepository(partial)],
    environment: options.environment,
    signal: options.signal,
  });
  removeFolder(repositoryBeside(partial));
  const jars = run.code === 0 ? readdirSync(partial).filter((name) => name.endsWith('.jar')) : [];
  if (!jars.some((name) => name.startsWith('kafka_'))) {
    removeFolder(partial);
    throw new Failure('TRANSPORT_UNAVAILABLE', `Maven could not fetch Kafka: ${lastLines(run.output)}`);
  }
  renameSync(partial, folder);
}

/** Users of containers often have no home that can be written, where Maven would keep what it fetches. */
function ownRepository(partial: string): string[] {
  try {
    accessSync(userInfo().homedir, constants.W_OK);
    return [];
  } catch {
    return [`-Dmaven.repo.local=${repositoryBeside(partial)}`];
  }
}

const repositoryBeside = (partial: string): string => `${partial}.m2`;
