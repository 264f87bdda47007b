/**
 * Writers on real SQLite libraries: the amalgamation of each version comes out of a package that carries it, pinned by
 * its digest, and is compiled once into the checkout's cache. Where there is no compiler or no registry, the reason is told.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../../..');
const CACHE = join(ROOT, '.causeway', 'cache', 'sqlite-writers');
const WRITER = join(import.meta.dirname, 'writer.c');
/** Quick to compile; the statements are few. JSON was an option before 3.38. */
const FLAGS = ['-O0', '-w', '-DSQLITE_THREADSAFE=0', '-DSQLITE_OMIT_LOAD_EXTENSION', '-DSQLITE_ENABLE_JSON1'];

export interface WriterVersion {
  /** As SQLite calls it. */
  readonly version: string;
  /** Version of better-sqlite3 that carries it, and the package's digest; null: the one that is installed. */
  readonly carrier: { readonly version: string; readonly sha512: string } | null;
}

export const WRITER_VERSIONS: readonly WriterVersion[] = [
  { version: '3.31', carrier: { version: '7.0.0', sha512: '3i3r8djWlZyjF5IEhc0oJhJP726Vh1zK3w6BBvMgWNDolA6Qbq/gHx5/Eu3JlHbLYsa5UpIKBsT4PzxaZZpC9A==' } },
  { version: '3.35', carrier: { version: '7.4.0', sha512: 'hXwwaFvtYwRfjBSGP6+woB95qbwSnfpXyy/kDFzgOMoDttzyaWsBGcU3FGuRbzhbRv0qpKRCJQ6Hru2pQ8adxg==' } },
  { version: '3.40', carrier: { version: '8.0.1', sha512: 'JhTZjpyapA1icCEjIZB4TSSgkGdFgpWZA2Wszg7Cf4JwJwKQmbvuNnJBeR+EYG/Z29OXvR4G//Rbg31BW/Z7Yg==' } },
  { version: 'newest', carrier: null },
];

export interface BuiltWriter {
  readonly version: string;
  /** Program, or why there is none. */
  readonly program: string | null;
  readonly missing: string;
}

export async function buildWriter({ version, carrier }: WriterVersion): Promise<BuiltWriter> {
  try {
    return { version, program: await built(carrier), missing: '' };
  } catch (error) {
    if (error instanceof Unsound) throw error;
    return { version, program: null, missing: (error as Error).message.split('\n', 1)[0] ?? 'unknown' };
  }
}

/** A package with another digest is no reason to skip. */
class Unsound extends Error {}

async function built(carrier: WriterVersion['carrier']): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(WRITER)).update(FLAGS.join(' ')).update(carrier?.version ?? installedFolder()).digest('hex').slice(0, 16);
  const program = join(CACHE, digest);
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'work-'));
  try {
    const sources = carrier === null ? join(installedFolder(), 'deps') : await fetched(carrier, work);
    if (!existsSync(join(sources, 'sqlite3.c')) && existsSync(join(sources, 'sqlite3.tar.gz'))) await run('tar', ['xzf', 'sqlite3.tar.gz'], { cwd: sources });
    const folder = [sources, join(sources, 'sqlite3')].find((candidate) => existsSync(join(candidate, 'sqlite3.c')));
    if (folder === undefined) throw new Error(`no amalgamation in ${sources}`);
    const made = join(work, 'writer');
    await run('gcc', [...FLAGS, '-I', folder, WRITER, join(folder, 'sqlite3.c'), '-lm', '-o', made]);
    renameSync(made, program);
    return program;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const installedFolder = (): string => dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));

async function fetched(carrier: NonNullable<WriterVersion['carrier']>, work: string): Promise<string> {
  await run('npm', ['pack', `better-sqlite3@${carrier.version}`, '--silent', '--pack-destination', work], { cwd: work });
  const file = join(work, `better-sqlite3-${carrier.version}.tgz`);
  if (createHash('sha512').update(readFileSync(file)).digest('base64') !== carrier.sha512) throw new Unsound(`better-sqlite3@${carrier.version} has another digest than the pinned one`);
  await run('tar', ['xzf', file, '-C', work]);
  return join(work, 'package', 'deps');
}
