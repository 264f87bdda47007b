/**
 * The whole move on a copy and on a scratch database: snapshot and following under a load, cutover, rollback, cutover,
 * complete, by the very parts that the real commands use. What it measures sizes the real window.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Failure } from '@causeway/contracts/failures';
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { gateFacts } from '@causeway/control/cutover/gate-facts';
import { DEFAULT_LIMITS } from '@causeway/control/cutover/gates';
import { findLive, readLive } from '@causeway/control/live/live-record';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import { findMigration } from '@causeway/control/record/migration-record';
import { targetContracts } from '@causeway/control/record/schema-change';
import { readContracts } from '@causeway/control/record/table-record';
import { openSource } from '@causeway/runtime/sqlite/open-source';
import type pg from 'pg';
import { cutoverWork } from '../live/cutover-work.ts';
import type { LiveSession } from '../live/live-session.ts';
import { performSwitch } from '../live/perform-switch.ts';
import type { LagSampler } from './lag-sampler.ts';
import { type LoadResult, readLoadResult } from './load/load-ledger.ts';
import { type LoadPlan, loadPlan } from './load/load-table.ts';
import type { RehearsedSwitch } from './rehearsal-report.ts';

export const REHEARSAL = 'rehearsal';

export interface RehearsalPlace {
  readonly pool: pg.Pool;
  readonly url: string;
  readonly file: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

const POLL_MS = 50;
const PATIENCE_MS = 120_000;
/** A gap that a switch has made may end this long after it. */
const AFTER_MS = 2_000;

export class Rehearsal {
  readonly plan: { current: LoadPlan | undefined } = { current: undefined };
  private readonly place: RehearsalPlace;
  private load: ChildProcess | undefined;
  private readonly spans: { began: number; ended: number; switch: Omit<RehearsedSwitch, 'clientGapMs'> }[] = [];

  constructor(place: RehearsalPlace) {
    this.place = place;
  }

  private get files(): Record<'primary' | 'settings' | 'result', string> {
    const { folder } = this.place;
    return { primary: join(folder, 'primary'), settings: join(folder, 'load.json'), result: join(folder, 'load-result.json') };
  }

  /** As soon as the capture stands: what is written during the snapshot has to be caught up with. */
  async startLoad(rate: number, seed: number): Promise<void> {
    const { pool, file, url, environment } = this.place;
    const g = await this.until(async () => {
      const record = await findMigration(pool, REHEARSAL);
      return record !== null && (await findLive(pool, record.id)) !== null ? { migration: record.id, generation: record.generation } : undefined;
    }, 'the capture stands');
    const db = openSource(file);
    const plan = loadPlan(discoverSchema(db), await readContracts(pool, g));
    db.close();
    this.plan.current = plan;
    writeFileSync(this.files.primary, 'sqlite');
    writeFileSync(this.files.settings, JSON.stringify({ file, primaryFile: this.files.primary, resultFile: this.files.result, tables: plan.tables, rate, seed }), { mode: 0o600 });
    const main = fileURLToPath(new URL('./load/main.js', import.meta.url));
    this.load = fork(main, [this.files.settings], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { PATH: environment['PATH'], PGPASSFILE: environment['PGPASSFILE'], HOME: environment['HOME'], DATABASE_URL: url } });
    this.place.tell(`a load of ${rate} changes a second on ${plan.tables.length} tables`);
  }

  async untilFollowing(): Promise<void> {
    await this.until(async () => ((await this.phase()) === 'following' ? true : undefined), 'it follows', Number.POSITIVE_INFINITY);
  }

  async untilFirstPass(): Promise<void> {
    await this.withSession((session) => this.until(async () => (((await gateFacts(session)).passes ?? 0) >= 1 ? true : undefined), 'all rows are compared once', Number.POSITIVE_INFINITY));
  }

  async watch(lag: LagSampler, ms: number): Promise<void> {
    await this.withSession(({ pool, g }) => lag.sample(this.place.file, pool, g, ms, this.place.signal));
  }

  async go(goal: 'cutover' | 'rollback'): Promise<void> {
    await this.withSession(async (session) => {
      const primary = goal === 'cutover' ? 'postgres' : 'sqlite';
      const asked = cutoverWork(session, { limits: { ...DEFAULT_LIMITS, acceptQuarantine: true }, onSwitch: undefined, gate: undefined, signal: this.place.signal });
      const work = { ...asked, runSwitch: async () => writeFileSync(this.files.primary, primary) };
      const began = Date.now();
      const outcome = await performSwitch(session, goal, work, { readyWithinMs: PATIENCE_MS, deadlineMs: PATIENCE_MS, signal: this.place.signal, tell: () => {} });
      writeFileSync(this.files.primary, primary);
      const ended = Date.now();
      this.spans.push({ began, ended, switch: { goal, closedMs: outcome.closedMs, totalMs: ended - began, steps: outcome.steps } });
      this.place.tell(`${goal}: nobody could write for ${Math.round(outcome.closedMs ?? 0)} ms`);
    });
  }

  /** The load has ended, and everything that it wrote has come back and is compared. */
  async come(): Promise<LoadResult> {
    await this.endLoad();
    await this.withSession(async (session) => {
      await this.until(async () => {
        const facts = await gateFacts(session);
        return facts.backQueued === 0 && facts.backUnverified === 0 ? true : undefined;
      }, 'the way back has come to rest');
    });
    return readLoadResult(this.files.result);
  }

  switches(result: LoadResult): RehearsedSwitch[] {
    return this.spans.map(({ began, ended, switch: sw }) => {
      const gaps = result.gaps.filter((gap) => gap.endedAt >= began && gap.endedAt - gap.ms <= ended + AFTER_MS).map((gap) => gap.ms);
      return { ...sw, clientGapMs: gaps.length === 0 ? null : Math.max(...gaps) };
    });
  }

  async endLoad(): Promise<void> {
    const child = this.load;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }

  async withSession<T>(work: (session: LiveSession) => Promise<T>): Promise<T> {
    const { pool, url, file } = this.place;
    const record = await findMigration(pool, REHEARSAL);
    if (record === null) throw new Failure('MIGRATION_UNKNOWN', REHEARSAL);
    const g = { migration: record.id, generation: record.generation };
    const { contracts, version } = await targetContracts(pool, g);
    const db = openWritableSource(file);
    try {
      return await work({ pool, url, serverVersion: '', record, live: await readLive(pool, record.id), g, contracts, contractVersion: version, db });
    } finally {
      db.close();
    }
  }

  private async phase(): Promise<string | undefined> {
    const record = await findMigration(this.place.pool, REHEARSAL);
    return record === null ? undefined : (await findLive(this.place.pool, record.id))?.phase;
  }

  private async until<T>(look: () => Promise<T | undefined>, what: string, ms = PATIENCE_MS): Promise<T> {
    for (const until = performance.now() + ms; performance.now() < until; await sleep(POLL_MS)) {
      this.place.signal.throwIfAborted();
      if (this.load !== undefined && this.load.exitCode !== null && this.load.exitCode !== 0) throw new Failure('INTERNAL', `the load ended with ${this.load.exitCode}`);
      const found = await look();
      if (found !== undefined) return found;
    }
    throw new Failure('PART_FAILED', `waited ${ms / 1000} s until ${what}`);
  }
}
