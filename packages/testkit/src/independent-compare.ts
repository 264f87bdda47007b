/**
 * Compares a source and its target row for row with a program that shares no line with the product: a Python script that
 * stands beside the repository where the corpora do. Where it is absent the tests that want it are skipped, with the reason.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Names the interpreter that has psycopg2, for example one in a virtual environment. */
export const TEST_PYTHON = 'CAUSEWAY_TEST_PYTHON';

const SCRIPT = resolve(import.meta.dirname, '../../../../shared/corpora/tools/rowcmp.py');

export interface CompareRequest {
  /** Path of the SQLite file; it must be quiet. Its -wal and -journal are respected. */
  readonly source: string;
  readonly target: string;
  readonly schema?: string;
  /** JSON lines as `--quarantine-out` writes them. */
  readonly quarantine?: string;
  /** Names that are not found by themselves: source table to target table, source column to target column. */
  readonly names?: Readonly<Record<string, { readonly to?: string; readonly columns?: Readonly<Record<string, string>> }>>;
  /** `table` or `table.column`. */
  readonly ignore?: readonly string[];
  readonly python?: string;
  readonly signal?: AbortSignal;
}

export interface ComparedTable {
  readonly table: string;
  readonly status: 'EQUAL' | 'EQUAL+QUARANTINED' | 'DIFFERENT' | 'NO TABLE';
  readonly source: number;
  readonly target: number;
  readonly missing?: number;
  readonly extra?: number;
  /** Source rows that the target column's type cannot hold. */
  readonly unrepresentable?: number;
  readonly quarantined?: number;
  /** Why rows differ: examples, reasons, columns that are missing. */
  readonly [detail: string]: unknown;
}

export type IndependentVerdict =
  | { readonly available: false; readonly reason: string }
  | { readonly available: true; readonly equal: boolean; readonly tables: readonly ComparedTable[]; readonly virtual: readonly string[]; readonly summary: string };

/** Why the comparer cannot run here, or undefined. */
export async function comparerMissing(python: string = pythonOf({})): Promise<string | undefined> {
  if (!existsSync(SCRIPT)) return 'the comparer is not beside the repository (../shared/corpora/tools/rowcmp.py)';
  const probe = await run(python, ['-c', 'import psycopg2, sqlite3'], {});
  if (probe.code === 0) return undefined;
  return `${python} cannot import psycopg2; name an interpreter that can with ${TEST_PYTHON}`;
}

/** Throws if the comparer itself fails: that is neither "equal" nor "different". */
export async function independentCompare(request: CompareRequest): Promise<IndependentVerdict> {
  const python = pythonOf(request);
  const reason = await comparerMissing(python);
  if (reason !== undefined) return { available: false, reason };
  const folder = mkdtempSync(join(tmpdir(), 'compare-'));
  try {
    const verdictFile = join(folder, 'verdict.json');
    const { dsn, password } = addressOf(request);
    // The comparer copies what stands beside the path; a symbolic link's -wal stands beside what it points to.
    const done = await run(python, [SCRIPT, `sqlite:${realpathSync(request.source)}`, dsn, '-v', '--json', verdictFile, ...filesOf(request, folder)], {
      ...(password === undefined ? {} : { PGPASSWORD: password }),
    }, request.signal);
    if (!existsSync(verdictFile)) throw new Error(`the comparer ended with ${done.code} and no verdict: ${done.stderr.slice(-2_000)}`);
    const { ok, tables, virtual } = JSON.parse(readFileSync(verdictFile, 'utf8')) as { ok: boolean; tables: ComparedTable[]; virtual: string[] };
    return { available: true, equal: ok && done.code === 0, tables, virtual, summary: done.stdout.trim().split('\n').at(-1) ?? '' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pythonOf(request: { readonly python?: string }): string {
  return request.python ?? process.env[TEST_PYTHON] ?? 'python3';
}

/** The password goes by environment: arguments can be read by everyone on the machine. */
function addressOf(request: CompareRequest): { dsn: string; password: string | undefined } {
  const url = new URL(request.target);
  const password = url.password === '' ? undefined : decodeURIComponent(url.password);
  url.password = '';
  return { dsn: `pg:${url.href}${request.schema === undefined ? '' : `;schema=${request.schema}`}`, password };
}

function filesOf(request: CompareRequest, folder: string): string[] {
  const args: string[] = [];
  if (request.quarantine !== undefined) args.push('--quarantine', resolve(request.quarantine));
  if (request.names !== undefined) {
    const file = join(folder, 'names.json');
    writeFileSync(file, JSON.stringify(request.names));
    args.push('--map', file);
  }
  if (request.ignore !== undefined && request.ignore.length > 0) args.push('--ignore', ...request.ignore);
  return args;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], environment: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { env: { ...process.env, PYTHONIOENCODING: 'utf-8', ...environment }, stdio: ['ignore', 'pipe', 'pipe'], ...(signal === undefined ? {} : { signal }) });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    // No interpreter at all is an answer, an abort is not.
    child.once('error', (error) => (signal?.aborted === true ? failed(error) : done({ code: null, stdout, stderr: error.message })));
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
}
