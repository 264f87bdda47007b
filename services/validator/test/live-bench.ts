/**
 * A live source with its capture, and its target, with a stand-in for tailer and applier: batches of the whole backlog,
 * applied in one transaction. None of it is the product's loading path.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TableContract } from '@causeway/contracts/table-contract';
import { capturedTables } from '@causeway/control/capture/captured-table';
import { installCapture } from '@causeway/control/capture/install-capture';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import { insertLive } from '@causeway/control/live/live-record';
import { readBeats, type ServiceBeat } from '@causeway/control/live/service-beat';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { insertMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import { insertContracts } from '@causeway/control/record/table-record';
import { createLog } from '@causeway/runtime/log';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import Database from 'better-sqlite3';
import type pg from 'pg';
import type { Divergence } from '../src/live/check-keys.ts';
import { runLive } from '../src/live/run-live.ts';

const column = (name: string, kind: 'int8' | 'text' | 'float8', notNull = false) => ({ source: name, target: name, type: { kind }, form: 'plain' as const, notNull });

export const ORDERS: TableContract = {
  table: 0, source: 'orders', targetSchema: 'public', target: 'orders', key: ['id'], keyless: false, speculative: false,
  columns: [column('id', 'int8', true), column('name', 'text'), column('amount', 'float8'), column('n', 'int8')],
  order: { kind: 'rowid', alias: 'id' },
};
export const NOTES: TableContract = {
  table: 1, source: 'notes', targetSchema: 'public', target: 'notes', key: ['slug'], keyless: false, speculative: false,
  columns: [column('slug', 'text', true), column('body', 'text')],
  order: { kind: 'rowid', alias: 'rowid' },
};
export const EVENTS: TableContract = {
  table: 2, source: 'events', targetSchema: 'public', target: 'events', key: [], keyless: true, speculative: false,
  columns: [column('what', 'text'), column('n', 'int8')],
  order: { kind: 'rowid', alias: 'rowid' },
};
export const PAIRS: TableContract = {
  table: 3, source: 'pairs', targetSchema: 'public', target: 'pairs', key: ['a', 'b'], keyless: false, speculative: false,
  columns: [column('a', 'int8', true), column('b', 'text', true), column('v', 'text')],
  order: { kind: 'primary', columns: ['a', 'b'] },
};
const CONTRACTS = [ORDERS, NOTES, EVENTS, PAIRS];
const SOURCE = `
  CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT, amount REAL, n INTEGER);
  CREATE TABLE notes (slug TEXT PRIMARY KEY NOT NULL, body TEXT);
  CREATE TABLE events (what TEXT, n INTEGER);
  CREATE TABLE pairs (a INTEGER NOT NULL, b TEXT NOT NULL, v TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;`;
const TARGET = `
  CREATE TABLE public.orders (id bigint PRIMARY KEY, name text, amount double precision, n bigint);
  CREATE TABLE public.notes (slug text PRIMARY KEY, body text);
  CREATE TABLE public.events (causeway_rowid bigint PRIMARY KEY, what text, n bigint);
  CREATE TABLE public.pairs (a bigint, b text, v text, PRIMARY KEY (a, b));`;

export class LiveBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'causeway-live-'));
  readonly file = join(this.folder, 'source.sqlite');
  readonly db: Database.Database;
  readonly pool: pg.Pool;
  readonly found: Divergence[] = [];
  readonly record: MigrationRecord;
  private readonly database: FreshDatabase;
  private readonly ending = new AbortController();
  private readonly running: Promise<unknown>[] = [];
  failure: unknown;

  private constructor(database: FreshDatabase) {
    this.database = database;
    this.pool = createPool({ url: database.url, max: 12, applicationName: 'test' });
    this.db = new Database(this.file);
    this.db.pragma('journal_mode = WAL');
    this.record = { id: 'm', name: 'm', generation: 1, phase: 'built', source: {}, settings: { live: true }, plan: { tables: [] } } as unknown as MigrationRecord;
  }

  static async open(): Promise<LiveBench> {
    const bench = new LiveBench(await freshDatabase('livecheck'));
    bench.db.exec(SOURCE);
    const { token, logEnd } = installCapture(bench.db, 'm', capturedTables(discoverSchema(bench.db), CONTRACTS));
    await ensureControlSchema(bench.pool);
    await inTransaction(bench.pool, async (client) => {
      await insertMigration(client, bench.record);
      await insertContracts(client, { migration: 'm', generation: 1 }, CONTRACTS);
      await insertLive(client, { migration: 'm', generation: 1, token, startedAtId: logEnd });
    });
    await bench.pool.query("UPDATE causeway.live SET phase = 'following'");
    await bench.pool.query(TARGET);
    return bench;
  }

  /** Applies the whole backlog as one state of the source. */
  async apply(): Promise<bigint> {
    const from = (await this.pool.query('SELECT applied FROM causeway.stream_position')).rows[0].applied as bigint;
    const batch = this.db.transaction(() => ({
      to: BigInt(this.db.prepare('SELECT coalesce(max(id), 0) FROM _causeway_log').pluck().get() as number),
      tables: CONTRACTS.map((contract) => {
        const key = contract.keyless ? ['rowid'] : contract.key;
        const names = [...(contract.keyless ? ['rowid'] : []), ...contract.columns.map((c) => c.source)];
        const keys = this.db.prepare(`SELECT DISTINCT ${key.map((_, i) => `k${i}`).join(', ')} FROM _causeway_log WHERE id > ? AND t = ?`).raw().all(from, contract.table) as unknown[][];
        const row = this.db.prepare(`SELECT ${names.join(', ')} FROM ${contract.source} WHERE ${key.map((k) => `${k} = ?`).join(' AND ')}`).raw();
        return { contract, keys, rows: keys.map((k) => row.get(...k)).filter((r) => r !== undefined) as unknown[][] };
      }),
    }))();
    if (batch.to === from) return from;
    await inTransaction(this.pool, async (client) => {
      for (const { contract, keys, rows } of batch.tables) {
        const types = (list: readonly string[]): string[] => list.map((name) => (name === 'causeway_rowid' ? 'bigint' : { int8: 'bigint', text: 'text', float8: 'double precision' }[contract.columns.find((c) => c.target === name)?.type.kind as 'text']));
        const key = contract.keyless ? ['causeway_rowid'] : contract.key;
        const names = [...(contract.keyless ? ['causeway_rowid'] : []), ...contract.columns.map((c) => c.target)];
        const arrays = (list: unknown[][], of: readonly string[]): unknown[] => of.map((_, i) => list.map((r) => r[i]));
        const unnest = (of: readonly string[]): string => `unnest(${types(of).map((t, i) => `$${i + 1}::${t}[]`).join(', ')})`;
        if (keys.length > 0) await client.query(`DELETE FROM public.${contract.target} AS t USING ${unnest(key)} AS k(${key.map((_, i) => `c${i}`).join(', ')}) WHERE ${key.map((k, i) => `t.${k} = k.c${i}`).join(' AND ')}`, arrays(keys, key));
        if (rows.length > 0) await client.query(`INSERT INTO public.${contract.target} (${names.join(', ')}) SELECT * FROM ${unnest(names)}`, arrays(rows, names));
      }
      await client.query('UPDATE causeway.stream_position SET applied = $1, as_of = $1', [batch.to]);
    });
    return batch.to;
  }

  /** Purges as the tailer does: what is applied and nobody holds; the newest entry stays. */
  async purge(): Promise<void> {
    const validator = await this.beatOf('validator');
    const applied = (await this.pool.query('SELECT applied FROM causeway.stream_position')).rows[0].applied as bigint;
    const told = validator?.state['holding'];
    const holding = typeof told === 'string' ? BigInt(told) : applied;
    this.db.prepare('DELETE FROM _causeway_log WHERE id <= ? AND id < (SELECT max(id) FROM _causeway_log)').run(holding < applied ? holding : applied);
  }

  /** Applies (and purges) in the background, at uneven intervals. */
  follow(restMs: () => number): void {
    const lane = async (): Promise<void> => {
      while (!this.ending.signal.aborted) {
        await this.apply();
        await this.purge();
        await sleep(restMs());
      }
    };
    this.background(lane());
  }

  validate(): void {
    this.background(
      runLive({
        pool: this.pool,
        record: this.record,
        sourceFile: this.file,
        log: createLog('validator', 'silent'),
        signal: this.ending.signal,
        passRestMs: 50,
        onState: () => {},
        onDivergence: (divergence) => this.found.push(divergence),
      }),
    );
  }

  private background(work: Promise<unknown>): void {
    this.running.push(
      work.catch((error) => {
        if (!this.ending.signal.aborted) this.failure = error;
      }),
    );
  }

  async beatOf(name: ServiceBeat['name']): Promise<ServiceBeat | undefined> {
    return (await readBeats(this.pool, 'm')).find((b) => b.name === name);
  }

  /** Until the condition holds; says how long it took. */
  async until(condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<number> {
    const started = performance.now();
    while (!(await condition())) {
      if (this.failure !== undefined) throw this.failure;
      if (performance.now() - started > withinMs) throw new Error(`not within ${withinMs} ms: ${JSON.stringify((await this.beatOf('validator'))?.state)}`);
      await sleep(20);
    }
    return performance.now() - started;
  }

  async close(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.running);
    await this.pool.end();
    await this.database.drop();
    this.db.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
