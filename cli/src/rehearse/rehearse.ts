/** One rehearsal from the copy to the report; whatever happens, the copy, the scratch database and the topics are taken away again. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import { backProblems } from '@causeway/control/target/back-problem';
import { problemText } from '@causeway/control/target/problem-text';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { findMigration } from '@causeway/control/record/migration-record';
import { checkTarget, createPool } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { completeMigration } from '../live/complete-migration.ts';
import { deleteLiveTopics } from '../live/delete-live-topics.ts';
import { LiveRun, type LiveOutcome } from '../live/live-run.ts';
import type { LiveSession } from '../live/live-session.ts';
import type { OpenedParts } from '../open-parts.ts';
import type { ProgressEvent } from '../progress/progress-event.ts';
import type { CliContext } from '../run-cli.ts';
import { copySource, fingerprintOf } from './copied-source.ts';
import { diskUse } from './disk-use.ts';
import { judgeLoad, type Judgement } from './judge-load.ts';
import { LagSampler } from './lag-sampler.ts';
import { REHEARSAL, Rehearsal } from './rehearsal.ts';
import type { RehearsalReport } from './rehearsal-report.ts';
import { makeScratchDatabase, type ScratchDatabase } from './scratch-database.ts';

export interface RehearseInput {
  readonly source: string;
  readonly parts: OpenedParts;
  readonly state: string;
  readonly planFile: string | undefined;
  readonly names: 'exact' | 'snake_case';
  readonly rate: number;
  /** Of load while it follows; each later phase takes half of it. */
  readonly seconds: number;
  readonly seed: number;
  readonly context: CliContext;
  readonly onEvent: (event: ProgressEvent) => void;
}

