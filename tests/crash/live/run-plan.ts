/** One run: the application writes, the migration takes its way, things are killed; at the end the ledger judges. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { commitAnswer, produceAnswer } from '@causeway/testkit/fault-proxy';
import type { LedgerVerdict } from '@causeway/testkit/sample-app/compare/compare-ledger';
import { type Fault, isSwitch, type Moment, type RunPlan, type Victim } from './draw-plan.ts';
import { pauseFor } from './kill.ts';
import type { Servers } from './servers.ts';
import { type Ended, Stage } from './stage.ts';
import { strike } from './strike.ts';

export interface RunOutcome {
  readonly plan: RunPlan;
  /** Faults that were really injected. */
  readonly injected: readonly Fault[];
  readonly acknowledged: number;
  /** Rows that are missing, older or other than acknowledged. */
  readonly lost: number;
  readonly doubled: number;
  /** What else is not as it must be; a run with none of it and nothing lost or doubled is a good one. */
  readonly problems: readonly string[];
  readonly seconds: number;
  readonly longestGapMs: number;
  /** It came to its end; else what it did not reach says nothing. */
  readonly through: boolean;
  /** Fail points that were passed, and snapshots of PostgreSQL that were judged while it ran. */
  readonly passed: readonly string[];
  readonly snapshots: number;
  /** Kept where something was wrong. */
  readonly folder: string | null;
}

const SETTLE_MS = { hasty: 10_000, patient: 45_000 };
/** Started with fail points of their own; those of all others are in one environment. */
const COMMANDS: ReadonlySet<Victim> = new Set<Victim>(['switch', 'undo', 'complete']);
const TRIES = { hasty: 1, patient: 8 };

export async function runPlan(plan: RunPlan, servers: Servers, root?: string): Promise<RunOutcome> {
  const began = performance.now();
  const stage = await Stage.set(plan, servers, root);
  const run = new CrashRun(plan, servers, stage);
  let verdict: LedgerVerdict | undefined;
  let through = false;
  try {
    verdict = await run.perform();
    through = true;
  } catch (error) {
    run.problems.push((error as Error).message);
    await stage.stopApplication().catch(() => {});
    await stage.observer.end(stage.ledger).catch(() => {});
    run.problems.push(...stage.observer.problems);
    // While it is still loading, what is not there yet is not lost.
    const loading = ['loading', undefined].includes((await stage.live())?.phase);
    if (!loading) verdict = (await settled(stage, SETTLE_MS[plan.hasty === true ? 'hasty' : 'patient']).catch((failed: Error) => void run.problems.push(failed.message))) ?? undefined;
  }
  const sum = (what: 'lost' | 'doubled' | 'different'): number => verdict?.sides.reduce((n, side) => n + side[what], 0) ?? 0;
  if (verdict !== undefined) run.problems.push(...verdict.anomalies, ...verdict.sides.flatMap((side) => side.details));
  for (const problem of run.problems) stage.tell(`PROBLEM ${problem}`);
  const bad = run.problems.length > 0;
  const passed = stage.passed();
  await stage.close(bad);
  return { through, passed, snapshots: stage.observer.snapshots, plan, injected: run.injected, acknowledged: verdict?.acknowledged ?? 0, lost: sum('lost') + sum('different'), doubled: sum('doubled'), problems: run.problems, seconds: (performance.now() - began) / 1000, longestGapMs: verdict?.longestGapMs ?? 0, folder: bad ? stage.folder : null };
}

/** Both sides follow each other: what is under way is waited for, what is wrong stays wrong. */
async function settled(stage: Stage, ms: number): Promise<LedgerVerdict> {
  let last: LedgerVerdict | undefined;
  for (const until = Date.now() + ms; Date.now() < until; await sleep(250)) {
    last = await stage.compare().catch(() => last);
    if (last?.equal === true) return last;
  }
  if (last === undefined) throw new Error('the sides could not be compared');
  return last;
}

class CrashRun {
  readonly problems: string[] = [];
  readonly injected: Fault[] = [];
  private readonly plan: RunPlan;
  private readonly servers: Servers;
  private readonly stage: Stage;
  private readonly under: Promise<void>[] = [];
  /** Loading may be cut off, and is resumed by the same command. */
  private unplannedLoading = 0;

  constructor(plan: RunPlan, servers: Servers, stage: Stage) {
    this.plan = plan;
    this.servers = servers;
    this.stage = stage;
  }

