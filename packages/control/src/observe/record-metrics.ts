/**
 * The control record as metrics, read when somebody scrapes, over connections of its own: a service whose pool is busy, or
 * whose target is gone, still tells so. Every service has these, so that they are seen as long as one of them lives.
 */
import type { Gauge, MetricSet } from '@causeway/runtime/observe/metric-set';
import { createPool } from '@causeway/runtime/postgres-pool';
import { type LiveFacts, type RecordFacts, readRecordFacts } from './record-facts.ts';

export interface RecordMetricsOptions {
  readonly databaseUrl: string;
  readonly migration: string;
  readonly service: string;
  /** As the service knows it; empty: as the record has it. */
  readonly sourceFile: string;
}

/** Scraped oftener, the same answer is given. */
const KEEP_MS = 1_000;
const QUERY_MS = 3_000;

const PHASES = ['planned', 'snapshotting', 'loaded', 'built', 'loading', 'following', 'switching', 'switched', 'returning', 'completed'];
const SIDES = ['sqlite', 'postgresql', 'nobody'];
const PROBLEMS = ['truncate', 'ddl', 'gap', 'unrepresentable', 'inexact', 'refused'];

/** Returns whether the target answers, for readiness, and how to end. */
export function recordMetrics(metrics: MetricSet, options: RecordMetricsOptions): { reachable(): Promise<boolean>; close(): Promise<void> } {
  // One reads, one asks whether anybody is there.
  const pool = createPool({ url: options.databaseUrl, max: 2, applicationName: `causeway ${options.service} metrics`, queryTimeoutMs: QUERY_MS });
  const gauges = new RecordGauges(metrics);
  const reachable = metrics.gauge('migration_target_reachable');
  // Not 0 before anybody has asked.
  reachable.remove();
  const reads = metrics.counter('migration_record_reads_total');
  const answers = (): Promise<boolean> => pool.query('SELECT 1').then(() => true, () => false);
  const read = async (): Promise<void> => {
    try {
      gauges.set(await readRecordFacts(pool, options.migration, options.sourceFile));
      reads.inc({ result: 'ok' });
      reachable.set(1);
    } catch {
      // What is not known is not told: a stale phase or gate would be believed.
      gauges.set(null);
      reads.inc({ result: 'failed' });
      reachable.set((await answers()) ? 1 : 0);
    }
  };
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  metrics.onScrape(async () => {
    if (performance.now() - readAt < KEEP_MS) return;
    readAt = performance.now();
    reading ??= read().finally(() => {
      reading = undefined;
    });
    await reading;
  });
  return { reachable: answers, close: () => pool.end() };
}

class RecordGauges {
  private readonly all: Gauge[] = [];
  private readonly metrics: MetricSet;
  private readonly gauge = (name: Parameters<MetricSet['gauge']>[0]): Gauge => {
    const made = this.metrics.gauge(name);
    this.all.push(made);
    return made;
  };
  private readonly phase;
  private readonly phaseAge;
  private readonly quarantined;
  private readonly verified;
  private readonly verifiedAge;
  private readonly live;

  constructor(metrics: MetricSet) {
    this.metrics = metrics;
    this.phase = this.gauge('migration_phase');
    this.phaseAge = this.gauge('migration_phase_age_seconds');
    this.quarantined = this.gauge('migration_quarantined_rows');
    this.verified = this.gauge('migration_verification_equal');
    this.verifiedAge = this.gauge('migration_verification_age_seconds');
    this.live = new LiveGauges(metrics, this.gauge);
    blank(this.all);
  }

  set(facts: RecordFacts | null): void {
    for (const gauge of this.all) gauge.reset();
    if (facts === null) return blank(this.all);
    for (const phase of PHASES) this.phase.set({ phase }, phase === facts.phase ? 1 : 0);
    this.phaseAge.set(facts.phaseAgeSeconds);
    for (const { table, rows } of facts.quarantined) this.quarantined.set({ table }, rows);
    this.verified.set(facts.verification === null ? Number.NaN : facts.verification.equal ? 1 : 0);
    this.verifiedAge.set(facts.verification?.ageSeconds ?? Number.NaN);
    if (facts.live !== null) this.live.set(facts.live);
    else this.live.blank();
  }
}

class LiveGauges {
  private readonly gauges: Record<string, Gauge>;
  private readonly fences;
  /** Attempts whose time stands in the histogram. */
  private readonly counted = new Set<number>();

  constructor(metrics: MetricSet, gauge: (name: Parameters<MetricSet['gauge']>[0]) => Gauge) {
    this.gauges = {
      side: gauge('migration_authoritative'),
      attempt: gauge('migration_attempt'),
      applied: gauge('migration_applied_position'),
      catchingUp: gauge('migration_catching_up'),
      divergences: gauge('migration_open_divergences'),
      beats: gauge('migration_service_beat_age_seconds'),
      gates: gauge('migration_gate_green'),
      stepSeconds: gauge('migration_step_seconds'),
      stepRunning: gauge('migration_step_running'),
      held: gauge('migration_fence_held_seconds'),
      last: gauge('migration_fence_last_seconds'),
      armed: gauge('migration_back_armed'),
      problems: gauge('migration_back_problems'),
    };
    this.fences = metrics.histogram('migration_fence_seconds');
  }

  blank(): void {
    blank(Object.values(this.gauges));
  }

  set(facts: LiveFacts): void {
    const to = this.gauges as Record<'side' | 'attempt' | 'applied' | 'catchingUp' | 'divergences' | 'beats' | 'gates' | 'stepSeconds' | 'stepRunning' | 'held' | 'last' | 'armed' | 'problems', Gauge>;
    for (const side of SIDES) to.side.set({ side }, side === facts.authoritative ? 1 : 0);
    to.attempt.set(facts.attempt);
    to.applied.set(facts.applied);
    to.catchingUp.set(facts.catchingUp ? 1 : 0);
    to.divergences.set(facts.divergences);
    for (const { name, ageSeconds } of facts.beats) to.beats.set({ of: name }, ageSeconds);
    for (const { goal, name, green } of facts.gates) to.gates.set({ goal, gate: name }, green ? 1 : 0);
    for (const { step, running, seconds } of facts.steps) {
      to.stepSeconds.set({ step }, seconds);
      to.stepRunning.set({ step }, running ? 1 : 0);
    }
    to.armed.set(facts.backArmed ? 1 : 0);
    for (const kind of PROBLEMS) to.problems.set({ kind }, facts.backProblems.filter((p) => p.kind === kind).reduce((sum, p) => sum + p.count, 0));
    this.setFences(to, facts);
  }

  private setFences(to: { held: Gauge; last: Gauge }, { fences }: LiveFacts): void {
    to.held.set(fences.find((fence) => fence.stands)?.seconds ?? 0);
    for (const { attempt, direction, seconds, stands } of fences) {
      if (stands) continue;
      to.last.set({ direction }, seconds);
      if (!this.counted.has(attempt)) this.fences.observe({ direction }, seconds);
      this.counted.add(attempt);
    }
  }
}

/** A gauge without labels is 0 after a reset, which would be believed. */
function blank(gauges: readonly Gauge[]): void {
  for (const gauge of gauges) {
    gauge.reset();
    gauge.remove({});
  }
}
