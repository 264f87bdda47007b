/**
 * The whole story in one go: an application writes all the time while its database moves, PostgreSQL becomes the primary
 * under load, SQLite again, PostgreSQL once more and for good. The application's own ledger judges both sides.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Failure } from '@causeway/contracts/failures';
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { gateFacts } from '@causeway/control/cutover/gate-facts';
import { DEFAULT_LIMITS } from '@causeway/control/cutover/gates';
import { readLive } from '@causeway/control/live/live-record';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { findMigration } from '@causeway/control/record/migration-record';
import { targetContracts } from '@causeway/control/record/schema-change';
import { createPool } from '@causeway/runtime/postgres-pool';
import { completeMigration } from '../live/complete-migration.ts';
import { cutoverWork } from '../live/cutover-work.ts';
import { LiveRun } from '../live/live-run.ts';
import type { LiveSession } from '../live/live-session.ts';
import { performSwitch } from '../live/perform-switch.ts';
import type { OpenedParts } from '../open-parts.ts';
import type { CliContext } from '../run-cli.ts';
import { type LedgerComparison, comparePostgres, compareSqlite } from './shop/compare-ledger.ts';
import { makeShop } from './shop/make-shop.ts';
import { readShopStats, type ShopSettings } from './shop/shop-app.ts';
import { readLedger } from './shop/shop-ledger.ts';
import { SHOP_TABLES } from './shop/shop-schema.ts';

export interface StoryInput {
  readonly parts: OpenedParts;
  readonly folder: string;
  readonly context: CliContext;
  readonly perSecond: number;
}

export interface StoryOutcome {
  readonly acknowledged: number;
  readonly longestGapMs: number;
  readonly switches: readonly { readonly goal: string; readonly closedMs: number | null }[];
  readonly sqlite: LedgerComparison;
  readonly postgresql: LedgerComparison;
}

const NAME = 'demo-live';
const SCHEMA = 'causeway_demo_shop';
const ORDERS = 5_000;
const WRITE_FOR_MS = 3_000;
const PATIENCE_MS = 60_000;

export async function liveStory(input: StoryInput): Promise<StoryOutcome> {
  const { parts, context, folder } = input;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = { file: join(folder, 'shop.sqlite'), primaryFile: join(folder, 'primary'), ledgerFile: join(folder, 'ledger.jsonl') };
  const pool = createPool({ url: parts.url, max: 6, applicationName: 'causeway demo' });
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  let app: ChildProcess | undefined;
  let run: Promise<unknown> = Promise.resolve();
  try {
    await ensureControlSchema(pool);
    await pool.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    // Left from an earlier demo, in the demo's own schema.
    await pool.query(`DROP TABLE IF EXISTS ${SHOP_TABLES.map((table) => `${SCHEMA}.${table}`).join(', ')}`);
    makeShop(files, ORDERS);
    say(context, `sample shop: ${files.file}; it writes ${input.perSecond} transactions a second from now on`);
    app = startShop({ ...files, postgres: parts.url, schema: SCHEMA, statsFile: join(folder, 'stats.json'), perSecond: input.perSecond, seed: 1, synchronous: 'NORMAL' });
    run = new LiveRun({ ...liveOptions(input, files.file, signal), onEvent: (event) => (event.kind === 'note' ? say(context, event.text) : undefined) }, pool).run();
    run.catch(() => stop.abort());
    const story = new Story(input, files, pool, signal);
    await story.untilFollowing();
    const switches = [await story.go('cutover'), await story.go('rollback'), await story.go('cutover')];
    await ended(app);
    await story.untilStill();
    const stats = readShopStats(join(folder, 'stats.json'));
    const [sqlite, postgresql] = [await compareSqlite(files.ledgerFile, files.file), await comparePostgres(files.ledgerFile, parts.url, SCHEMA)];
    await story.complete();
    await run;
    return { acknowledged: readLedger(files.ledgerFile).transactions, longestGapMs: stats?.longestGapMs ?? 0, switches, sqlite, postgresql };
  } finally {
    if (app !== undefined) await ended(app);
    stop.abort();
    await run.catch(() => {});
    await pool.end();
  }
}

class Story {
  private readonly input: StoryInput;
  private readonly files: { readonly file: string; readonly primaryFile: string };
  private readonly pool: LiveSession['pool'];
  private readonly signal: AbortSignal;

  constructor(input: StoryInput, files: Story['files'], pool: LiveSession['pool'], signal: AbortSignal) {
    this.input = input;
    this.files = files;
    this.pool = pool;
    this.signal = signal;
  }

  async untilFollowing(): Promise<void> {
    for (;;) {
      this.signal.throwIfAborted();
      const record = await findMigration(this.pool, NAME);
      const live = record === null ? null : await readLive(this.pool, record.id).catch(() => null);
      if (live !== null && live.phase !== 'loading') return;
      await sleep(100);
    }
  }

  /** A switch under load, and then some seconds of writes on the new primary. */
  async go(goal: 'cutover' | 'rollback'): Promise<{ goal: string; closedMs: number | null }> {
    return this.withSession(async (session) => {
      const primary = goal === 'cutover' ? 'postgresql' : 'sqlite';
      const asked = cutoverWork(session, { limits: DEFAULT_LIMITS, onSwitch: undefined, gate: undefined, signal: this.signal });
      // The application reads this file before every transaction: that is all of its switch.
      const work = { ...asked, runSwitch: async () => writeFileSync(this.files.primaryFile, primary) };
      const outcome = await performSwitch(session, goal, work, { readyWithinMs: PATIENCE_MS, deadlineMs: PATIENCE_MS, signal: this.signal, tell: () => {} });
      writeFileSync(this.files.primaryFile, primary);
      say(this.input.context, `${goal}: ${outcome.authoritative === 'postgresql' ? 'PostgreSQL' : 'SQLite'} is authoritative; nobody could write for ${Math.round(outcome.closedMs ?? 0)} ms`);
      await sleep(WRITE_FOR_MS, undefined, { signal: this.signal });
      return { goal, closedMs: outcome.closedMs };
    });
  }

  /** Nothing is on its way back any more, and all of it is compared. */
  async untilStill(): Promise<void> {
    await this.withSession(async (session) => {
      for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(100)) {
        const facts = await gateFacts(session);
        if (facts.backQueued === 0 && facts.backUnverified === 0) return sleep(1_500);
      }
      throw new Failure('INTERNAL', 'the way back did not come to rest');
    });
  }

  async complete(): Promise<void> {
    const { parts, folder, context } = this.input;
    await this.withSession(async (session) => {
      const { path } = await completeMigration(session, { ...parts.transport, environment: context.environment }, folder, context.version);
      say(context, `complete: nothing of causeway is left in either database; report: ${path}`);
    });
  }

  private async withSession<T>(work: (session: LiveSession) => Promise<T>): Promise<T> {
    const { pool } = this;
    const record = await findMigration(pool, NAME);
    if (record === null) throw new Failure('MIGRATION_UNKNOWN', NAME);
    const g = { migration: record.id, generation: record.generation };
    const { contracts, version } = await targetContracts(pool, g);
    const db = openWritableSource(this.files.file);
    try {
      return await work({ pool, url: this.input.parts.url, serverVersion: '', record, live: await readLive(pool, record.id), g, contracts, contractVersion: version, db });
    } finally {
      db.close();
    }
  }
}

