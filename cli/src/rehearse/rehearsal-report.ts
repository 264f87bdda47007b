/** What a rehearsal has found: as an object for machines, and in words. */
import type { LagFigures } from './lag-sampler.ts';
import type { Judgement } from './judge-load.ts';

export interface RehearsedSwitch {
  readonly goal: 'cutover' | 'rollback';
  /** Nobody could write. */
  readonly closedMs: number | null;
  /** Longest time between two acknowledged writes of the load around this switch. */
  readonly clientGapMs: number | null;
  /** From the command's start, with its waiting for the gates. */
  readonly totalMs: number;
  readonly steps: readonly { readonly step: string; readonly state: string; readonly ms: number }[];
}

export interface RehearsalReport {
  readonly schema: 'causeway.rehearsal/1';
  readonly source: string;
  readonly verdict: 'ready' | 'not ready';
  /** Why it is not. */
  readonly reasons: readonly string[];
  /** What to know all the same. */
  readonly notes: readonly string[];
  readonly original: { readonly untouched: boolean; readonly sha256: string };
  readonly tables: number;
  readonly rows: number;
  readonly seconds: Readonly<Record<'copy' | 'plan' | 'snapshot' | 'catchUp' | 'firstPass' | 'total', number | null>>;
  readonly load: {
    readonly asked: number;
    readonly changesPerSecond: number;
    readonly transactions: number;
    readonly changes: number;
    readonly skipped: Readonly<Record<string, number>>;
    readonly tables: number;
    readonly left: readonly { readonly table: string; readonly why: string }[];
  };
  readonly lag: LagFigures;
  readonly switches: readonly RehearsedSwitch[];
  readonly judged: Judgement & { readonly unknown: number; readonly countsDiffer: readonly string[] };
  readonly divergences: number;
  readonly quarantined: number;
  readonly backProblems: readonly string[];
  readonly disk: { readonly sourceBytes: number; readonly sourceGrowthBytes: number; readonly targetBytes: number; readonly transportBytes: number | null };
}

export function rehearsalText(r: RehearsalReport): string {
  const s = (value: number | null): string => (value === null ? 'not reached' : `${value.toFixed(1)} s`);
  const ms = (value: number | null): string => (value === null ? 'not known' : `${Math.round(value)} ms`);
  const skipped = Object.entries(r.load.skipped).map(([code, n]) => `${n} ${code}`);
  const gaps = r.switches.map((sw) => sw.clientGapMs ?? sw.closedMs ?? 0);
  return [
    `Rehearsal of ${r.source}: ${r.tables} tables, ${r.rows} rows`,
    '',
    `  snapshot          ${s(r.seconds.snapshot)} (copy ${s(r.seconds.copy)}, plan ${s(r.seconds.plan)})`,
    `  catch-up          ${s(r.seconds.catchUp)}; first comparison of all rows ${s(r.seconds.firstPass)}`,
    `  load              ${r.load.changesPerSecond.toFixed(0)} changes/s of ${r.load.asked} asked for, on ${r.load.tables} tables, ${r.load.changes} in all${skipped.length === 0 ? '' : `; refused by constraints: ${skipped.join(', ')}`}`,
    `  lag under load    ${r.lag.p50Ms === null ? 'not known' : `p50 ${r.lag.p50Ms} ms, p99 ${r.lag.p99Ms} ms, longest ${r.lag.maxMs} ms`}; at most ${r.lag.maxChanges} changes`,
    ...r.switches.map((sw) => `  ${sw.goal.padEnd(18)}nobody could write for ${ms(sw.closedMs)}; longest gap of a client ${ms(sw.clientGapMs)}; ${(sw.totalMs / 1000).toFixed(1)} s with its preparation`),
    `  disk              PostgreSQL ${size(r.disk.targetBytes)}, SQLite file +${size(r.disk.sourceGrowthBytes)} (of ${size(r.disk.sourceBytes)}), topics ${r.disk.transportBytes === null ? 'on your brokers' : size(r.disk.transportBytes)}`,
    `  judged            ${r.judged.rows} rows and ${r.judged.cells} cells against what the load was told is committed: ${r.judged.lost} lost, ${r.judged.doubled} doubled, ${r.judged.different} different; ${r.divergences} divergences found by the validator`,
    `  original          ${r.original.untouched ? 'untouched' : 'written by others meanwhile'} (sha256 ${r.original.sha256.slice(0, 16)}…)`,
    ...[...r.load.left.map(({ table, why }) => `table ${JSON.stringify(table)} was not written by the load: ${why}`), ...r.notes].map((note) => `  note              ${note}`),
    '',
    ...r.reasons.map((reason) => `  NOT READY: ${reason}`),
    ...r.judged.details.map((detail) => `  ${detail}`),
    gaps.length === 0 ? '' : `The real window, on machines like these: a client waits about ${Math.max(...gaps)} ms and the time that its own switch takes.`,
    `verdict: ${r.verdict}`,
    '',
  ].join('\n');
}

function size(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} KiB`;
  return bytes < 1024 ** 3 ? `${(bytes / 1024 / 1024).toFixed(1)} MiB` : `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