  async perform(): Promise<LedgerVerdict> {
    const { stage, plan } = this;
    await stage.startApplication();
    stage.observer.start();
    stage.startCommand(this.servicePoints());
    const began = performance.now();
    for (const [at, moment] of plan.moments.entries()) {
      if (plan.minutes !== undefined && performance.now() - began > plan.minutes * 60_000) break;
      stage.tell(`moment: ${moment}`);
      if (isSwitch(moment)) await this.switch(moment, at);
      else await this.dwell(moment, at);
    }
    await Promise.all(this.under);
    this.injected.push(...plan.faults.filter((f) => f.failPoint !== undefined && !COMMANDS.has(f.victim) && stage.acted(f.failPoint)));
    this.injected.push(...plan.faults.filter((f) => f.clock !== undefined && stage.acted('clock')));
    this.servers.postgres.forget();
    this.servers.kafka.forget();
    await stage.stopApplication();
    const verdict = await settled(stage, SETTLE_MS[plan.hasty === true ? 'hasty' : 'patient']);
    await stage.observer.end(stage.ledger);
    this.problems.push(...stage.observer.problems);
    await this.falseAlarms();
    const ended = stage.unplanned - this.unplannedLoading - this.takenOver();
    if (ended > 0) this.problems.push(`migrate --live ended by itself ${ended} times while it followed, though nobody had ended it`);
    if (verdict.equal) await this.end();
    return stage.compare();
  }

  private servicePoints(): string | undefined {
    const points = this.plan.faults.filter((f) => f.failPoint !== undefined && !COMMANDS.has(f.victim));
    return points.length === 0 ? undefined : points.map((f) => f.failPoint).join(',');
  }

  private async dwell(moment: Moment, at: number): Promise<void> {
    this.faultsOf(moment, at);
    if (moment === 'loading') {
      await this.stage.untilPhase('following');
      this.unplannedLoading = this.stage.unplanned;
      return;
    }
    await sleep(1_000);
    // What was killed in this moment is back before the next begins, unless it overlaps on purpose.
    if (this.plan.seed % 3 !== 0) await Promise.all(this.under);
  }

  private in(moment: Moment, at: number): Fault[] {
    return this.plan.faults.filter((f) => f.moment === moment && (f.at ?? at) === at);
  }

  private faultsOf(moment: Moment, at: number, started?: Promise<void>): void {
    for (const fault of this.in(moment, at)) {
      if (fault.failPoint !== undefined || fault.clock !== undefined || fault.victim === 'switch' || fault.victim === 'second switch') continue;
      this.under.push(this.inject(fault, started).catch((error: Error) => void this.problems.push(`${fault.victim} could not be killed: ${error.message}`)));
    }
  }

  private async inject(fault: Fault, started?: Promise<void>): Promise<void> {
    await started;
    await sleep(fault.delayMs);
    if (fault.victim === 'commit answer' || fault.victim === 'produce answer') {
      const lost = fault.victim === 'commit answer' ? this.servers.postgres.loseAnswer(commitAnswer, fault.delayMs % 2 === 0 ? 'causeway' : '') : this.servers.kafka.loseAnswer(produceAnswer);
      void lost.then(() => {
        this.injected.push(fault);
        this.stage.tell(`lost a ${fault.victim}`);
      });
    } else if (await strike(fault, this.stage, this.servers)) this.injected.push(fault);
  }

  /** The command is run until the other side is the primary, however often it is cut off. */
  private async switch(moment: Moment & ('cutover' | 'rollback' | 'second cutover'), at: number): Promise<void> {
    const { stage, plan } = this;
    const goal = moment === 'rollback' ? 'rollback' : 'cutover';
    const left = this.in(moment, at).filter((f) => f.victim === 'switch');
    const deciding = { cutover: 'switching', rollback: 'returning' }[goal];
    const stop = { done: false };
    let second = this.in(moment, at).find((f) => f.victim === 'second switch');
    this.faultsOf(moment, at, this.untilDeciding(deciding, stop));
    for (let attempt = 1; ; attempt++) {
      const fault = left.shift();
      const ended = await stage.run([goal, ...(goal === 'cutover' ? ['--no-backup'] : []), ...stage.switchArguments], {
        failPoint: fault?.failPoint,
        onStart: (child) => {
          if (fault !== undefined && fault.failPoint === undefined) void this.cutOff(child, fault, this.untilDeciding(deciding, stop));
          if (second !== undefined) this.under.push(this.besides(goal, second));
        },
      });
      second = undefined;
      if (ended.signal === 'SIGKILL' && fault !== undefined) this.injected.push(fault);
      if (ended.code === 0) break;
      if (attempt >= TRIES[plan.hasty === true ? 'hasty' : 'patient']) throw new Error(`${goal} ended with ${ended.code ?? ended.signal} ${attempt} times: ${ended.output}`);
      if (plan.undoes && attempt === 1) await this.undo(goal, this.in(moment, at));
      else await sleep(300);
    }
    stop.done = true;
    const phase = (await stage.live())?.phase;
    if (phase !== (goal === 'cutover' ? 'switched' : 'following') && phase !== undefined) this.problems.push(`${goal} ended with 0, and the phase is ${phase}`);
  }

