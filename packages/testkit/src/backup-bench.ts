/** A database, a folder, and the command that knows both. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type FreshDatabase, freshDatabase } from './test-servers.ts';
import pg from 'pg';

const MAIN = resolve(import.meta.dirname, '../../../cli/dist/main.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** The last line of standard output. */
  readonly json: Record<string, unknown>;
}

export interface BackupBench {
  readonly folder: string;
  readonly database: FreshDatabase;
  causeway(...args: string[]): Promise<Ran>;
  close(): Promise<void>;
}

export async function openBackupBench(): Promise<BackupBench> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-backup-'));
  const database = await freshDatabase('backup');
  return {
    folder,
    database,
    causeway: (...args) => {
      const child = spawn(process.execPath, [MAIN, ...args, '--json'], { cwd: folder, env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: database.url, CAUSEWAY_STATE: join(folder, 'state') } });
      let [out, err] = ['', ''];
      child.stdout.on('data', (text) => (out += text));
      child.stderr.on('data', (text) => (err += text));
      return new Promise((done) => child.once('close', (code) => done({ code, out, err, json: JSON.parse(out.trim().split('\n').at(-1) || '{}') })));
    },
    close: async () => {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function sql(url: string, ...statements: string[]): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let result: pg.QueryResult | undefined;
    for (const statement of statements) result = await client.query(statement);
    return result as pg.QueryResult;
  } finally {
    await client.end();
  }
}