function liveOptions({ parts, folder, context }: StoryInput, source: string, signal: AbortSignal): Omit<ConstructorParameters<typeof LiveRun>[0], 'onEvent'> {
  return {
    source,
    name: NAME,
    url: parts.url,
    transport: parts.transport,
    stateFolder: folder,
    planFile: undefined,
    targetSchema: SCHEMA,
    names: 'exact',
    restart: true,
    copySource: false,
    replace: [],
    schema: undefined,
    skip: [],
    skipMissing: false,
    id: undefined,
    externalServices: false,
    environment: context.environment,
    signal,
    until: undefined,
    maxSilenceMs: Number.POSITIVE_INFINITY,
    consent: async (ddl, file) => {
      say(context, `installing the capture in ${file}: ${ddl.length} statements, in one transaction (\`migrate --live\` shows them)`);
      return true;
    },
  };
}

function startShop(settings: ShopSettings): ChildProcess {
  return fork(fileURLToPath(new URL('./shop/shop-process.js', import.meta.url)), [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

async function ended(app: ChildProcess): Promise<void> {
  if (app.exitCode !== null || app.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => app.once('exit', () => resolve()));
  app.kill('SIGTERM');
  await gone;
}

function say(context: CliContext, text: string): void {
  context.stderr.write(`${text}\n`);
}
