/**
 * A SQLite file that a live migration follows by the real commands, for tests that change it by SQL of their own. The
 * comparison reads both sides with plain SELECTs and shares nothing with the product.
 */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import pg from 'pg';
import { type Bench, type CommandResult, openBench } from './causeway-command.ts';
import { servicesOf } from './live-shop.ts';

/** Of a machine that does other work as well. */
const PATIENCE_MS = 150_000;

export interface SideBySide {
  readonly table: string;
  readonly sqlite: readonly string[];
  readonly postgres: readonly string[];
}

export class FollowedFile {
  readonly bench: Bench;
  readonly file: string;
  private readonly client: pg.Client;
  private running: { child: ChildProcess; done: Promise<CommandResult> } | undefined;

  private constructor(bench: Bench, file: string) {
    this.bench = bench;
    this.file = file;
    this.client = new pg.Client({ connectionString: bench.database.url });
    this.client.on('error', () => {});
  }

  /** Not followed yet. */
  static async open(name: string, sql: string): Promise<FollowedFile> {
    const bench = await openBench(name);
    const followed = new FollowedFile(bench, join(bench.folder, 'app.sqlite'));
    new Database(followed.file).exec(`PRAGMA journal_mode = WAL; ${sql}`).close();
    await followed.client.connect();
    return followed;
  }

  /** Starts, or starts again, `migrate --live`. */
  follow(environment: Readonly<Record<string, string>> = {}, more: readonly string[] = []): void {
    this.running = this.bench.start(['migrate', this.file, '--live', '--yes', '--json', ...more], environment);
  }

  async untilFollowing(): Promise<void> {
    await this.until(async () => (await this.phase()) === 'following', 'following');
  }

  async phase(): Promise<string> {
    return this.query('SELECT phase FROM causeway.live').then(
      (rows) => (rows[0]?.phase as string | undefined) ?? 'none',
      () => 'none',
    );
  }

  /** By the application, in a connection of its own. */
  sql(text: string): void {
    const db = new Database(this.file, { timeout: 10_000 });
    try {
      db.pragma('foreign_keys = ON');
      db.exec(text);
    } finally {
      db.close();
    }
  }

  async query(text: string): Promise<Record<string, unknown>[]> {
    return (await this.client.query(text)).rows as Record<string, unknown>[];
  }

  /** Both sides of every table of the source, as sorted texts. */
  async sides(): Promise<SideBySide[]> {
    const db = new Database(this.file, { readonly: true });
    try {
      const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_causeway\\_%' ESCAPE '\\'").pluck().all() as string[];
      return await Promise.all(names.map((name) => this.side(db, name)));
    } finally {
      db.close();
    }
  }

  private async side(db: Database.Database, table: string): Promise<SideBySide> {
    const columns = (db.prepare('SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid').pluck().all(table) as string[]).map((name) => `"${name.replaceAll('"', '""')}"`);
    const quoted = `"${table.replaceAll('"', '""')}"`;
    const sqlite = (db.prepare(`SELECT ${columns.join(', ')} FROM ${quoted}`).raw().safeIntegers().all() as unknown[][]).map(text).sort();
    const postgres = (await this.client.query({ text: `SELECT ${columns.map((c) => `${c}::text`).join(', ')} FROM public.${quoted}`, rowMode: 'array' }).then(
      ({ rows }) => (rows as unknown[][]).map(text),
      (error: Error) => [error.message],
    )).sort();
    return { table, sqlite, postgres };
  }

  async untilEqual(what: string): Promise<void> {
    let last: SideBySide[] = [];
    await this.until(async () => {
      last = await this.sides();
      return last.every((side) => JSON.stringify(side.sqlite) === JSON.stringify(side.postgres));
    }, what, () => JSON.stringify(last.find((side) => JSON.stringify(side.sqlite) !== JSON.stringify(side.postgres))).slice(0, 1_500));
  }

  async until(reached: () => Promise<boolean>, what: string, told: () => string = () => ''): Promise<void> {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(50)) {
      if (await reached()) return;
      if (this.running?.child.exitCode != null) throw new Error(`the command ended while waiting for ${what}: ${(await this.running.done).stderr.slice(-3_000)}`);
    }
    throw new Error(`${what} was not reached ${told()}`);
  }

  /** What the foreground says when it has ended by itself. */
  get ended(): Promise<CommandResult> {
    return (this.running as { done: Promise<CommandResult> }).done;
  }

  /** A beat of the validator: what it tells about itself. */
  async validator(): Promise<Record<string, unknown>> {
    const [row] = await this.query("SELECT state FROM causeway.service WHERE name = 'validator'");
    return (row?.state as Record<string, unknown> | undefined) ?? {};
  }

  /** A whole pass that began after now has found everything equal; no divergence was ever told. */
  async untilVerified(): Promise<void> {
    const since = Date.now();
    await this.until(async () => {
      const state = await this.validator();
      return state['captureLost'] === null && Number(state['passes']) > 0 && Number(state['passStartedMs']) > since && state['openDivergences'] === 0 && state['unverified'] === 0;
    }, 'a pass of the validator', () => 'see the beat');
  }

  async divergences(): Promise<unknown[]> {
    return this.query('SELECT table_no, key, kind, columns FROM causeway.divergence');
  }

  service(name: string): number | undefined {
    return servicesOf(this.running?.child.pid).find((service) => service.name === name)?.pid;
  }

  async stop(): Promise<void> {
    const child = this.running?.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await this.running?.done;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.client.end().catch(() => {});
    await this.bench.close();
  }
}

const text = (row: readonly unknown[]): string => JSON.stringify(row.map((cell) => (cell === null ? null : Buffer.isBuffer(cell) ? `\\x${cell.toString('hex')}` : String(cell))));
