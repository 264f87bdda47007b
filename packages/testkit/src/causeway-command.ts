/** Runs the built command line as a user would, against the run's servers, in a state folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type FreshDatabase, freshDatabase, testBrokers } from './test-servers.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of standard output, where it is JSON. */
  readonly outcome: Outcome;
}

export interface Outcome {
  readonly verdict: string;
  readonly tables: readonly { source: string; target: string; sourceRows: number; targetRows: number; quarantinedRows: number; equal: boolean }[];
  readonly seconds: Readonly<Record<string, number>>;
  readonly code?: string;
  readonly message?: string;
}

const MAIN = resolve(import.meta.dirname, '../../../cli/dist/main.js');

export interface Bench {
  readonly folder: string;
  readonly database: FreshDatabase;
  start(args: readonly string[], environment?: Readonly<Record<string, string>>): { child: ChildProcess; done: Promise<CommandResult> };
  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<CommandResult>;
  close(): Promise<void>;
}

/** A database, a folder below `parent`, and the command that knows both. */
export async function openBench(name: string, parent = tmpdir()): Promise<Bench> {
  const folder = mkdtempSync(join(parent, `causeway-${name}-`));
  const database = await freshDatabase(name.replaceAll('-', '_'));
  const start: Bench['start'] = (args, environment = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: database.url, KAFKA_BROKERS: testBrokers(), CAUSEWAY_STATE: join(folder, 'state'), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, done: finished(child) };
  };
  return {
    folder,
    database,
    start,
    run: (args, environment) => start(args, environment).done,
    close: async () => {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function finished(child: ChildProcess): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((done) => child.once('close', (value) => done(value)));
  return { code, stdout, stderr, outcome: lastJson(stdout) };
}

function lastJson(stdout: string): Outcome {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Outcome;
  } catch {
    return { verdict: 'none', tables: [], seconds: {} };
  }
}
