/**
 * A database that was moved by the command, then opened on the side of PostgreSQL: reader and sink of the way back run
 * on it. The fence of SQLite is only its facts here: what fences is tested elsewhere.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { STATE_TABLE } from '@causeway/contracts/live/source-objects';
import type { TableContract } from '@causeway/contracts/table-contract';
import { decide, insertLive, type LivePhase, readLive } from '@causeway/control/live/live-record';
import { findMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import { type Generation, readContracts } from '@causeway/control/record/table-record';
import { type BackProblem, backProblems } from '@causeway/control/target/back-problem';
import { installReverseCapture } from '@causeway/control/target/reverse-capture';
import { closeTarget, openTarget } from '@causeway/control/target/target-fence';
import { ensureTopics } from '@causeway/control/topics/ensure-topics';
import { type BackInput, runBack } from '@causeway/extractor/back/run-back';
import { type BackSinkInput, type BackStep, runBackSink } from '@causeway/loader/back/run-back-sink';
import { createLog } from '@causeway/runtime/log';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import type { Transport } from '@causeway/runtime/transport/port';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import { testBrokers } from '@causeway/testkit/test-servers';
import Database from 'better-sqlite3';
import pg from 'pg';

const log = createLog('test', process.env.CAUSEWAY_LOG_LEVEL ?? 'silent');

export class WayBack {
  readonly bench: Bench;
  readonly file: string;
  /** The source as it was when PostgreSQL was opened. */
  readonly before: string;
  readonly pool: pg.Pool;
  /** The application's connections: nothing is pinned. */
  readonly app: pg.Pool;
  readonly record: MigrationRecord;
  readonly g: Generation;
  readonly contracts: readonly TableContract[];
  readonly transport: Transport;
  readonly steps: BackStep[] = [];
  private readonly running: { stop: AbortController; done: Promise<unknown> }[] = [];

  private constructor(parts: Pick<WayBack, 'bench' | 'file' | 'before' | 'pool' | 'record' | 'contracts' | 'transport'>) {
    this.bench = parts.bench;
    this.file = parts.file;
    this.before = parts.before;
    this.pool = parts.pool;
    this.app = new pg.Pool({ connectionString: parts.bench.database.url, max: 8 });
    this.app.on('error', () => {});
    this.record = parts.record;
    this.contracts = parts.contracts;
    this.transport = parts.transport;
    this.g = { migration: parts.record.id, generation: parts.record.generation };
  }

  /** Moves the file, arms the way back, and opens PostgreSQL under attempt 1. */
  static async open(make: (file: string) => void, kind: 'embedded' | 'kafka' = 'embedded'): Promise<WayBack> {
    const bench = await openBench('way-back');
    const file = join(bench.folder, 'app.sqlite');
    make(file);
    const moved = await bench.run(['migrate', file, '--json', '--name', 'back', '--accept-quarantine']);
    if (moved.code !== 0) throw new Error(`${moved.outcome.code} ${moved.outcome.message} ${moved.stderr.slice(-2_000)}`);
    const pool = createPool({ url: bench.database.url, max: 12, applicationName: 'test' });
    const found = (await findMigration(pool, 'back')) as MigrationRecord;
    const record = { ...found, settings: { ...found.settings, live: true } };
    const g = { migration: record.id, generation: record.generation };
    const contracts = await readContracts(pool, g);
    const transport = await connectTransport(kind === 'kafka' ? { kind, brokers: testBrokers().split(','), clientId: 'test' } : { kind, file: join(bench.folder, 'log.sqlite') }, { log });
    const before = join(bench.folder, 'before.sqlite');
    await ensureTopics(transport, record);
    await inTransaction(pool, async (client) => {
      await insertLive(client, { ...g, token: 'secret', startedAtId: 0n });
      await installReverseCapture(client, g, contracts);
      await closeTarget(client, g, contracts);
      await openTarget(client, g, contracts);
      await client.query("UPDATE causeway.live SET phase = 'switched', attempt = 1");
    });
    const db = new Database(file);
    db.exec(`CREATE TABLE ${STATE_TABLE} (name TEXT PRIMARY KEY, value); INSERT INTO ${STATE_TABLE} VALUES ('fence_attempt', 1)`);
    db.close();
    copyFileSync(file, before);
    return new WayBack({ bench, file, before, pool, record, contracts, transport });
  }

  reader(options: Partial<BackInput> = {}): { stop: () => Promise<void>; done: Promise<void> } {
    return this.start((signal) => runBack({ pool: this.pool, transport: this.transport, g: this.g, log, signal, ...options }));
  }

  sink(options: Partial<BackSinkInput> = {}): { stop: () => Promise<void>; done: Promise<void> } {
    return this.start((signal) => runBackSink({ pool: this.pool, transport: this.transport, g: this.g, sourceFile: this.file, groupSuffix: '', log, signal, onStep: (step) => this.steps.push(step), ...options }));
  }

  private start(run: (signal: AbortSignal) => Promise<void>): { stop: () => Promise<void>; done: Promise<void> } {
    const stop = new AbortController();
    const done = run(stop.signal);
    done.catch(() => {});
    this.running.push({ stop, done });
    const halt = async (): Promise<void> => {
      stop.abort();
      await done.catch(() => {});
    };
    return { stop: halt, done };
  }

  async stopAll(): Promise<void> {
    for (const { stop } of this.running) stop.abort();
    await Promise.allSettled(this.running.map(({ done }) => done));
    this.running.length = 0;
  }

  /** Begins a rollback: the next attempt, and the fence of PostgreSQL. */
  async beginReturn(): Promise<bigint> {
    const live = await readLive(this.pool, this.g.migration);
    const attempt = live.attempt + 1n;
    await decide(this.pool, this.g.migration, live, { phase: 'returning', attempt });
    await inTransaction(this.pool, (client) => closeTarget(client, this.g, this.contracts));
    return attempt;
  }

  /** Begins a rollback and waits for its marker in the file: SQLite then has everything. */
  async drain(timeoutMs = 30_000): Promise<void> {
    const attempt = await this.beginReturn();
    await this.until(() => this.fact('back_marker') === attempt, timeoutMs);
  }

  async phase(phase: LivePhase, attempt: bigint): Promise<void> {
    await this.pool.query('UPDATE causeway.live SET phase = $1, attempt = $2', [phase, attempt]);
  }

  fact(name: string): bigint {
    const value = this.read((db) => db.prepare(`SELECT value FROM ${STATE_TABLE} WHERE name = ?`).pluck().safeIntegers().get(name)) as bigint | undefined;
    return value ?? 0n;
  }

  setFact(name: string, value: bigint): void {
    const db = new Database(this.file, { timeout: 10_000 });
    db.prepare(`INSERT INTO ${STATE_TABLE} VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`).run(name, value);
    db.close();
  }

  read<T>(work: (db: Database.Database) => T, file = this.file): T {
    const db = new Database(file, { readonly: true, timeout: 10_000 });
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  problems(): Promise<BackProblem[]> {
    return backProblems(this.pool, this.g.migration);
  }

  async queued(): Promise<number> {
    return (await this.pool.query('SELECT count(*)::int AS n FROM causeway.back_queue')).rows[0].n;
  }

  async until(ready: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (!(await ready())) {
      for (const { done } of this.running) await Promise.race([done.catch(() => {}), Promise.resolve()]);
      if (performance.now() > end) throw new Error('it did not come to pass in time');
      await sleep(20);
    }
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.transport.close();
    await this.app.end();
    await this.pool.end();
    await this.bench.close();
  }
}

/** Every cell of a table with its class and its bytes, by rowid or by the given order. */
export function exactCells(db: Database.Database, table: string, columns: readonly string[], order: string): string[][] {
  const cells = columns.map((name) => `typeof("${name}") || ':' || CASE typeof("${name}") WHEN 'blob' THEN hex("${name}") WHEN 'text' THEN hex(CAST("${name}" AS BLOB)) WHEN 'real' THEN printf('%!.17g', "${name}") ELSE coalesce("${name}", 'null') END`);
  return db.prepare(`SELECT ${cells.join(', ')} FROM "${table}" ORDER BY ${order}`).raw().all() as string[][];
}