export async function rehearse(input: RehearseInput): Promise<RehearsalReport> {
  const { context, state, source } = input;
  const folder = join(state, 'rehearsal', String(process.pid));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const note = (text: string): void => input.onEvent({ kind: 'note', text });
  try {
    const began = performance.now();
    const copied = await copySource(source, folder);
    const copy = (performance.now() - began) / 1000;
    note(`copied ${source} in ${copy.toFixed(1)} s; it is only read from now on to see that it is as it was`);
    const scratch = await makeScratchDatabase(input.parts.url);
    note(`scratch database ${scratch.name}`);
    const stage = new Stage({ ...input, folder, file: copied.path, scratch, note, signal: context.signal });
    try {
      return await stage.perform({ copy, fingerprint: copied.fingerprint, bytes: copied.bytes });
    } finally {
      await stage.close();
      await scratch.drop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface StageInput extends RehearseInput {
  readonly folder: string;
  readonly file: string;
  readonly scratch: ScratchDatabase;
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

class Stage {
  private readonly input: StageInput;
  private readonly pool: pg.Pool;
  private readonly stop = new AbortController();
  private readonly rehearsal: Rehearsal;
  private readonly began = performance.now();
  private run: Promise<LiveOutcome | undefined> = Promise.resolve(undefined);
  private topics: Awaited<ReturnType<typeof findMigration>> = null;

  constructor(input: StageInput) {
    this.input = input;
    this.pool = createPool({ url: input.scratch.url, max: 6, applicationName: 'causeway rehearse' });
    const signal = AbortSignal.any([input.signal, this.stop.signal]);
    this.rehearsal = new Rehearsal({ pool: this.pool, url: input.scratch.url, file: input.file, folder: input.folder, environment: input.context.environment, signal, tell: input.note });
  }

  async perform(before: { copy: number; fingerprint: string; bytes: number }): Promise<RehearsalReport> {
    const { rehearsal, pool, input } = this;
    const lag = new LagSampler();
    await checkTarget(pool, input.scratch.url);
    await ensureControlSchema(pool);
    this.run = this.startRun();
    await rehearsal.startLoad(input.rate, input.seed);
    this.topics = await findMigration(pool, REHEARSAL);
    await rehearsal.untilFollowing();
    const following = this.seconds();
    await rehearsal.untilFirstPass();
    const firstPass = this.seconds() - following;
    for (const [goal, share] of [['cutover', 1], ['rollback', 0.5], ['cutover', 0.5]] as const) {
      await rehearsal.watch(lag, goal === 'rollback' ? 0 : input.seconds * share * 1000);
      if (goal === 'rollback') await this.rest(input.seconds * share * 1000);
      await rehearsal.go(goal);
    }
    await this.rest(input.seconds * 500);
    const result = await rehearsal.come();
    const judged = await rehearsal.withSession((session) => this.judge(session, result));
    const disk = { ...(await diskUse(input)), sourceBytes: before.bytes };
    await rehearsal.withSession((session) => completeMigration(session, { ...input.parts.transport, environment: input.context.environment }, join(input.folder, 'report'), input.context.version));
    const outcome = await this.run;
    const after = await fingerprintOf(input.source);
    const { left, tables } = rehearsal.plan.current ?? { left: [], tables: [] };
    const at = outcome?.seconds ?? {};
    return withVerdict({
      schema: 'causeway.rehearsal/1',
      source: input.source,
      notes: [...input.scratch.leftovers.map((name) => `an earlier rehearsal has left ${name} behind: DROP DATABASE it`), ...(judged.quarantined > 0 ? [`${judged.quarantined} rows are in the quarantine: the real cutover asks for --accept-quarantine`] : [])],
      original: { untouched: after === before.fingerprint, sha256: after },
      tables: judged.tables,
      rows: judged.rowsNow,
      seconds: { copy: before.copy, plan: at['plan'] ?? null, snapshot: span(at['capture'], at['snapshot']), catchUp: span(at['snapshot'], at['following']), firstPass, total: this.seconds() },
      load: { asked: input.rate, changesPerSecond: result.changes / result.seconds, transactions: result.transactions, changes: result.changes, skipped: result.skipped, tables: tables.length, left },
      lag: lag.figures(),
      switches: rehearsal.switches(result),
      judged: { ...judged.load, unknown: result.unknown, countsDiffer: judged.countsDiffer },
      divergences: judged.divergences,
      quarantined: judged.quarantined,
      backProblems: judged.problems,
      disk: { ...disk, sourceGrowthBytes: Math.max(0, disk.sourceNowBytes - before.bytes) },
    });
  }

  private startRun(): Promise<LiveOutcome | undefined> {
    const { input } = this;
    const options = {
      source: input.file,
      name: REHEARSAL,
      url: input.scratch.url,
      transport: input.parts.transport,
      stateFolder: input.folder,
      planFile: input.planFile,
      targetSchema: undefined,
      names: input.names,
      restart: false,
      copySource: false,
      replace: [],
      schema: undefined,
      skip: [],
      skipMissing: false,
      id: undefined,
      externalServices: false,
      environment: input.context.environment,
      signal: AbortSignal.any([input.signal, this.stop.signal]),
      onEvent: input.onEvent,
      until: undefined,
      maxSilenceMs: Number.POSITIVE_INFINITY,
      consent: async () => true,
    } as const;
    const run = new LiveRun(options, this.pool).run();
    // What ends the run ends the rehearsal, with its reason.
    run.catch((error: unknown) => this.stop.abort(error));
    return run;
  }

  private async judge(session: LiveSession, result: { entries: Parameters<typeof judgeLoad>[0] }): Promise<{ load: Judgement; tables: number; rowsNow: number; countsDiffer: string[]; divergences: number; quarantined: number; problems: string[] }> {
    const { pool, db, g, contracts } = session;
    const client = await pool.connect();
    try {
      const load = await judgeLoad(result.entries, this.rehearsal.plan.current?.tables ?? [], db, client);
      const rejected = new Map((await client.query('SELECT table_no, count(*)::int AS n FROM causeway.quarantine WHERE migration = $1 AND generation = $2 GROUP BY table_no', [g.migration, g.generation])).rows.map((row) => [row.table_no as number, row.n as number]));
      const countsDiffer: string[] = [];
      let rowsNow = 0;
      for (const contract of contracts) {
        const here = db.prepare(`SELECT count(*) FROM ${quoteIdentifier(contract.source)}`).pluck().get() as number;
        const there = Number((await client.query(`SELECT count(*) AS n FROM ${qualifiedName(contract.targetSchema, contract.target)}`)).rows[0].n);
        const aside = rejected.get(contract.table) ?? 0;
        rowsNow += here;
        if (here !== there + aside) countsDiffer.push(`table ${quoteIdentifier(contract.source)}: ${here} rows in SQLite, ${there} in PostgreSQL and ${aside} in the quarantine`);
      }
      const divergences = (await client.query('SELECT count(*)::int AS n FROM causeway.divergence WHERE migration = $1 AND generation = $2', [g.migration, g.generation])).rows[0].n as number;
      return { load, tables: contracts.length, rowsNow, countsDiffer, divergences, quarantined: [...rejected.values()].reduce((a, b) => a + b, 0), problems: (await backProblems(pool, g.migration)).map((p) => problemText(p, contracts)) };
    } finally {
      client.release();
    }
  }

  async close(): Promise<void> {
    await this.rehearsal.endLoad();
    const completed = await Promise.race([this.run.then((outcome) => outcome?.phase === 'completed', () => false), new Promise<false>((resolve) => setTimeout(resolve, 1, false))]);
    this.stop.abort(new Failure('INTERRUPTED', 'the rehearsal has ended'));
    await this.run.catch(() => {});
    if (!completed && this.topics !== null) await deleteLiveTopics(this.topics, { ...this.input.parts.transport, environment: this.input.context.environment });
    await this.pool.end();
  }

  private seconds(): number {
    return (performance.now() - this.began) / 1000;
  }

  private async rest(ms: number): Promise<void> {
    const { signal } = this.input;
    for (const until = performance.now() + ms; performance.now() < until; ) {
      signal.throwIfAborted();
      this.stop.signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, Math.min(100, ms)));
    }
  }
}

const span = (from: number | undefined, to: number | undefined): number | null => (from === undefined || to === undefined ? null : to - from);

function withVerdict(report: Omit<RehearsalReport, 'verdict' | 'reasons'>): RehearsalReport {
  const { judged, divergences, backProblems: problems } = report;
  const reasons = [
    ...(judged.lost + judged.doubled + judged.different > 0 ? [`${judged.lost} acknowledged rows lost, ${judged.doubled} doubled, ${judged.different} cells different`] : []),
    ...judged.countsDiffer,
    ...(divergences > 0 ? [`the validator found ${divergences} divergences`] : []),
    ...problems.map((problem) => `the way back could not carry everything: ${problem}`),
  ];
  return { ...report, verdict: reasons.length === 0 ? 'ready' : 'not ready', reasons };
}