  private async undo(goal: string, faults: readonly Fault[]): Promise<void> {
    const args = [goal, '--undo', ...this.stage.switchArguments];
    for (const fault of faults.filter(({ victim }) => victim === 'undo')) {
      const ended = await this.stage.run(args, { failPoint: fault.failPoint, log: `undo-${goal}` });
      if (ended.signal === 'SIGKILL') this.injected.push(fault);
    }
    await this.stage.run(args, { log: `undo-${goal}` });
  }

  private async cutOff(child: ChildProcess, fault: Fault, deciding: Promise<void>): Promise<void> {
    await deciding;
    await sleep(fault.delayMs);
    if (fault.stopMs === undefined) child.kill('SIGKILL');
    else if (await pauseFor(child.exitCode === null ? child.pid : undefined, fault.stopMs)) this.injected.push(fault);
  }

  /** The same command at the same time; it may end as it likes. */
  private async besides(goal: string, fault: Fault): Promise<void> {
    await sleep(fault.delayMs);
    this.injected.push(fault);
    await this.stage.run([goal, ...(goal === 'cutover' ? ['--no-backup'] : []), ...this.stage.switchArguments], { log: `second-${goal}` });
  }

  /** The attempt is decided, or the command has ended before anybody saw it. */
  private async untilDeciding(phase: string, stop: { readonly done: boolean }): Promise<void> {
    const before = (await this.stage.live())?.attempt ?? 0;
    for (const until = Date.now() + 60_000; Date.now() < until && !stop.done; await sleep(10)) {
      const live = await this.stage.live();
      if (live !== null && (live.phase === phase || live.attempt > before)) return;
    }
  }

  /** A loader that another one has taken over from gives way for good, and its command says so: that is no fault. */
  private takenOver(): number {
    return Math.min(this.stage.timesFenced(), this.injected.filter((fault) => fault.victim === 'second loader').length);
  }

  private async falseAlarms(): Promise<void> {
    const rows = await this.stage.query('SELECT count(*)::int AS n FROM causeway.divergence').catch(() => [{ n: 0 }]);
    const { n } = rows[0] as { n: number };
    if (n > 0) this.problems.push(`the validator has told ${n} divergences`);
  }

  /** `complete` is run until it is through, however often it is cut off. */
  private async ended(args: readonly string[]): Promise<Ended> {
    for (const fault of this.plan.faults.filter((f) => f.victim === 'complete')) {
      const cut = await this.stage.run(args, { failPoint: fault.failPoint });
      if (cut.signal === 'SIGKILL') this.injected.push(fault);
    }
    return this.stage.run(args);
  }

  /** The migration is ended on the side that it has come to; nothing of causeway may stay behind. */
  private async end(): Promise<void> {
    const { stage } = this;
    const switched = (await stage.live())?.phase === 'switched';
    if (!switched) await stage.stopCommand();
    const ended = await this.ended(switched ? ['complete', '--no-backup', '--json'] : ['detach', stage.file, '--json']);
    if (ended.code !== 0) this.problems.push(`${switched ? 'complete' : 'detach'} ended with ${ended.code}: ${ended.output}`);
    if (switched && !(await stage.commandEnds(20_000))) this.problems.push('migrate --live did not end after complete');
    if (!stage.schemaIsAsBefore) this.problems.push('sqlite_schema is not what it was before');
    const left = (await stage.query("SELECT to_regnamespace('causeway') IS NOT NULL AS there")) as { there: boolean }[];
    if (left[0]?.there === true) this.problems.push('the schema causeway is still in the target');
  }
}
